"""Accounts: numbers as people type them, a second person, history that stays."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.roles import MemberRole
from audit.models import AuditEvent
from payments import services
from payments.iban import bank_is_known
from payments.models import BankAccount
from tests.accounts.factories import MembershipFactory, OrganisationFactory
from tests.funding.acts import PNG, refused, secretary, team
from tests.funding.factories import programme_manager
from tests.payments.acts import IBAN, account_of

pytestmark = pytest.mark.django_db


def entering(**changes: Any) -> dict[str, Any]:
    membership = MembershipFactory(role=MemberRole.SUBMITTER)
    return {
        "act": services.enter_account,
        "organisation": membership.organisation,
        "by": membership.user,
        "iban": "be68 5390 0754 7034",
        "holder": "Stad Voorbeeld",
        **changes,
    }


def test_a_number_is_kept_in_one_shape_and_an_unknown_bank_is_no_refusal() -> None:
    given = entering()
    given.pop("act")
    account = services.enter_account(**given)
    assert account.iban == IBAN
    assert not account.bank_is_known
    assert bank_is_known("NL91ABNA0417164300")


@pytest.mark.parametrize(
    "typed", ["BE68539007547035", "BE6853900754703", "geen nummer", "BE00", "١٢٣", ""]
)
def test_what_is_no_number_is_refused_with_a_sentence(typed: str) -> None:
    assert refused(**entering(iban=typed)) == (
        "Dit is geen geldig rekeningnummer (IBAN). "
        "Kijk het na, bijvoorbeeld op een rekeninguittreksel."
    )


def test_entering_asks_a_holder_and_a_role() -> None:
    assert refused(**entering(holder=" ")) == "Schrijf op wiens naam de rekening staat."
    assert "Dit soort bestand kan niet." in refused(
        **entering(proof=SimpleUploadedFile("virus.exe", b"MZ"))
    )
    for by in (
        MembershipFactory(role=MemberRole.MANAGER).user,
        programme_manager(),
        MembershipFactory(role=MemberRole.EDITOR).user,
    ):
        given = entering(by=by)
        given.pop("act")
        with pytest.raises(PermissionDenied):
            services.enter_account(**given)


def test_somebody_else_of_the_programme_confirms_and_the_former_account_ends() -> None:
    organisation = OrganisationFactory()
    first = account_of(organisation)
    assert (
        refused(
            services.enter_account,
            organisation=organisation,
            iban=IBAN,
            holder=first.holder,
            by=team(),
        )
        == "Op deze rekening wordt al betaald."
    )
    helper = team()
    second = services.enter_account(
        organisation=organisation, iban="NL91ABNA0417164300", holder="Stad", by=helper
    )
    with pytest.raises(PermissionDenied, match="niet zelf bevestigen"):
        services.confirm_account(account=second, by=helper)
    with pytest.raises(PermissionDenied):
        services.confirm_account(account=second, by=secretary())
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        BankAccount.objects.filter(pk=second.pk).update(confirmed_by=helper)
    services.confirm_account(account=second, by=programme_manager())
    first.refresh_from_db()
    assert first.ended_at is not None
    assert list(BankAccount.objects.current()) == [second]
    assert refused(services.confirm_account, account=second, by=team()) == (
        "Deze rekening wacht niet meer op bevestiging."
    )
    assert refused(services.end_account, account=second, reason=" ", by=team()) == "Schrijf waarom."
    services.end_account(account=second, reason="Fusie", by=team())
    assert refused(services.end_account, account=second, reason="x", by=team()) == (
        "Deze rekening is al beëindigd."
    )
    assert AuditEvent.objects.filter(action__startswith="account.").count() == 6


def test_what_was_entered_stays() -> None:
    account = account_of(OrganisationFactory())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(iban="NL91ABNA0417164300")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).delete()


def test_an_organisation_enters_its_account_and_sees_no_other() -> None:
    mine = MembershipFactory(role=MemberRole.SUBMITTER)
    client = Client()
    client.force_login(mine.user)
    url = f"/organisatie/{mine.organisation.pk}/rekening/"
    wrong = client.post(url, {"iban": "BE1", "holder": "Stad"}).content.decode()
    assert "Dit is geen geldig rekeningnummer" in wrong
    assert 'value="BE1"' in wrong
    page = client.post(
        url,
        {"iban": IBAN, "holder": "Stad", "proof": SimpleUploadedFile("bewijs.png", PNG)},
        follow=True,
    ).content.decode()
    assert "Wij kennen de bank van dit nummer niet." in page
    account = BankAccount.objects.get()
    proof = f"/organisatie/rekeningen/{account.pk}/bewijs/"
    assert b"".join(client.get(proof)) == PNG
    stranger = Client()
    stranger.force_login(MembershipFactory(role=MemberRole.MANAGER).user)
    assert stranger.get(url).status_code == 404
    assert stranger.get(proof).status_code == 404
    staff = Client()
    staff.force_login(programme_manager())
    shown = staff.get(f"/beheer/rekeningen/{account.pk}/").content.decode()
    assert "De bank is niet bekend" in shown
    staff.post(f"/beheer/rekeningen/{account.pk}/bevestigen/")
    account.refresh_from_db()
    assert account.is_current
