"""Reads of requests, commitments, instalments and claims."""

from decimal import Decimal

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import Http404

from calls.cofinancing import AdvisedCofinancing
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
    TenderDocument,
)
from funding.services import rule_for
from projects.models import Procurement, Project


def request_list(*, state: str = "", search: str = "") -> QuerySet[CofinancingRequest]:
    """Requests, latest first; `state` may also be "to_commit": granted, not committed yet."""
    found = CofinancingRequest.objects.select_related(
        "procurement__project__organisation"
    ).prefetch_related("decisions__commitment")
    if state == "to_commit":
        found = found.filter(
            decisions__outcome=CommitteeDecision.Outcome.GRANTED,
            decisions__commitment__isnull=True,
        )
    elif state:
        found = found.filter(state=state)
    if search:
        found = found.filter(
            Q(procurement__title__icontains=search)
            | Q(procurement__project__title__icontains=search)
            | Q(procurement__project__reference__icontains=search)
            | Q(procurement__project__organisation__name__icontains=search)
        )
    return found.order_by("-requested_at", "-pk")


def request_page(pk: int) -> CofinancingRequest:
    """A request with its decisions and their commitments.

    Raises:
        Http404: when there is none.
    """
    decisions = CommitteeDecision.objects.select_related(
        "commitment", "recorded_by", "letter__file", "agreement", "told_by"
    ).order_by("-decided_on", "-pk")
    documents = TenderDocument.objects.select_related("file", "added_by").order_by("-version")
    found = (
        CofinancingRequest.objects.select_related(
            "procurement__project__organisation",
            "procurement__project__call",
            "requested_by",
            "adds_to",
        )
        .prefetch_related(
            Prefetch("decisions", queryset=decisions),
            Prefetch("tender_documents", queryset=documents),
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def grant_to_commit(request: CofinancingRequest) -> CommitteeDecision | None:
    """The decision whose amount still has to be committed."""
    return next(
        (
            decision
            for decision in request.decisions.all()
            if decision.outcome == CommitteeDecision.Outcome.GRANTED
            and decision.commitment_made is None
        ),
        None,
    )


def advice_for(procurement: Procurement, base: Decimal) -> AdvisedCofinancing:
    """What the call's rule gives for an eligible base, with its sentence.

    Raises:
        ValidationError: when the call has no rule for the phase.
    """
    return rule_for(procurement).advise(base)


def line_for(year: int, stream: str = BudgetLine.Stream.COFINANCING) -> BudgetLine | None:
    """The line of a year and stream as it is now, to show before and after."""
    return (
        BudgetLine.objects.select_related("budget_year")
        .filter(budget_year__year=year, stream=stream)
        .first()
    )


def commitment_page(number: str) -> Commitment:
    """A commitment with instalments, claims and ledger rows.

    Raises:
        Http404: when there is none.
    """
    found = (
        Commitment.objects.select_related(
            "project__organisation", "line__budget_year", "decision__request__procurement"
        )
        .prefetch_related(
            Prefetch("instalments", queryset=_instalments()),
            Prefetch(
                "entries",
                queryset=LedgerEntry.objects.select_related(
                    "recorded_by", "line__budget_year"
                ).order_by("effective_on", "pk"),
            ),
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def project_money(project: Project) -> tuple[list[CofinancingRequest], list[Commitment]]:
    """Requests and commitments of a project, oldest first; a fixed number of queries."""
    requests = (
        CofinancingRequest.objects.filter(procurement__project=project)
        .select_related("procurement")
        .order_by("requested_at", "pk")
    )
    commitments = (
        Commitment.objects.filter(project=project)
        .select_related("line__budget_year", "decision__request__procurement")
        .prefetch_related(Prefetch("instalments", queryset=_instalments()))
        .order_by("effective_on", "pk")
    )
    return list(requests), list(commitments)


def money_told(project: Project) -> tuple[list[tuple[str, str]], list[Commitment]]:
    """What the organisation may know: title and state of each request, and the commitments.

    What the committee decided exists for it from the moment that it is told, by its letter or by an
    instalment that it may claim. One query more than `project_money`.
    """
    requests, commitments = project_money(project)
    untold = set(
        CommitteeDecision.objects.filter(
            request__procurement__project=project, told_at__isnull=True, letter__isnull=False
        )
        .exclude(commitment__instalments__opened_at__isnull=False)
        .values_list("pk", "request_id")
    )
    decisions, of_requests = {pk for pk, _of in untold}, {of for _pk, of in untold}
    shown = [
        (
            request.procurement.title,
            str(
                RequestState.REQUESTED.label
                if request.pk in of_requests
                else request.get_state_display()
            ),
        )
        for request in requests
    ]
    return shown, [one for one in commitments if one.decision_id not in decisions]


def _instalments() -> QuerySet[Instalment]:
    claims = (
        Claim.objects.select_related("claimed_by")
        .prefetch_related("payments", "lines__claim", "lines__evidence__file", "evidence__file")
        .order_by("-claimed_at", "-pk")
    )
    return (
        Instalment.objects.order_by("number")
        .select_related("claim_draft")
        .prefetch_related(Prefetch("claims", queryset=claims))
    )


CLAIM_STATES = ("claimed", "checked", "approved", "paid", "rejected")


def claim_list(*, state: str = "", search: str = "") -> QuerySet[Claim]:
    """Claims, what waits longest first; `state` is one of CLAIM_STATES or empty for all."""
    found = Claim.objects.select_related(
        "instalment__commitment__project__organisation", "claimed_by"
    ).annotate(
        waits=Case(
            When(rejected_at__isnull=False, then=Value(1)),
            When(instalment__state=InstalmentState.PAID, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )
    if state == "rejected":
        found = found.filter(rejected_at__isnull=False)
    elif state:
        found = found.filter(rejected_at__isnull=True, instalment__state=state)
    if search:
        found = found.filter(
            Q(instalment__commitment__number__icontains=search)
            | Q(instalment__commitment__project__title__icontains=search)
            | Q(instalment__commitment__project__reference__icontains=search)
            | Q(instalment__commitment__project__organisation__name__icontains=search)
        )
    return found.order_by("waits", "claimed_at", "pk")


def claim_page(pk: int) -> Claim:
    """A claim with its instalment, commitment, project and people.

    Raises:
        Http404: when there is none.
    """
    found = (
        Claim.objects.select_related(
            "instalment__commitment__project__organisation",
            "instalment__commitment__project__call",
            "instalment__commitment__line__budget_year",
            "instalment__commitment__decision__request",
            "claimed_by",
            "checked_by",
            "approved_by",
        )
        .prefetch_related("payments")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def claimable_instalment(project: Project, pk: int) -> Instalment:
    """An instalment of the project.

    Raises:
        Http404: when the project has no such instalment.
    """
    found = (
        Instalment.objects.filter(commitment__project=project, pk=pk)
        .select_related("commitment__project__call")
        .first()
    )
    if found is None:
        raise Http404
    return found


def instalment_of(commitment: Commitment, number: int) -> Instalment:
    """The instalment with this number, out of what `commitment_page` loaded.

    Raises:
        Http404: when there is none.
    """
    for instalment in commitment.instalments.all():
        if instalment.number == number:
            return instalment
    raise Http404
