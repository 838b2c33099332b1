"""Claims and payments, with each sentence that refuses them."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.roles import MemberRole, StaffRole
from documents.models import StoredFile
from funding import services
from funding.models import (
    BudgetYear,
    Claim,
)
from funding.selectors.budget import encours
from notifications.models import OutboxMail
from tests.accounts.factories import MembershipFactory
from tests.funding.acts import (
    DAY,
    D,
    approved,
    checked,
    claim,
    claimable,
    claimed,
    member,
    paid_claim,
    planned,
    refused,
    release,
    secretary,
    team,
)
from tests.funding.factories import (
    budget_line,
    commitment,
    programme_manager,
)

pytestmark = pytest.mark.django_db


def test_opening_tells_every_claimant_once_without_an_amount() -> None:
    budget_line()
    instalment, claimant = claimable()
    MembershipFactory(
        organisation=instalment.commitment.project.organisation, role=MemberRole.READER
    )
    mail = OutboxMail.objects.get(kind="funding.claimable")
    assert mail.recipient == claimant
    assert "300.000" not in mail.text
    assert instalment.opened_at is not None


def test_claiming_is_refused_with_a_sentence(settings: Any) -> None:
    budget_line()
    instalment, claimant = claimable()
    assert refused(claim, instalment=instalment, by=claimant, statement=" ") == (
        "Leg uit waarvoor u deze schijf vraagt."
    )
    assert refused(claim, instalment=instalment, by=claimant, amount=D("300000.01")) == (
        "Deze schijf is hoogstens € 300.000,00."
    )
    assert refused(claim, instalment=instalment, by=claimant, amount=D(0)) == (
        "Vraag een bedrag van meer dan nul."
    )
    wrong = SimpleUploadedFile("virus.exe", b"MZ")
    assert "Dit soort bestand kan niet." in refused(
        claim, instalment=instalment, by=claimant, evidence=wrong
    )
    assert not StoredFile.objects.exists()
    editor = MembershipFactory(
        organisation=instalment.commitment.project.organisation, role=MemberRole.EDITOR
    ).user
    with pytest.raises(PermissionDenied, match="indiener"):
        claim(instalment, editor)
    claim(instalment, claimant)
    assert "“Aangevraagd”" in refused(claim, instalment=instalment, by=claimant)


def test_a_planned_instalment_is_not_claimed() -> None:
    budget_line()
    [instalment] = planned(commitment(), "100")
    assert "“Gepland”" in refused(claim, instalment=instalment, by=team())


def test_checking_is_refused_with_a_sentence() -> None:
    budget_line()
    made = claimed()
    check = {"act": services.check_claim, "claim": made, "by": team()}
    assert refused(**check, accepted_amount=D(0), note="") == (
        "Vul een bedrag van meer dan nul in, of wijs de vordering af."
    )
    assert refused(**check, accepted_amount=D(1), note=" ") == (
        "U aanvaardt minder dan gevraagd. Schrijf waarom."
    )
    assert refused(**check, accepted_amount=D("300000.01"), note="") == (
        "Het aanvaarde bedrag is hoger dan het gevraagde."
    )
    with pytest.raises(PermissionDenied):
        services.check_claim(claim=made, accepted_amount=D(1), note="x", by=programme_manager())


def test_who_claimed_for_the_authority_does_not_check() -> None:
    budget_line()
    instalment, _claimant = claimable()
    helper = team()
    made = claim(instalment, helper)
    with pytest.raises(PermissionDenied, match="niet zelf controleren"):
        services.check_claim(claim=made, accepted_amount=made.amount, note="", by=helper)


def test_a_rejected_claim_is_told_and_can_be_made_again() -> None:
    budget_line()
    instalment, claimant = claimable()
    made = claim(instalment, claimant)
    assert refused(services.reject_claim, claim=made, reason=" ", by=team()) == (
        "Schrijf waarom u de schuldvordering afwijst."
    )
    with pytest.raises(PermissionDenied):
        services.reject_claim(claim=made, reason="Nee", by=programme_manager())
    services.reject_claim(claim=made, reason="Factuur ontbreekt", by=team())
    assert OutboxMail.objects.get(kind="funding.rejected").recipient == claimant
    second = claim(instalment, claimant)
    for act in (
        lambda: services.check_claim(claim=made, accepted_amount=D(1), note="x", by=team()),
        lambda: services.reject_claim(claim=made, reason="x", by=team()),
    ):
        assert refused(act) == "Deze schuldvordering is afgewezen."
    services.check_claim(claim=second, accepted_amount=second.amount, note="", by=team())
    assert refused(services.approve_claim, claim=made, by=programme_manager()) == (
        "Deze schuldvordering is afgewezen."
    )


def test_a_second_person_approves_in_python_and_in_the_database() -> None:
    budget_line()
    made = checked()
    assert made.checked_by is not None
    with pytest.raises(PermissionDenied, match="niet zelf goedkeuren"):
        services.approve_claim(claim=made, by=made.checked_by)
    with pytest.raises(PermissionDenied):
        services.approve_claim(claim=made, by=secretary())
    with pytest.raises(IntegrityError, match="funding_claim_second_person"), transaction.atomic():
        Claim.objects.filter(pk=made.pk).update(approved_by=made.checked_by)
    services.approve_claim(claim=made, by=member(StaffRole.PROJECT_LEADER))
    assert "“Goedgekeurd”" in refused(services.reject_claim, claim=made, reason="x", by=team())


def test_a_payment_uses_the_vek_of_the_year_of_payment() -> None:
    first, second = budget_line(2026), budget_line(2027)
    payment = paid_claim(300_000, paid_on=date(2027, 1, 5))
    for line in (first, second):
        line.refresh_from_db()
    assert (first.committed, first.paid) == (D("300000.00"), D("0.00"))
    assert (second.committed, second.paid) == (D("0.00"), D("300000.00"))
    assert payment.entry.line == second
    assert (encours(2026), encours(2027)) == (D("300000.00"), D("0.00"))
    assert OutboxMail.objects.filter(kind="funding.paid").count() == 1


def test_paying_is_refused_with_a_sentence() -> None:
    line = budget_line(vek=300_000)
    budget_line(2025)
    made = approved(300_000)
    pay = {"act": services.pay_claim, "claim": made, "by": programme_manager()}
    assert refused(**pay, paid_on=date(2031, 1, 1)) == "Er is geen begroting voor 2031."
    assert refused(**pay, paid_on=date(2026, 2, 28)) == (
        "Een betaling kan niet vóór de vastlegging."
    )
    with pytest.raises(PermissionDenied):
        services.pay_claim(claim=made, paid_on=DAY, by=team())
    not_approved = checked(1)
    assert "“Gecontroleerd”" in refused(**{**pay, "claim": not_approved}, paid_on=DAY)
    release(made.instalment.commitment, "1")
    assert refused(**pay, paid_on=DAY) == "Van deze vastlegging staat nog € 299.999,00 open."
    other = approved(300_000)
    paid_claim(1)
    assert refused(**{**pay, "claim": other}, paid_on=DAY) == (
        "In 2026 is nog € 299.999,00 vereffeningskrediet (VEK) over; gevraagd: € 300.000,00."
    )
    BudgetYear.objects.filter(pk=line.budget_year_id).update(is_closed=True)
    assert refused(**pay, paid_on=DAY) == "Het begrotingsjaar 2026 is afgesloten."
