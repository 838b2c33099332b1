"""The agreement about a grant: drafted, sent, and who signed it."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.lifecycle import TransitionRefused
from common.moments import add_months, local_day, today
from documents.models import Job
from documents.services import request_document, store_upload
from documents.uploads import check_upload
from funding import conf
from funding.lifecycle import AGREEMENT_LIFECYCLE, AgreementState
from funding.models import Agreement, AgreementSignature, CommitteeDecision
from funding.policies import may_request_cofinancing, may_sign_for_beneficiary, may_sign_for_fund
from funding.services.mails import tell_agreement

AGREEMENT_KIND = "funding.agreement"


def default_due_on(decision: CommitteeDecision) -> date:
    """The day on which both have signed; two months after the decision by default."""
    return add_months(decision.decided_on, conf.agreement_months())


@transaction.atomic
def draft_agreement(
    *, decision: CommitteeDecision, by: User, due_on: date | None = None, terms: str = ""
) -> Agreement:
    """Draft the agreement about what was granted, or write the draft anew.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: nothing was granted, or it is due before the decision.
        TransitionRefused: when the agreement was sent.
    """
    may_request_cofinancing.check(by)
    decision = (
        CommitteeDecision.objects.select_for_update(of=("self",))
        .select_related("request__procurement__project")
        .get(pk=decision.pk)
    )
    if decision.outcome != CommitteeDecision.Outcome.GRANTED:
        raise ValidationError(_("Het comité kende voor deze aanvraag niets toe."))
    due_on = due_on or default_due_on(decision)
    if due_on < decision.decided_on:
        raise ValidationError({"due_on": _("Kies een dag na de beslissing.")})
    agreement = Agreement.objects.filter(decision=decision).first()
    if agreement is None:
        agreement = Agreement(
            decision=decision,
            number=f"SO-{decision.decided_on.year}-{decision.pk:05d}",
            drafted_by=by,
        )
    elif agreement.state != AgreementState.DRAFT:
        raise TransitionRefused(_("Deze overeenkomst is al verstuurd en ligt vast."), code="state")
    agreement.due_on, agreement.terms = due_on, terms.strip()
    agreement.save()
    _make_document(agreement, by)
    record(
        actor=by,
        action="agreement.drafted",
        label=_("Samenwerkingsovereenkomst opgesteld: %(number)s") % {"number": agreement.number},
        about=decision.request.procurement.project,
        data={"agreement": agreement.pk},
    )
    return agreement


@transaction.atomic
def send_agreement(*, agreement: Agreement, by: User) -> Agreement:
    """Send it: the beneficiary reads it, and who may sign gets a mail. It stays as it is.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        TransitionRefused: when it was sent already.
        ValidationError: when the document is not ready.
    """
    may_request_cofinancing.check(by)
    agreement = _lock(agreement)
    if agreement.document is None or not agreement.document.is_done:
        raise ValidationError(
            _("Het document is nog niet klaar. Wacht tot het gemaakt is en kijk het na.")
        )
    agreement.sent_at = clock.now()
    AGREEMENT_LIFECYCLE.perform(agreement, "send", actor=by, save=["sent_at"])
    record(
        actor=by,
        action="agreement.sent",
        label=_("Samenwerkingsovereenkomst verstuurd: %(number)s") % {"number": agreement.number},
        about=agreement.decision.request.procurement.project,
        data={"agreement": agreement.pk},
    )
    tell_agreement(agreement)
    return agreement


@transaction.atomic
def record_signature(
    *,
    agreement: Agreement,
    party: str,
    name: str,
    function: str,
    signed_on: date,
    means: str,
    signed_copy: File,
    by: User,
) -> AgreementSignature:
    """Note who signed for a party, when and how, with the signed copy.

    When both parties have signed, the agreement is signed, on the later of the two days.

    Raises:
        PermissionDenied: when `by` may not do this for that party.
        TransitionRefused: when it was not sent, or is signed by both.
        ValidationError: that party signed, the day cannot be, or the file cannot be kept.
    """
    agreement = _lock(agreement)
    of_fund = party == AgreementSignature.Party.FUND
    (may_sign_for_fund if of_fund else may_sign_for_beneficiary).check(by, agreement)
    if agreement.state != AgreementState.SENT or agreement.sent_at is None:
        raise TransitionRefused(
            _("Ondertekenen kan niet: de status van de overeenkomst is “%(state)s”.")
            % {"state": AgreementState(agreement.state).label},
            code="state",
        )
    _refuse_impossible_signature(agreement, agreement.sent_at, party, signed_on, signed_copy)
    signature = AgreementSignature(
        agreement=agreement,
        party=party,
        name=name.strip(),
        function=function.strip(),
        signed_on=signed_on,
        means=means,
        recorded_by=by,
    )
    signature.signed_copy = store_upload(uploaded=signed_copy, created_by=by)
    with readable_constraints(
        fields={"funding_signature_once": "party", "funding_signature_names_who": "name"}
    ):
        signature.save()
    project = agreement.decision.request.procurement.project
    record(
        actor=by,
        action="agreement.signature",
        label=_("Ondertekend: %(party)s") % {"party": signature.get_party_display()},
        about=project,
        data={"agreement": agreement.pk, "means": means, "day": signed_on.isoformat()},
    )
    days = list(agreement.signatures.values_list("signed_on", flat=True))
    if len(days) == len(AgreementSignature.Party):
        agreement.signed_on = max(days)
        AGREEMENT_LIFECYCLE.perform(agreement, "sign", actor=by, save=["signed_on"])
    return signature


def _refuse_impossible_signature(
    agreement: Agreement, sent_at: datetime, party: str, signed_on: date, signed_copy: File
) -> None:
    """Raises ValidationError with everything that is wrong at once: a file must be chosen anew."""
    errors: dict[str, Any] = {}
    if signed_on > today():
        errors["signed_on"] = _("Deze dag ligt in de toekomst.")
    elif signed_on < local_day(sent_at):
        errors["signed_on"] = _("De overeenkomst werd pas later verstuurd. Kijk de dag na.")
    if agreement.signatures.filter(party=party).exists():
        errors["party"] = _("Deze partij ondertekende al.")
    try:
        check_upload(signed_copy)
    except ValidationError as refusal:
        errors["signed_copy"] = refusal.error_list
    if errors:
        raise ValidationError(errors)


def _make_document(agreement: Agreement, by: User) -> Job:
    project = agreement.decision.request.procurement.project
    agreement.document = request_document(
        kind=AGREEMENT_KIND,
        params={"agreement": agreement.pk, "number": agreement.number},
        requested_by=by,
        about=project,
        title=f"Samenwerkingsovereenkomst {project.reference}",
    )
    agreement.save(update_fields=["document"])
    return agreement.document


def _lock(agreement: Agreement) -> Agreement:
    return (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("decision__request__procurement__project__organisation", "document")
        .get(pk=agreement.pk)
    )
