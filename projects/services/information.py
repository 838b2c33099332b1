"""Asking the applicant for further information about what was handed in, and the answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from audit.services import record
from calls.models import FormQuestion, RequiredFrom
from common import clock
from common.formatting import format_clock, format_deadline, format_moment
from common.lifecycle import TransitionRefused
from common.moments import add_working_days, end_of_day, is_working_day, today
from documents.services import store_upload
from notifications.services import portal_url, queue_mail
from projects.frozen import Content, is_given, items_of
from projects.lifecycle import INFORMATION_LIFECYCLE, InformationState, ProposalState
from projects.models import InformationItem, InformationRequest, Proposal, ProposalVersion
from projects.policies import is_editor, may_answer_request, may_ask_information

MAX_ITEMS = 30
ASKABLE_STATES = frozenset(
    {
        ProposalState.COMPLETE,
        ProposalState.ASSESSMENT,
        ProposalState.ADVISED,
        ProposalState.SELECTED,
    }
)
"""After the completeness check (what is missing is asked there), until a refusal is notified."""


@dataclass(frozen=True)
class Asked:
    """One named question of the frozen version, and what staff want to know about it."""

    section_code: str
    key: str
    question: str


@dataclass(frozen=True)
class Answer:
    """What the applicant writes for one item; `file` replaces the file that stands there.

    `text` is None to leave the text as it stands. `version` is that of the answer from which the
    person started; None to write over anything.
    """

    text: str | None = ""
    file: File | None = None
    remove_file: bool = False
    version: int | None = None


class NotAllSaved(ValidationError):
    """What was in order is saved; the rest is named by field.

    `clashed` are the items that somebody else changed since the person opened the page.
    """

    def __init__(self, refused: dict[str, Any], clashed: list[int]) -> None:
        self.clashed = clashed
        super().__init__(refused)


@dataclass
class _Locked:
    request: InformationRequest
    items: list[InformationItem] = field(default_factory=list)


def default_due_on() -> date:
    """INFORMATION_WORKING_DAYS working days from today (domain.md 7)."""
    return add_working_days(today(), settings.INFORMATION_WORKING_DAYS)


def ask_information(
    *, proposal: Proposal, asked: Sequence[Asked], due_on: date, by: User, message: str = ""
) -> InformationRequest:
    """Ask about named questions of the version that counts, to be answered until `due_on`, 24.00.

    Raises:
        PermissionDenied: when `by` is neither of the team nor an adviser who may read the file.
        TransitionRefused: when the file is not in a state in which one asks.
        ValidationError: by field: no question chosen (`asked`), one without text, a due day that
            has passed or is no working day (`due_on`).
    """
    may_ask_information.check(by, proposal)
    if not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("U leest dit dossier pas nadat u de toewijzing hebt aanvaard."))
    _refuse_bad_question(asked, due_on)
    with transaction.atomic():
        current = _lock_proposal(proposal)
        if current.state not in ASKABLE_STATES:
            raise TransitionRefused(
                _("Bijkomende informatie vragen kan niet: de status is nu “%(state)s”.")
                % {"state": ProposalState(current.state).label},
                code="state",
            )
        return _ask(current, asked, due_on, by, message)


def ask_what_selection_needs(*, proposal: Proposal) -> InformationRequest | None:
    """Ask, as the portal itself, what the form needs only after selection and was not answered.

    Part of notifying a selection, inside that transaction. None when nothing is missing.
    """
    version = proposal.latest_version
    if version is None:
        return None
    needed = set(
        FormQuestion.objects.filter(
            section__call=proposal.call_id, required_from=RequiredFrom.SELECTION
        ).values_list("section__code", "key")
    )
    asked = [
        Asked(section["code"], item["key"], _("Na de selectie hebben we dit antwoord nodig."))
        for section, item in items_of(version.content)
        if (section["code"], item["key"]) in needed and not is_given(item)
    ]
    if not asked:
        return None
    return _ask(proposal, asked[:MAX_ITEMS], default_due_on(), None, "")


def save_answers_to_request(
    *, request: InformationRequest, answers: Mapping[int, Answer], by: User
) -> InformationRequest:
    """Keep the answers, by id of the item, without sending them.

    Raises:
        PermissionDenied: when `by` is no editor of the organisation.
        TransitionRefused: when it was answered or withdrawn.
        NotAllSaved: for `file_<id>` when a file is refused, for `answer_<id>` when somebody else
            changed that answer meanwhile. Everything else is kept.
    """
    is_editor.check(by, request.proposal)
    with transaction.atomic():
        locked = _lock_open(request)
        written = _write(locked.items, answers, by)
    written.check()
    return locked.request


def send_answers(
    *,
    request: InformationRequest,
    answers: Mapping[int, Answer],
    by: User,
    arrived_at: datetime,
) -> InformationRequest:
    """Keep the answers and send them all; from then on the database refuses a change.

    Sending again gives the request as it was answered. A late answer is accepted: `answered_at`
    tells that it was.

    Raises:
        PermissionDenied: when `by` is no submitter of the organisation.
        TransitionRefused: when it was withdrawn.
        NotAllSaved: as `save_answers_to_request`, and for `answer_<id>` of every item without text
            and without file. Nothing is sent then, and what is in order is kept.
    """
    may_answer_request.check(by, request)
    with transaction.atomic():
        locked = _lock(request)
        current = locked.request
        if current.state == InformationState.ANSWERED:
            return current
        _refuse_settled(current)
        written = _write(locked.items, answers, by)
        for item in locked.items:
            if not item.answer.strip() and item.file_id is None:
                written.refused.setdefault(
                    f"answer_{item.pk}", _("Schrijf een antwoord of voeg een bestand toe.")
                )
        if not written.refused:
            current.answered_by = by
            current.answered_at = arrived_at
            INFORMATION_LIFECYCLE.perform(
                current,
                "answer",
                actor=by,
                comment=_("Vraag %(number)s, aangekomen op %(moment)s")
                % {"number": current.number, "moment": format_moment(arrived_at)}
                + (_(", na de gevraagde dag") if arrived_at >= current.due_at else ""),
                save=["answered_by", "answered_at"],
            )
    written.check()
    return current


def withdraw_information_request(
    *, request: InformationRequest, by: User, reason: str
) -> InformationRequest:
    """Take a question back; the applicant reads the reason and need not answer any more.

    Raises:
        PermissionDenied: when `by` may not ask, or may not read the file.
        TransitionRefused: when it was answered or withdrawn.
        ValidationError: for `reason` when it is empty.
    """
    if not Proposal.objects.visible_to(by).filter(pk=request.proposal_id).exists():
        raise PermissionDenied(may_ask_information.sentence)
    with transaction.atomic():
        current = _lock(request).request
        current.withdrawal_reason = reason.strip()
        INFORMATION_LIFECYCLE.perform(
            current,
            "withdraw_request",
            actor=by,
            comment=current.withdrawal_reason,
            save=["withdrawal_reason"],
        )
        _tell(current, "information_withdrawn")
    return current


def _ask(
    proposal: Proposal, asked: Iterable[Asked], due_on: date, by: User | None, message: str
) -> InformationRequest:
    version = _latest(proposal)
    frozen: dict[tuple[str, str], Content] = {
        (section["code"], item["key"]): item for section, item in items_of(version.content)
    }
    unknown = [one for one in asked if (one.section_code, one.key) not in frozen]
    if unknown:
        raise ValidationError(
            {"asked": _("Deze vraag staat niet in de ingediende versie. Herlaad de pagina.")}
        )
    last = proposal.information_requests.order_by("-number").first()
    request = InformationRequest.objects.create(
        proposal=proposal,
        version=version,
        number=last.number + 1 if last else 1,
        message=message.strip(),
        due_at=end_of_day(due_on),
        asked_by=by,
        asked_at=clock.now(),
    )
    InformationItem.objects.bulk_create(
        InformationItem(
            request=request,
            position=position,
            section_code=one.section_code,
            key=one.key,
            label=frozen[one.section_code, one.key]["label"][:300],
            frozen=frozen[one.section_code, one.key],
            question=one.question.strip(),
        )
        for position, one in enumerate(asked, 1)
    )
    record(
        actor=by,
        action="informationrequest.asked",
        label=_("Bijkomende informatie gevraagd"),
        about=request,
        comment=_("Vraag %(number)s, te beantwoorden tot %(due)s")
        % {"number": request.number, "due": format_deadline(request.due_at)},
        data={"proposal": proposal.pk},
    )
    _tell(request, "information_asked")
    return request


def _tell(request: InformationRequest, what: str) -> None:
    """A mail to everybody who works on the proposal: what to do, never the question itself."""
    proposal = request.proposal
    for person in members_with_role(proposal.organisation_id, MemberRole.EDITOR):
        queue_mail(
            kind=f"projects.{what}",
            to=person,
            template=f"projects/mail/{what}.md",
            context={
                "title": request.version.title,
                "reference": proposal.reference,
                "number": request.number,
                "count": request.items.count(),
                "due": format_deadline(request.due_at),
                "url": portal_url("projects:information", proposal.reference, request.number),
            },
            about=proposal,
            dedupe_key=f"projects.{what}:{request.pk}:{person.pk}",
        )


def _refuse_bad_question(asked: Sequence[Asked], due_on: date) -> None:
    refused: dict[str, Any] = {}
    if not asked:
        refused["asked"] = _("Kies minstens één vraag uit het voorstel.")
    elif len(asked) > MAX_ITEMS:
        refused["asked"] = _("Kies hoogstens %(n)s vragen.") % {"n": MAX_ITEMS}
    elif not all(one.question.strip() for one in asked):
        refused["asked"] = _("Schrijf bij elke gekozen vraag wat u wilt weten.")
    if due_on <= today():
        refused["due_on"] = _("Kies een dag na vandaag.")
    elif not is_working_day(due_on):
        refused["due_on"] = _("Kies een werkdag: geen weekend en geen feestdag.")
    if refused:
        raise ValidationError(refused)


@dataclass
class _Written:
    """What was not saved of the answers, by field, and the items that clashed."""

    refused: dict[str, Any] = field(default_factory=dict)
    clashed: list[int] = field(default_factory=list)

    def check(self) -> None:
        """After the transaction, so that what is in order stays."""
        if self.refused:
            raise NotAllSaved(self.refused, self.clashed)


def _write(items: Iterable[InformationItem], answers: Mapping[int, Answer], by: User) -> _Written:
    written = _Written()
    for item in items:
        answer = answers.get(item.pk)
        if answer is None:
            continue
        before = (item.answer, item.file_id)
        is_older = answer.version is not None and answer.version != item.version
        touches_file = answer.remove_file or (answer.file and not _stands_there(item, answer.file))
        if touches_file and is_older and item.file_id is not None:
            written.refused[f"file_{item.pk}"] = _("Kies nog eens wat met het bestand gebeurt.")
            _clash(item, written)
        elif touches_file:
            _write_file(item, answer, by, written)
        if answer.text is not None and answer.text != item.answer:
            if is_older:
                _clash(item, written)
            else:
                item.answer = answer.text
        if (item.answer, item.file_id) != before:
            item.version += 1
            item.updated_by, item.updated_at = by, clock.now()
            item.save(update_fields=["answer", "file", "version", "updated_by", "updated_at"])
    return written


def _write_file(item: InformationItem, answer: Answer, by: User, written: _Written) -> None:
    if answer.remove_file:
        item.file = None
    if answer.file is not None:
        try:
            item.file = store_upload(uploaded=answer.file, created_by=by)
        except ValidationError as refusal:
            written.refused[f"file_{item.pk}"] = refusal.error_list


def _stands_there(item: InformationItem, uploaded: File) -> bool:
    """Whether it is the file that an earlier press brought."""
    stored = item.file
    return stored is not None and (stored.name, stored.size) == (uploaded.name, uploaded.size)


def _clash(item: InformationItem, written: _Written) -> None:
    """Refuse the answer: somebody else's stands there, which this person has not seen."""
    written.clashed.append(item.pk)
    written.refused[f"answer_{item.pk}"] = _(
        "%(name)s wijzigde dit antwoord intussen (om %(clock)s uur). Uw tekst is nog niet"
        " opgeslagen. Vergelijk de twee teksten en sla opnieuw op."
    ) % {
        "name": item.updated_by or _("Iemand anders"),
        "clock": format_clock(item.updated_at or clock.now()),
    }


def _lock_proposal(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("call", "organisation")
        .get(pk=proposal.pk)
    )


def _lock(request: InformationRequest) -> _Locked:
    current = (
        InformationRequest.objects.select_for_update(of=("self",))
        .select_related("proposal", "version")
        .get(pk=request.pk)
    )
    items = current.items.select_related("updated_by", "file").order_by("position", "pk")
    return _Locked(current, list(items))


def _lock_open(request: InformationRequest) -> _Locked:
    locked = _lock(request)
    _refuse_settled(locked.request)
    return locked


def _refuse_settled(request: InformationRequest) -> None:
    if request.state != InformationState.OPEN:
        raise TransitionRefused(
            _("Antwoorden kan niet meer: de status van deze vraag is “%(state)s”.")
            % {"state": InformationState(request.state).label},
            code="state",
        )


def _latest(proposal: Proposal) -> ProposalVersion:
    return proposal.versions.latest("number")
