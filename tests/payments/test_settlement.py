"""The final settlement: what is due, what is released, and what is asked back and comes in."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from stdnum.be import ogm_vcs
from time_machine import travel

from accounts.roles import MemberRole
from documents.conformance import structural_faults
from documents.models import Job
from documents.services.running import run_job
from funding import services as funding
from funding.ledger_check import ledger_problems
from funding.lifecycle import InstalmentState
from funding.models import Commitment, LedgerEntry
from notifications.models import OutboxMail
from payments import services
from payments.models import RecoveryRequest, Settlement
from payments.reminders import asked_recoveries, recovery_reminder, still_asked
from payments.selectors import member_work, work_for
from payments.services.settlements import communication_for
from tests.accounts.factories import MembershipFactory
from tests.browser.documents import pdf_text
from tests.funding.acts import D, planned, refused, secretary, team
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.payments.acts import approved_claim, approved_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_june() -> Any:
    with travel("2026-06-01 10:00", tick=False):
        yield


def half_paid(amount: int = 1000) -> Commitment:
    """A grant at 50 % of which the first half is paid and the second is planned."""
    budget_line()
    made = commitment(amount)
    first, _second = planned(made, "50", "50")
    claim = approved_claim(first)
    funding.pay_claim(claim=claim, paid_on=date(2026, 4, 1), by=programme_manager())
    made.refresh_from_db()
    return made


def proposed(made: Commitment, cost: str, **changes: Any) -> Settlement:
    values = {"note": "Volgens de kostenstaat", "by": team()}
    return services.propose_settlement(
        commitment=made, accepted_cost=D(cost), **{**values, **changes}
    )


def confirmed(made: Commitment, cost: str) -> Settlement:
    return services.confirm_settlement(settlement=proposed(made, cost), by=programme_manager())


@pytest.mark.parametrize(
    ("cost", "due", "released", "open_after"),
    [
        ("2000", "500.00", "0.00", "500.00"),
        ("3000", "500.00", "0.00", "500.00"),
        ("1500", "250.00", "250.00", "250.00"),
        ("1000.01", "0.01", "499.99", "0.01"),
        ("1000", "0.00", "500.00", "0.00"),
    ],
)
def test_what_is_due_stays_open_and_the_rest_is_released(
    cost: str, due: str, released: str, open_after: str
) -> None:
    made = half_paid()
    done = confirmed(made, cost)
    assert (done.due, done.released) == (D(due), D(released))
    made.refresh_from_db()
    assert made.open_amount == D(open_after)
    assert not RecoveryRequest.objects.exists()
    assert [str(one) for one in ledger_problems()] == []
    last = made.instalments.get(number=2)
    planned_still = Decimal(open_after) > 0
    assert (last.state == InstalmentState.PLANNED) is planned_still


def test_the_last_claim_is_accepted_up_to_what_is_due() -> None:
    made = half_paid()
    confirmed(made, "1500")
    last = made.instalments.get(number=2)
    assert last.amount == D("250.00")
    funding.open_instalment(instalment=last, by=team())
    by = MembershipFactory(organisation=made.project.organisation, role=MemberRole.SUBMITTER).user
    ask = {"act": funding.claim_instalment, "instalment": last, "statement": "Rest", "by": by}
    assert refused(**ask, amount=D(500)) == "Deze schijf is hoogstens € 250,00."
    last.refresh_from_db()
    claim = funding.claim_instalment(instalment=last, amount=D(250), statement="Rest", by=by)
    funding.release_commitment(
        commitment=made, amount=D(1), reason="Korting", by=programme_manager()
    )
    check = {"act": funding.check_claim, "claim": claim, "by": team()}
    assert (
        refused(**check, note="", accepted_amount=D(250)) == "U kunt hoogstens € 249,00 aanvaarden."
    )
    assert refused(**check, note=" ", accepted_amount=D(249)) == (
        "U aanvaardt minder dan gevraagd. Schrijf waarom."
    )
    done = funding.check_claim(
        claim=claim, note="Eindafrekening", by=team(), accepted_amount=D(249)
    )
    assert done.accepted_amount == D("249.00")


def test_too_much_paid_is_asked_back_with_a_letter_and_comes_in() -> None:
    made = half_paid()
    submitter = made.project.organisation.memberships.get(role=MemberRole.SUBMITTER).user
    manager = programme_manager()
    done = services.confirm_settlement(settlement=proposed(made, "600"), by=manager)
    assert (done.due, done.released) == (D("-200.00"), D("500.00"))
    recovery = done.recovery
    assert (recovery.amount, recovery.due_on) == (D("200.00"), date(2026, 7, 1))
    assert ogm_vcs.is_valid(recovery.structured_communication)
    mail = OutboxMail.objects.get(kind="payments.recovery")
    assert mail.recipient == submitter
    assert "€" not in mail.text
    [subject] = asked_recoveries(recovery.asked_at)
    assert submitter in subject.recipients
    assert still_asked(recovery, submitter) is True
    assert still_asked(recovery, team()) == (
        "Deze persoon handelt niet meer voor deze organisatie."
    )
    assert recovery_reminder(recovery, submitter, subject.deadline)["due_on"] == recovery.due_on

    organisation = made.project.organisation
    assert [(one.label, one.due_on) for one in member_work(submitter, organisation)] == [
        ("Bedrag terugbetalen", date(2026, 7, 1))
    ]
    assert member_work(manager, organisation) == work_for(manager) == []
    with travel("2026-07-02 10:00", tick=False):
        assert [one.label for one in work_for(manager)] == ["Terugvordering opvolgen"]
        assert work_for(team()) == []
    day = {"recovery": recovery, "received_on": date(2026, 6, 1)}
    receive = {"act": services.receive_recovery, "by": manager}
    assert (
        refused(**receive, recovery=recovery, amount=D(1), received_on=date(2026, 6, 2))
        == "Deze dag moet nog komen."
    )
    with pytest.raises(PermissionDenied):
        services.receive_recovery(**day, amount=D(1), by=team())
    for nothing in ("0", "-1"):
        assert refused(**receive, **day, amount=D(nothing)) == (
            "Vul een bedrag van meer dan nul in."
        )
    first = services.receive_recovery(**day, amount=D("66.67"), reference="KBC-1", by=manager)
    assert (first.state, first.received, first.still_open) == ("asked", D("66.67"), D("133.33"))
    assert refused(**receive, **day, amount=D("10"), reference="KBC-1") == (
        "Een ontvangst met deze referentie van de bank is al geboekt."
    )
    assert refused(**receive, **day, amount=D("133.34")) == (
        "Van deze terugvordering staat nog € 133,33 open. Boek hoogstens dat bedrag en stort terug "
        "wat te veel is."
    )
    with pytest.raises(IntegrityError, match="received_within"), transaction.atomic():
        RecoveryRequest.objects.filter(pk=recovery.pk).update(received=D("200.01"))
    assert still_asked(first, submitter) is True
    services.receive_recovery(**day, amount=D("66.67"), by=manager)
    last = services.receive_recovery(**day, amount=D("66.66"), by=manager)
    assert (last.state, last.still_open) == ("received", D("0.00"))
    assert refused(**receive, **day, amount=D(1)) == "Dit bedrag is al ontvangen."
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        last.receipts.update(reference="anders")
    made.refresh_from_db()
    assert (made.recovered, made.open_amount) == (D("200.00"), D("0.00"))
    entries = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.RECOVERY).order_by("pk")
    assert [one.amount for one in entries] == [D("66.67"), D("66.67"), D("66.66")]
    recovery = last
    assert still_asked(recovery, submitter) == "Het bedrag is ontvangen."
    assert [str(one) for one in ledger_problems()] == []


def test_the_letter_says_what_to_pay_and_how() -> None:
    made = half_paid()
    recovery = confirmed(made, "600").recovery
    job = Job.objects.get(pk=recovery.letter_id)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.file is not None
    assert structural_faults(job.file.path) == []
    text = pdf_text(job.file.path).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("€ 200,00", "1 juli 2026", "BE68 5390 0754 7034", "Volgens de kostenstaat"):
        assert words in text
    assert recovery.structured_communication in text
    services.receive_recovery(
        recovery=recovery, amount=D("50"), received_on=date(2026, 5, 30), by=programme_manager()
    )
    recovery.refresh_from_db()
    assert recovery.letter_id != job.pk
    job = Job.objects.get(pk=recovery.letter_id)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.file is not None
    text = pdf_text(job.file.path).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Ontvangen op 30 mei 2026", "€ 50,00", "Staat nog open", "€ 150,00"):
        assert words in text
    owner = Client()
    owner.force_login(made.project.organisation.memberships.first().user)
    stranger = Client()
    stranger.force_login(MembershipFactory(role=MemberRole.MANAGER).user)
    page = f"/mijn/projecten/{made.project.reference}/terugbetaling/{recovery.pk}/"
    for url in (page, f"/documenten/{job.pk}/"):
        assert stranger.get(url).status_code in {403, 404}, url
    money = owner.get(f"/mijn/projecten/{made.project.reference}/cofinanciering/")
    assert page in money.content.decode()
    shown = owner.get(page).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert recovery.structured_communication in shown
    assert "€ 150,00" in shown


def test_a_settlement_is_refused_with_a_sentence() -> None:
    made = half_paid()
    assert refused(proposed, made=made, cost="1", note=" ") == (
        "Schrijf waarop de aanvaarde kosten steunen."
    )
    assert refused(proposed, made=made, cost="-1") == "Een bedrag is niet negatief."
    with pytest.raises(PermissionDenied):
        proposed(made, "1", by=secretary())
    manager = programme_manager()
    one = proposed(made, "1500", by=manager)
    assert refused(proposed, made=made, cost="1") == (
        "Voor deze vastlegging is er al een eindafrekening."
    )
    for person in (manager, team()):
        with pytest.raises(PermissionDenied, match="andere programmamanager"):
            services.confirm_settlement(settlement=one, by=person)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Settlement.objects.filter(pk=one.pk).update(confirmed_by=manager)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Settlement.objects.filter(pk=one.pk).update(due=D(1))
    other = programme_manager()
    assert [item.label for item in work_for(other)] == ["Eindafrekening bevestigen"]
    assert work_for(manager) == []
    funding.release_commitment(commitment=made, amount=D(1), reason="Minder", by=manager)
    assert "Sinds het voorstel" in refused(services.confirm_settlement, settlement=one, by=other)
    one.refresh_from_db()
    services.withdraw_settlement(settlement=one, by=team())
    again = confirmed(made, "1500")
    assert "“Bevestigd”" in refused(services.withdraw_settlement, settlement=again, by=team())


def test_a_claim_under_way_that_asks_more_than_is_due_comes_first() -> None:
    budget_line()
    made = commitment(1000)
    approved_of(made, "100")
    assert refused(confirmed, made=made, cost="1000") == (
        "Er loopt nog een schuldvordering van € 1.000,00, meer dan wat verschuldigd is. "
        "Laat ze eerst opnieuw controleren."
    )
    assert not Settlement.objects.filter(confirmed_by__isnull=False).exists()


def test_the_pages_of_a_settlement() -> None:
    made = half_paid()
    helper, manager = Client(), Client()
    helper.force_login(team())
    manager.force_login(programme_manager())
    base = f"/beheer/vastleggingen/{made.number}/eindafrekening/"
    assert "Eindafrekening voorstellen" in helper.get(base).content.decode()
    wrong = helper.post(f"{base}voorstellen/", {"accepted_cost": "0,005", "note": "Staat"})
    assert "hoogstens twee cijfers" in wrong.content.decode()
    helper.post(f"{base}voorstellen/", {"accepted_cost": "600", "note": "Staat"})
    assert helper.get(f"{base}bevestigen/").status_code == 403
    shown = manager.post(f"{base}bevestigen/", follow=True).content.decode()
    assert "Terugvordering" in shown
    part = {"received_on": "2026-06-01", "amount": "150,00", "reference": "KBC-9"}
    wrong = manager.post(f"{base}ontvangst/", part | {"amount": "500"}).content.decode()
    assert "staat nog € 200,00 open" in wrong.replace("\N{NO-BREAK SPACE}", " ")
    assert 'value="KBC-9"' in wrong
    shown = manager.post(f"{base}ontvangst/", part, follow=True).content.decode()
    assert "€ 50,00" in shown.replace("\N{NO-BREAK SPACE}", " ")
    part = {"received_on": "2026-06-01", "amount": "50"}
    shown = manager.post(f"{base}ontvangst/", part, follow=True)
    assert "Ontvangen" in shown.content.decode()


def test_a_communication_checks_itself() -> None:
    assert communication_for(97) == "000000009797"
    assert ogm_vcs.is_valid(communication_for(12345))
