"""What waits for whom, about money; a fixed number of queries."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import MemberRole
from common.moments import local_day, today
from common.work import WorkItem
from funding.lifecycle import (
    AgreementState,
    ChangeState,
    CommitteeState,
    InstalmentState,
    RequestState,
)
from funding.models import (
    Agreement,
    AgreementSignature,
    BudgetYear,
    ChangeRequest,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    Instalment,
    TenderDocument,
    YearReopening,
)
from funding.ordered import running_orders
from funding.policies import (
    is_second_for_reopening,
    may_approve,
    may_check_claim,
    may_commit,
    may_decide_change,
    may_manage_budget,
    may_pay,
    may_record_decision,
    may_request_cofinancing,
    may_sign_for_fund,
    may_tell_decision,
)
from funding.services.agreement import default_due_on
from projects.lifecycle import ProjectState
from projects.models import Procurement
from projects.policies import may_guide_project

DEFAULT_CLAIM_DAYS = 30


def claim_days() -> int:
    """After how many days a claim is late: CLAIM_HANDLING_DAYS, 30 by default (ours)."""
    return int(getattr(settings, "CLAIM_HANDLING_DAYS", DEFAULT_CLAIM_DAYS))


def work_for(user: User) -> list[WorkItem]:
    """Agendas, decisions, letters and agreements, grants to commit, instalments, claims."""
    items: list[WorkItem] = []
    if may_record_decision.test(user, None):
        items += _requests_to_decide()
        items += _meetings_to_move_on()
    if may_tell_decision.test(user, None):
        items += _decisions_to_tell()
    if may_commit.test(user, None):
        items += _grants_to_commit()
    if may_request_cofinancing.test(user, None):
        items += _requests_without_document()
        items += _agreements_to_move_on()
        items += _instalments_to_plan()
    if may_sign_for_fund.test(user, None):
        items += _agreements_to_sign()
    if may_guide_project.test(user, None):
        items += _awards_to_note()
        items += _reopenings_to_answer(user)
    if may_manage_budget.test(user, None):
        items += _years_to_close()
    items += _changes_to_decide(user)
    items += _claims(user)
    return items


def member_work(user: User, organisation: Organisation) -> list[WorkItem]:
    """What an authority does next about money: sign agreements, claim instalments; two queries."""
    if not user.has_member_role(organisation.pk, MemberRole.SUBMITTER):
        return []
    agreements = (
        Agreement.objects.filter(
            ~Exists(SIGNED_BY_BENEFICIARY),
            state=AgreementState.SENT,
            decision__request__procurement__project__organisation=organisation,
        )
        .select_related("decision__request__procurement__project")
        .order_by("due_on", "pk")
    )
    instalments = (
        Instalment.objects.filter(
            state=InstalmentState.CLAIMABLE, commitment__project__organisation=organisation
        )
        .select_related("commitment__project")
        .order_by("opened_at", "pk")
    )
    return [
        _item(
            _("Overeenkomst ondertekenen"),
            one.decision.request.procurement.project.title,
            reverse(
                "funding:agreement_member_sign",
                args=[one.decision.request.procurement.project.reference, one.pk],
            ),
            due_on=one.due_on,
        )
        for one in agreements
    ] + [
        _item(
            _("Schijf aanvragen"),
            _("%(project)s, schijf %(number)s")
            % {"project": one.commitment.project.title, "number": one.number},
            reverse("funding:claim_new", args=[one.commitment.project.reference, one.pk]),
        )
        for one in instalments
    ]


SIGNED_BY_BENEFICIARY = AgreementSignature.objects.filter(
    agreement=OuterRef("pk"), party=AgreementSignature.Party.BENEFICIARY
)
UNDECIDED = (RequestState.REQUESTED, RequestState.POSTPONED)


def _requests_to_decide() -> list[WorkItem]:
    """What the committee met about, and what waits for an agenda."""
    waiting = CofinancingRequest.objects.filter(
        Exists(TenderDocument.objects.filter(request=OuterRef("pk"))),
        ~Exists(CommitteeItem.objects.filter(request=OuterRef("pk"), is_open=True)),
        state__in=UNDECIDED,
    ).select_related("procurement__project")
    met = CommitteeItem.objects.filter(
        is_open=True, meeting__state=CommitteeState.AGENDA_CLOSED, meeting__day__lte=today()
    ).select_related("meeting", "request__procurement__project")
    return [
        _item(
            _("Beslissing noteren"),
            str(item.request.procurement),
            reverse("funding:committee_item_decide", args=[item.meeting_id, item.pk]),
            due_on=item.meeting.day,
        )
        for item in met
    ] + [
        _item(
            _("Op een agenda zetten"),
            str(request.procurement),
            reverse("funding:request", args=[request.pk]),
        )
        for request in waiting
    ]


def _meetings_to_move_on() -> list[WorkItem]:
    """Agendas to close from the day on which dossiers are complete; meetings that are decided."""
    due = CommitteeMeeting.objects.filter(
        Exists(CommitteeItem.objects.filter(meeting=OuterRef("pk"))),
        state=CommitteeState.PLANNED,
        dossier_deadline__lte=today(),
    )
    decided = CommitteeMeeting.objects.filter(
        ~Exists(CommitteeItem.objects.filter(meeting=OuterRef("pk"), is_open=True)),
        state=CommitteeState.AGENDA_CLOSED,
    )
    return [
        _item(_("Agenda afsluiten"), str(one), one.get_absolute_url(), due_on=one.day)
        for one in due
    ] + [_item(_("Vergadering afronden"), str(one), one.get_absolute_url()) for one in decided]


def _requests_without_document() -> list[WorkItem]:
    bare = CofinancingRequest.objects.filter(
        tender_documents__isnull=True, state__in=UNDECIDED
    ).select_related("procurement__project")
    return [
        _item(
            _("Opdrachtdocument toevoegen"),
            str(request.procurement),
            reverse("funding:request", args=[request.pk]),
        )
        for request in bare
    ]


def _decisions_to_tell() -> list[WorkItem]:
    """Letters that the beneficiary does not have. A decision of before the portal has no letter."""
    untold = CommitteeDecision.objects.filter(
        letter__isnull=False, told_at__isnull=True
    ).select_related("request__procurement__project")
    return [
        _item(
            _("Beslissing meedelen"),
            str(decision.request.procurement),
            reverse("funding:request", args=[decision.request_id]),
        )
        for decision in untold
    ]


def _agreements_to_move_on() -> list[WorkItem]:
    """Grants that were told and have no agreement, drafts, and what nobody signed in time."""
    bare = CommitteeDecision.objects.filter(
        outcome=CommitteeDecision.Outcome.GRANTED, told_at__isnull=False, agreement__isnull=True
    ).select_related("request__procurement__project")
    drafts = Agreement.objects.filter(state=AgreementState.DRAFT)
    unsigned = Agreement.objects.filter(
        ~Exists(SIGNED_BY_BENEFICIARY), state=AgreementState.SENT, due_on__lt=today()
    )
    return [
        _item(
            _("Samenwerkingsovereenkomst opstellen"),
            str(decision.request.procurement),
            reverse("funding:agreement_draft", args=[decision.pk]),
            due_on=default_due_on(decision),
        )
        for decision in bare
    ] + [
        _item(label, str(one), one.get_absolute_url(), due_on=one.due_on)
        for label, found in (
            (_("Samenwerkingsovereenkomst versturen"), drafts),
            (_("Ondertekening opvolgen"), unsigned),
        )
        for one in found
    ]


def _agreements_to_sign() -> list[WorkItem]:
    """What the beneficiary signed, so that only the fund must."""
    returned = Agreement.objects.filter(Exists(SIGNED_BY_BENEFICIARY), state=AgreementState.SENT)
    return [
        _item(_("Ondertekening noteren"), str(one), one.get_absolute_url(), due_on=one.due_on)
        for one in returned
    ]


def _awards_to_note() -> list[WorkItem]:
    """Procurements with a grant that is committed and no award yet."""
    waiting = (
        Procurement.objects.filter(
            Exists(Commitment.objects.filter(decision__request__procurement=OuterRef("pk"))),
            awarded_on__isnull=True,
            project__state__in=[ProjectState.COFINANCING_GRANTED, ProjectState.TENDER_PUBLISHED],
        )
        .select_related("project")
        .order_by("pk")
    )
    return [
        _item(_("Gunning noteren"), str(one), reverse("funding:award", args=[one.pk]))
        for one in waiting
    ]


def _reopenings_to_answer(user: User) -> list[WorkItem]:
    """Years that somebody else asks to open again."""
    asked = YearReopening.objects.filter(answered_at__isnull=True).select_related(
        "closing__budget_year"
    )
    return [
        _item(
            _("Heropening van een jaar beantwoorden"),
            str(one.closing.budget_year),
            reverse("funding:answer_reopening", args=[one.closing.budget_year.year]),
        )
        for one in asked
        if is_second_for_reopening.test(user, one)
    ]


def _years_to_close() -> list[WorkItem]:
    """The oldest year that is over and open: the others wait for it."""
    year = BudgetYear.objects.filter(year__lt=today().year, is_closed=False).order_by("year")[:1]
    return [
        _item(
            _("Begrotingsjaar afsluiten"), str(one), reverse("funding:close_year", args=[one.year])
        )
        for one in year
    ]


def _changes_to_decide(user: User) -> list[WorkItem]:
    """What this person may decide on; nobody is asked to decide on an own question."""
    asked = (
        ChangeRequest.objects.filter(state=ChangeState.ASKED)
        .select_related("commitment__project")
        .order_by("asked_at", "pk")
    )
    return [
        _item(_("Over de wijziging beslissen"), str(one.commitment.project), one.get_absolute_url())
        for one in asked
        if may_decide_change.test(user, one)
    ]


def _grants_to_commit() -> list[WorkItem]:
    grants = CommitteeDecision.objects.filter(
        outcome=CommitteeDecision.Outcome.GRANTED, commitment__isnull=True
    ).select_related("request__procurement__project")
    return [
        _item(
            _("Vastleggen"),
            str(grant.request.procurement),
            reverse("funding:request", args=[grant.request_id]),
            # VAK lapses at the end of the year of the decision (domain.md 6.6).
            due_on=date(grant.decided_on.year, 12, 31),
        )
        for grant in grants
    ]


def _instalments_to_plan() -> list[WorkItem]:
    bare = Commitment.objects.filter(instalments__isnull=True).select_related("project")
    return [
        _item(_("Schijven plannen"), str(commitment), commitment.get_absolute_url())
        for commitment in bare
        if commitment.open_amount
    ]


def _claims(user: User) -> list[WorkItem]:
    """Claims in a state that this person moves on; nobody is asked to approve an own check."""
    labels = {}
    if may_check_claim.test(user, None):
        labels[InstalmentState.CLAIMED.value] = _("Schuldvordering controleren")
    if may_approve.test(user, None):
        labels[InstalmentState.CHECKED.value] = _("Schuldvordering goedkeuren")
    if may_pay.test(user, None):
        labels[InstalmentState.APPROVED.value] = _("Betaling registreren")
    if not labels:
        return []
    claims = (
        Claim.objects.filter(rejected_at__isnull=True, instalment__state__in=list(labels))
        .select_related("instalment__commitment__project")
        .order_by("claimed_at", "pk")
    )
    ordered = running_orders([claim.pk for claim in claims])
    return [
        _item(
            labels[claim.instalment.state],
            _("%(project)s, schijf %(number)s")
            % {
                "project": claim.instalment.commitment.project,
                "number": claim.instalment.number,
            },
            reverse("funding:claim", args=[claim.pk]),
            due_on=local_day(claim.claimed_at) + timedelta(days=claim_days()),
        )
        for claim in claims
        if claim.pk not in ordered
        and (claim.instalment.state != InstalmentState.CHECKED or claim.checked_by_id != user.pk)
    ]


def _item(label: str, title: str, url: str, due_on: date | None = None) -> WorkItem:
    return WorkItem(
        label=label,
        title=title,
        url=url,
        due_on=due_on,
        is_late=due_on is not None and due_on < today(),
        group=_("Geld"),
    )
