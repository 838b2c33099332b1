"""Opening a project from a selected proposal, and guiding it to its end."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common.constraints import readable_constraints
from common.formatting import format_day
from common.moments import today
from projects.lifecycle import ENDED_PROJECT_STATES, PROJECT_LIFECYCLE
from projects.models import Procurement, Project, ProjectPhase, Proposal
from projects.policies import may_guide_project, may_open_project


@transaction.atomic
def open_project(*, proposal: Proposal, by: User, guide: User | None = None) -> Project:
    """Open the project of a proposal whose selection is being notified, with its planned phases.

    Safe to call twice: the project that exists is returned.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
    """
    may_open_project.check(by, proposal)
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    existing = Project.objects.filter(proposal=proposal).first()
    if existing is not None:
        return existing
    project = Project.objects.create(
        proposal=proposal,
        call_id=proposal.call_id,
        organisation_id=proposal.organisation_id,
        # The file keeps its number for life.
        reference=proposal.reference,
        title=proposal.title,
        summary=proposal.summary,
        theme_id=proposal.theme_id,
        guide=guide,
        is_fictional=proposal.is_fictional,
        opened_on=today(),
    )
    phases = proposal.cost_lines.order_by().values_list("phase", flat=True).distinct()
    ProjectPhase.objects.bulk_create(
        ProjectPhase(project=project, phase=phase) for phase in sorted(phases)
    )
    record(actor=by, action="project.opened", label=_("Project geopend"), about=project)
    return project


@transaction.atomic
def move_project(*, project: Project, step: str, by: User, reason: str = "") -> Project:
    """Take a step of the project's lifecycle by hand (tender, award, execution, end, ...).

    Raises:
        PermissionDenied: when `by` may not guide projects, or the step is not taken by hand.
        ValidationError: when the state does not permit it, or a reason is missing.
    """
    may_guide_project.check(by, project)
    if PROJECT_LIFECYCLE[step].who is None:
        raise ValidationError(_("Deze stap volgt vanzelf uit de cofinanciering of de gunning."))
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    project.stop_reason = reason.strip()
    if PROJECT_LIFECYCLE[step].target in ENDED_PROJECT_STATES:
        project.ended_on = today()
    PROJECT_LIFECYCLE.perform(
        project, step, actor=by, comment=reason, save=["stop_reason", "ended_on"]
    )
    return project


@transaction.atomic
def assign_guide(*, project: Project, guide: User, by: User) -> Project:
    """Name the PIO team member who guides the project.

    Raises:
        PermissionDenied: when `by` may not guide projects.
        ValidationError: when `guide` is not of the programme office.
    """
    may_guide_project.check(by, project)
    if not may_guide_project.test(guide, project):
        raise ValidationError({"guide": _("Kies een medewerker van het programma.")})
    project.guide = guide
    project.save(update_fields=["guide"])
    record(
        actor=by,
        action="project.guide_assigned",
        label=_("Begeleider: %(name)s") % {"name": guide},
        about=project,
    )
    return project


@transaction.atomic
def save_phase(*, phase: ProjectPhase, by: User) -> ProjectPhase:
    """Store the agreed dates of a phase (new or changed).

    Raises:
        PermissionDenied: when `by` may not guide projects.
        ValidationError: when the phase ends before it starts, or the project has it already.
    """
    may_guide_project.check(by, phase.project)
    with readable_constraints(
        fields={"projects_phase_ends_after_start": "ends_on", "projects_phase_once": "phase"}
    ):
        phase.save()
    record(
        actor=by,
        action="project.phase_saved",
        label=_("Fase: %(phase)s") % {"phase": phase.get_phase_display()},
        about=phase.project,
    )
    return phase


@transaction.atomic
def add_procurement(
    *,
    project: Project,
    title: str,
    phase: str,
    estimated_amount: Decimal,
    by: User,
    procedure: str = "",
) -> Procurement:
    """Add a contract that the authority will tender. EUR, excluding VAT.

    Raises:
        PermissionDenied: when `by` may not guide projects.
        ValidationError: when the project has ended, or a field is wrong.
    """
    may_guide_project.check(by, project)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.state in ENDED_PROJECT_STATES:
        raise ValidationError(_("Dit project is afgelopen."))
    last = project.procurements.aggregate(last=Max("number"))["last"] or 0
    procurement = Procurement(
        project=project,
        number=last + 1,
        title=title,
        phase=phase,
        procedure=procedure,
        estimated_amount=estimated_amount,
    )
    procurement.full_clean(exclude=["project"])
    procurement.save()
    record(
        actor=by,
        action="project.procurement_added",
        label=_("Opdracht toegevoegd: %(title)s") % {"title": title},
        about=project,
    )
    return procurement


PUBLICATION_FIELDS = (
    "procedure",
    "published_on",
    "notice_url",
    "notice_number",
    "tenders_received",
)
AFTER_AWARD_FIELDS = (
    "award_notice_number",
    "contractor_is_sme",
    "contractor_is_startup",
    "contractor_region",
)
"""What may still become known when a procurement was awarded."""


@transaction.atomic
def update_procurement(*, procurement: Procurement, by: User, **changes: Any) -> Procurement:
    """Record what is known of the publication; the award itself is `record_award`.

    Raises:
        PermissionDenied: when `by` may not guide projects.
        ValidationError: when a field is wrong, or the award would precede the publication.
    """
    procurement = (
        Procurement.objects.select_for_update(of=("self",))
        .select_related("project")
        .get(pk=procurement.pk)
    )
    may_guide_project.check(by, procurement.project)
    for name in (*PUBLICATION_FIELDS, *AFTER_AWARD_FIELDS):
        if name in changes:
            setattr(procurement, name, changes[name])
    _refuse_award_before_publication(procurement, "published_on")
    procurement.full_clean(exclude=["project"])
    with readable_constraints():
        procurement.save()
    record(
        actor=by,
        action="project.procurement_updated",
        label=_("Opdracht bijgewerkt: %(title)s") % {"title": procurement.title},
        about=procurement.project,
    )
    project = procurement.project
    if procurement.published_on and PROJECT_LIFECYCLE.allows(project, "publish_tender"):
        PROJECT_LIFECYCLE.perform(project, "publish_tender", actor=by)
    return procurement


@transaction.atomic
def record_award(
    *, project: Project, procurement: Procurement, by: User, **award: Any
) -> Procurement:
    """Record the award, once; a project that waited for it moves on. EUR, excluding VAT.

    `project` is locked by the caller, who looks after the money (`funding.services.award`).

    Raises:
        ValidationError: awarded already, before the publication, or a field is wrong or missing.
    """
    procurement = Procurement.objects.select_for_update(of=("self",)).get(pk=procurement.pk)
    if procurement.awarded_on is not None:
        raise ValidationError(
            _("Deze opdracht is al gegund op %(day)s.")
            % {"day": format_day(procurement.awarded_on)},
            code="state",
        )
    for name, value in award.items():
        setattr(procurement, name, value)
    if procurement.award_amount is None or procurement.award_amount <= 0:
        raise ValidationError({"award_amount": _("Vul een bedrag van meer dan nul in.")})
    if not procurement.contractor_name:
        raise ValidationError({"contractor_name": _("Vul de opdrachtnemer in.")})
    _refuse_award_before_publication(procurement, "awarded_on")
    procurement.full_clean(exclude=["project"])
    with readable_constraints():
        procurement.save()
    record(
        actor=by,
        action="project.procurement_awarded",
        label=_("Gegund aan %(contractor)s") % {"contractor": procurement.contractor_name},
        about=project,
        data={"procurement": procurement.pk, "amount": str(procurement.award_amount)},
    )
    if PROJECT_LIFECYCLE.allows(project, "award"):
        PROJECT_LIFECYCLE.perform(project, "award", actor=by)
    return procurement


def _refuse_award_before_publication(procurement: Procurement, field: str) -> None:
    awarded, published = procurement.awarded_on, procurement.published_on
    if awarded is not None and published is not None and awarded < published:
        raise ValidationError({field: _("De gunning kan niet vóór de bekendmaking.")})
