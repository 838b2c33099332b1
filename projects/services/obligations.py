"""What a project must deliver: planned, delivered, accepted or sent back."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.formatting import format_day
from common.moments import add_months
from documents.services import store_upload
from notifications.services import portal_url, queue_mail
from projects import conf
from projects.lifecycle import OBLIGATION_LIFECYCLE, ObligationState
from projects.models import Obligation, Project
from projects.policies import may_deliver, may_guide_project

Kind = Obligation.Kind


@dataclass(frozen=True)
class Due:
    """One thing to deliver, and the last day on which it is in time."""

    kind: Obligation.Kind
    title: str
    due_on: date


def default_obligations(starts_on: date, ends_on: date) -> list[Due]:
    """Progress reports, the final report and the last claim of an execution between those days.

    Source: domain.md 7: a report every six months, the final one three months after the end, the
    last claim six months after it; defaults of ours, in `projects.conf`.
    """
    planned = []
    number, every = 1, conf.progress_months()
    while (due_on := add_months(starts_on, every * number)) < ends_on:
        title = _("Voortgangsverslag %(number)s") % {"number": number}
        planned.append(Due(Kind.PROGRESS_REPORT, title, due_on))
        number += 1
    last = conf.final_report_months(), conf.final_claim_months()
    planned.append(Due(Kind.FINAL_REPORT, _("Eindverslag"), add_months(ends_on, last[0])))
    planned.append(
        Due(
            Kind.FINAL_CLAIM,
            _("Laatste schuldvordering met kostenstaat"),
            add_months(ends_on, last[1]),
        )
    )
    return planned


@transaction.atomic
def plan_obligations(
    *, project: Project, starts_on: date, ends_on: date, by: User
) -> list[Obligation]:
    """Put the usual obligations of an execution on the calendar; those that are there stay.

    Planning again for another period takes away what was planned and is still open.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: when it ends before it starts.
    """
    may_guide_project.check(by, project)
    if ends_on <= starts_on:
        raise ValidationError({"ends_on": _("De uitvoering eindigt vóór ze begint.")})
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    usual = {Kind.PROGRESS_REPORT, Kind.FINAL_REPORT, Kind.FINAL_CLAIM}
    existing = list(project.obligations.filter(kind__in=usual))
    settled = {one.title for one in existing if one.state != ObligationState.OPEN}
    project.obligations.filter(
        pk__in=[one.pk for one in existing if one.state == ObligationState.OPEN]
    ).delete()
    made = Obligation.objects.bulk_create(
        Obligation(
            project=project, kind=due.kind, title=due.title, due_on=due.due_on, created_by=by
        )
        for due in default_obligations(starts_on, ends_on)
        if due.title not in settled
    )
    record(
        actor=by,
        action="project.obligations_planned",
        label=_("Verplichtingen gepland van %(start)s tot %(end)s")
        % {"start": format_day(starts_on), "end": format_day(ends_on)},
        about=project,
    )
    return made


@transaction.atomic
def add_obligation(
    *, project: Project, title: str, due_on: date, by: User, kind: str = Kind.OTHER
) -> Obligation:
    """Put one more thing on the calendar.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: when it is there already.
    """
    may_guide_project.check(by, project)
    obligation = Obligation(
        project=project, kind=kind, title=title.strip(), due_on=due_on, created_by=by
    )
    with readable_constraints(fields={"projects_obligation_once": "title"}):
        obligation.save()
    record(
        actor=by,
        action="project.obligation_added",
        label=_("Verplichting toegevoegd: %(title)s") % {"title": obligation.title},
        about=project,
    )
    return obligation


@transaction.atomic
def move_obligation(*, obligation: Obligation, due_on: date, reason: str, by: User) -> Obligation:
    """Give another day, with the reason; both days stay in the project's history.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: without a reason, or when it was delivered or dropped.
    """
    obligation = _lock(obligation)
    may_guide_project.check(by, obligation.project)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de dag verandert.")})
    if obligation.state != ObligationState.OPEN:
        raise ValidationError(_("Dit is al geleverd of hoeft niet meer."))
    before, obligation.due_on = obligation.due_on, due_on
    with readable_constraints(fields={"projects_obligation_once": "due_on"}):
        obligation.save(update_fields=["due_on"])
    record(
        actor=by,
        action="project.obligation_moved",
        label=_("%(title)s: van %(before)s naar %(after)s")
        % {
            "title": obligation.title,
            "before": format_day(before),
            "after": format_day(due_on),
        },
        about=obligation.project,
        comment=reason.strip(),
    )
    return obligation


@transaction.atomic
def deliver(
    *, obligation: Obligation, by: User, note: str = "", file: File | None = None
) -> Obligation:
    """Hand in what was due: a file, or words that say where it is.

    Raises:
        PermissionDenied: when `by` may not deliver for the organisation.
        ValidationError: neither a file nor a note, or the file can't be kept.
        TransitionRefused: when it was delivered or dropped already.
    """
    obligation = _lock(obligation)
    may_deliver.check(by, obligation)
    if file is None and not note.strip():
        raise ValidationError(
            {"file": _("Kies een bestand, of schrijf waar het PIO-team het vindt.")}
        )
    obligation.note, obligation.answer = note.strip(), ""
    obligation.delivered_by, obligation.delivered_at = by, clock.now()
    if file is not None:
        try:
            obligation.file = store_upload(uploaded=file, created_by=by)
        except ValidationError as refusal:
            raise ValidationError({"file": refusal.error_list}) from refusal
    OBLIGATION_LIFECYCLE.perform(
        obligation,
        "deliver",
        actor=by,
        save=["note", "answer", "delivered_by", "delivered_at", "file"],
    )
    record(
        actor=by,
        action="project.obligation_delivered",
        label=_("Geleverd: %(title)s") % {"title": obligation.title},
        about=obligation.project,
    )
    return obligation


@transaction.atomic
def accept(*, obligation: Obligation, by: User) -> Obligation:
    """What was delivered is in order.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        TransitionRefused: when nothing was delivered.
    """
    obligation = _lock(obligation)
    OBLIGATION_LIFECYCLE.perform(obligation, "accept", actor=by)
    record(
        actor=by,
        action="project.obligation_accepted",
        label=_("Aanvaard: %(title)s") % {"title": obligation.title},
        about=obligation.project,
    )
    return obligation


@transaction.atomic
def send_back(*, obligation: Obligation, answer: str, by: User) -> Obligation:
    """What was delivered is not in order; the organisation reads why and delivers again.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: without an answer.
        TransitionRefused: when nothing was delivered.
    """
    obligation = _lock(obligation)
    may_guide_project.check(by, obligation.project)
    if not answer.strip():
        raise ValidationError({"answer": _("Schrijf wat er ontbreekt.")})
    obligation.answer = answer.strip()
    OBLIGATION_LIFECYCLE.perform(obligation, "send_back", actor=by, comment=answer, save=["answer"])
    project = obligation.project
    for person in members_with_role(project.organisation_id, MemberRole.EDITOR):
        queue_mail(
            kind="projects.obligation_sent_back",
            to=person,
            template="projects/mail/obligation_sent_back.md",
            context={
                "what": obligation.title,
                "title": project.title,
                "reference": project.reference,
                "url": portal_url("projects:obligations", project.reference),
            },
            about=project,
            dedupe_key=f"projects.obligation_sent_back:{obligation.pk}:"
            f"{obligation.delivered_at:%Y%m%d%H%M%S%f}:{person.pk}",
        )
    return obligation


@transaction.atomic
def waive(*, obligation: Obligation, answer: str, by: User) -> Obligation:
    """It has not to be delivered any more, for a reason that stays readable.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: without a reason.
        TransitionRefused: when it was delivered.
    """
    obligation = _lock(obligation)
    may_guide_project.check(by, obligation.project)
    if not answer.strip():
        raise ValidationError({"answer": _("Schrijf waarom dit niet meer hoeft.")})
    obligation.answer = answer.strip()
    OBLIGATION_LIFECYCLE.perform(obligation, "waive", actor=by, comment=answer, save=["answer"])
    return obligation


def _lock(obligation: Obligation) -> Obligation:
    """As it is now, locked until the transaction ends."""
    return (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("project__organisation")
        .get(pk=obligation.pk)
    )
