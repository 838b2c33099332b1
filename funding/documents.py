"""The papers of a decision: request sheet, agenda, letter, agreement. Official text, Dutch only.

What stands in the letter and the agreement is named field by field, so nothing else can slip in.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import sees_money
from common import clock
from common.formatting import format_day, format_moment
from common.money import ZERO, format_eur
from documents.registry import Legal, Params, PdfDocument, ProgressReport, Standing, always
from funding import conf
from funding.lifecycle import AgreementState, CommitteeState
from funding.models import (
    Agreement,
    CofinancingRequest,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    TenderDocument,
)
from funding.selectors.texts import filled_texts
from funding.services.agreement import AGREEMENT_KIND, default_due_on
from funding.services.committee_papers import AGENDA_KIND, SHEET_KIND
from funding.services.instalments import default_plan, split
from funding.services.letters import LETTER_KIND

LATEST_FIRST = Prefetch(
    "tender_documents",
    TenderDocument.objects.select_related("file", "added_by").order_by("-version"),
)


def _for_who_sees_money(user: Any, job: Any) -> bool:
    return sees_money.test(user, None)


def made_at(context: dict[str, Any]) -> list[str]:
    """The words that only say when the paper was made."""
    return [format_moment(context["made_at"])]


# --- For the committee ---------------------------------------------------------------------------


def sheet_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The sheet of request `params["request"]`."""
    request = (
        CofinancingRequest.objects.select_related(
            "procurement__project__organisation", "procurement__project__call", "requested_by"
        )
        .prefetch_related(LATEST_FIRST)
        .get(pk=params["request"])
    )
    progress(50)
    return {
        "cofinancing": request,
        "procurement": request.procurement,
        "project": request.procurement.project,
        "tender_documents": list(request.tender_documents.all()),
        "made_at": clock.now(),
    }


def agenda_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The agenda of meeting `params["meeting"]`, with what the committee needs of each request."""
    meeting = CommitteeMeeting.objects.get(pk=params["meeting"])
    items = list(
        CommitteeItem.objects.filter(meeting=meeting)
        .select_related(
            "request__procurement__project__organisation",
            "request__procurement__project__call",
            "tender_document__file",
        )
        .prefetch_related(
            Prefetch("request__tender_documents", TenderDocument.objects.select_related("file"))
        )
        .order_by("position", "pk")
    )
    progress(50)
    is_open = meeting.state == CommitteeState.PLANNED
    return {
        "meeting": meeting,
        "items": [
            {
                "number": number,
                "request": item.request,
                "project": item.request.procurement.project,
                "document": item.tender_document
                or next(iter(item.request.tender_documents.all()), None),
            }
            for number, item in enumerate(items, 1)
        ],
        "total": sum(item.request.requested_amount for item in items),
        "committee": conf.committee_name(),
        "made_at": clock.now(),
        "document_mark": "Ontwerp: de agenda is niet afgesloten" if is_open else "",
    }


# --- For the beneficiary -------------------------------------------------------------------------


def _decision(pk: int) -> CommitteeDecision:
    found = (
        CommitteeDecision.objects.select_related(
            "request__procurement__project__organisation",
            "request__procurement__project__call",
            "recorded_by",
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise ValidationError(_("Deze beslissing bestaat niet meer."))
    return found


def letter_content(decision: CommitteeDecision) -> dict[str, Any]:
    """What both the letter and the agreement say of a decision. One query, for the texts."""
    request, project = decision.request, decision.request.procurement.project
    values = {
        "begunstigde": project.organisation.name,
        "project": project.title,
        "opdracht": request.procurement.title,
        "dossiernummer": project.reference,
        "bedrag": format_eur(decision.granted_amount),
        "beslissingsdatum": format_day(decision.decided_on),
        "comite": conf.committee_name(),
        "ondertekenen_tegen": format_day(default_due_on(decision)),
        "beroepstermijn": str(conf.appeal_days()),
    }
    return {
        "text": filled_texts(values),
        "decision": {
            "outcome": decision.outcome,
            "label": decision.get_outcome_display(),
            "decided_on": decision.decided_on,
            "reference": decision.reference,
            "grounds": decision.grounds,
            "granted_amount": decision.granted_amount,
            "number": decision.letter_number,
        },
        "cofinancing": {
            "requested_amount": request.requested_amount,
            "eligible_base": request.eligible_base,
            "rule_explanation": request.rule_explanation,
        },
        "procurement": {
            "title": request.procurement.title,
            "phase": request.procurement.get_phase_display(),
            "estimated_amount": request.procurement.estimated_amount,
        },
        "project": {
            "reference": project.reference,
            "title": project.title,
            "is_fictional": project.is_fictional,
        },
        "organisation": project.organisation,
        "committee": conf.committee_name(),
        "signed_by": {
            "name": str(decision.recorded_by),
            "function": decision.recorded_by.job_title or "Secretaris van het comité",
        },
    }


def letter_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The letter about decision `params["decision"]`.

    Raises:
        ValidationError: when there is no such decision.
    """
    decision = _decision(params["decision"])
    progress(50)
    return letter_content(decision)


def agreement_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """Agreement `params["agreement"]`: parties, amount, rule, instalments, articles, signatures."""
    agreement = Agreement.objects.get(pk=params["agreement"])
    decision = _decision(agreement.decision_id)
    progress(50)
    assert decision.granted_amount is not None  # the service drafts none without a grant
    return {
        **letter_content(decision),
        "agreement": agreement,
        "instalments": _instalments(decision),
        "document_mark": "",
    }


def _instalments(decision: CommitteeDecision) -> list[dict[str, Any]]:
    """As planned on the commitment; before that, as the usual plan would have it."""
    commitment = decision.commitment_made
    planned = list(commitment.instalments.order_by("number")) if commitment else []
    if planned:
        return [
            {"share": one.share, "amount": one.amount, "condition": one.condition}
            for one in planned
        ]
    plan = default_plan(decision.decided_on)
    amounts = split(decision.granted_amount or ZERO, [one.share for one in plan])
    return [
        {"share": one.share, "amount": amount, "condition": one.condition}
        for one, amount in zip(plan, amounts, strict=True)
    ]


def letter_standing(params: Params, job: UUID) -> Standing:
    """A letter made again replaces the former; it counts from the moment that it was told."""
    decision = CommitteeDecision.objects.filter(pk=params["decision"]).first()
    if decision is None:
        return Standing.WITHDRAWN
    if decision.letter_id != job:
        return Standing.SUPERSEDED
    return Standing.PENDING if decision.told_at is None else Standing.CURRENT


def agreement_standing(params: Params, job: UUID) -> Standing:
    """A draft made again replaces the former; it counts from the moment that it was sent."""
    agreement = Agreement.objects.filter(pk=params["agreement"]).first()
    if agreement is None:
        return Standing.WITHDRAWN
    if agreement.document_id != job:
        return Standing.SUPERSEDED
    is_draft = agreement.state == AgreementState.DRAFT
    return Standing.PENDING if is_draft else Standing.CURRENT


def numbered(params: Params) -> str:
    return str(params["number"])


def may_download_letter(user: Any, job: Any) -> bool:
    """Staff who see money; the beneficiary's people from the moment that it was told."""
    if sees_money.test(user, None):
        return True
    decision = (
        CommitteeDecision.objects.select_related("request__procurement__project")
        .filter(pk=job.params.get("decision"), letter=job.pk, told_at__isnull=False)
        .first()
    )
    return (
        decision is not None
        and decision.request.procurement.project.organisation_id in user.member_roles
    )


def may_download_agreement(user: Any, job: Any) -> bool:
    """Staff who see money; the beneficiary's people once it was sent."""
    if sees_money.test(user, None):
        return True
    agreement = (
        Agreement.objects.exclude(state=AgreementState.DRAFT)
        .select_related("decision__request__procurement__project")
        .filter(pk=job.params.get("agreement"), document=job.pk)
        .first()
    )
    return (
        agreement is not None
        and agreement.decision.request.procurement.project.organisation_id in user.member_roles
    )


DOCUMENTS = (
    PdfDocument(
        kind=SHEET_KIND,
        label=gettext_lazy("Aanvraagfiche cofinanciering"),
        template="funding/documents/request_sheet.html",
        context=sheet_context,
        filename=lambda params: f"aanvraagfiche-{params['reference']}.pdf",
        may_download=_for_who_sees_money,
        passing=made_at,
        never_purged=always,
    ),
    PdfDocument(
        kind=AGENDA_KIND,
        label=gettext_lazy("Agenda van het Beslissingscomité"),
        template="funding/documents/agenda.html",
        context=agenda_context,
        filename=lambda params: f"agenda-beslissingscomite-{params['day']}.pdf",
        may_download=_for_who_sees_money,
        passing=made_at,
        never_purged=always,
    ),
    PdfDocument(
        kind=LETTER_KIND,
        label=gettext_lazy("Brief over cofinanciering"),
        template="funding/documents/decision_letter.html",
        context=letter_context,
        filename=lambda params: f"brief-{str(params['number']).replace('/', '-').lower()}.pdf",
        may_download=may_download_letter,
        legal=Legal(number=numbered, standing=letter_standing),
    ),
    PdfDocument(
        kind=AGREEMENT_KIND,
        label=gettext_lazy("Samenwerkingsovereenkomst"),
        template="funding/documents/agreement.html",
        context=agreement_context,
        filename=lambda params: f"samenwerkingsovereenkomst-{params['number'].lower()}.pdf",
        may_download=may_download_agreement,
        legal=Legal(number=numbered, standing=agreement_standing),
    ),
)
