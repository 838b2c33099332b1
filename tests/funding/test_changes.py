"""Changes of a grant: what they do, who decides, and that before and after stay readable."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from calls.models import CostPhase
from documents.services import store_upload
from funding import services
from funding.lifecycle import ChangeState, InstalmentState, RequestState
from funding.models import (
    ChangeRequest,
    CofinancingRequest,
    Commitment,
    LedgerEntry,
    TenderDocument,
)
from funding.selectors import work_for
from funding.selectors.changes import before_and_after, compared
from notifications.models import OutboxMail
from projects.models import ProjectPhase
from tests.accounts.factories import MembershipFactory
from tests.funding.acts import D, claim, member, planned, refused, secretary, team
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.funding.test_committee import page, upload

pytestmark = pytest.mark.django_db

TODAY = "2026-09-01 12:00"


def leader() -> User:
    return member(StaffRole.PROJECT_LEADER)


@pytest.fixture
def grant() -> Any:
    """A grant of 300,000 on a cost of 600,000, in three instalments, until the end of 2027."""
    with travel(TODAY, tick=False):
        budget_line()
        made = commitment(300_000)
        ProjectPhase.objects.create(
            project=made.project,
            phase=CostPhase.DEVELOPMENT,
            starts_on=date(2026, 3, 1),
            ends_on=date(2027, 12, 31),
        )
        ProjectPhase.objects.create(
            project=made.project,
            phase=CostPhase.PILOT,
            starts_on=date(2028, 1, 1),
            ends_on=date(2028, 6, 30),
        )
        planned(made, "33.33", "33.33", "33.34")
        made.instalments.update(expected_on=date(2027, 1, 15))
        yield Commitment.objects.get(pk=made.pk)


def submitter(made: Commitment, role: MemberRole = MemberRole.SUBMITTER) -> User:
    return MembershipFactory(organisation=made.project.organisation, role=role).user


def ask(made: Commitment, kind: str, **changes: Any) -> ChangeRequest:
    values: dict[str, Any] = {"reason": "Het bestek verandert.", "by": changes.pop("by", team())}
    return services.ask_change(commitment=made, kind=kind, **{**values, **changes})


def amount(made: Commitment, new: str, base: str = "500000", **changes: Any) -> ChangeRequest:
    return ask(made, "amount", new_amount=D(new), new_base=D(base), **changes)


def decide(change: ChangeRequest, *, accept: bool = True, **changes: Any) -> ChangeRequest:
    values = {"by": programme_manager(), "note": ""}
    return services.decide_change(change=change, accept=accept, **{**values, **changes})


def amounts(made: Commitment) -> list[Any]:
    rows = made.instalments.exclude(state=InstalmentState.CANCELLED).order_by("number")
    return [one.amount for one in rows]


def test_less_is_released_and_the_instalments_share_the_rest(grant: Commitment) -> None:
    change = amount(grant, "250000.01", "500000.02")
    _before, after = before_and_after(change)
    assert (after["kept"], [one["amount"] for one in after["parts"]]) == (
        "250000.01",
        ["83325.00", "83325.00", "83350.01"],
    )
    assert after["rule"].replace("\N{NO-BREAK SPACE}", " ") == (
        "50 % van € 500.000,02 = € 250.000,01."
    )
    assert grant.entries.count() == 1  # nothing happened yet
    with pytest.raises(PermissionDenied, match="programmamanager vrij"):
        decide(change, by=leader())
    done = decide(change)
    grant.refresh_from_db()
    assert (grant.committed, amounts(grant)) == (
        D("250000.01"),
        [D("83325.00"), D("83325.00"), D("83350.01")],
    )
    assert grant.entries.latest("pk").kind == LedgerEntry.Kind.REVERSAL
    assert done.after == after


def test_what_was_claimed_keeps_its_amount_and_bounds_the_change(grant: Commitment) -> None:
    first = grant.instalments.order_by("number").first()
    assert first is not None
    services.open_instalment(instalment=first, by=team())
    first.refresh_from_db()
    claim(first, submitter(grant))
    assert refused(amount, made=grant, new="99989.99") == (
        "Er is al € 99.990,00 aangevraagd of betaald; lager kan niet."
    )
    decide(amount(grant, "200000"))
    assert amounts(grant) == [D("99990.00"), D("49997.50"), D("50012.50")]


def test_more_goes_to_the_committee_as_a_request_of_its_own(grant: Commitment) -> None:
    assert grant.decision is not None
    first = grant.decision.request
    TenderDocument.objects.create(
        request=first,
        version=1,
        file=store_upload(uploaded=upload(), created_by=None),
        added_by=team(),
    )
    change = amount(grant, "350000", "700000")
    _before, after = before_and_after(change)
    assert (after["kept"], after["wanted"]) == ("300000.00", "350000.00")
    decide(change, by=leader())
    change.refresh_from_db()
    addition = change.addition
    assert addition is not None
    assert (addition.requested_amount, addition.advised_amount, addition.adds_to) == (
        D("50000.00"),
        D("50000.00"),
        grant,
    )
    assert addition.rule_explanation.replace("\N{NO-BREAK SPACE}", " ") == (
        "50 % van € 700.000,00 = € 350.000,00. Al toegekend: € 300.000,00. Aanvulling: € 50.000,00."
    )
    assert addition.tender_documents.get().file == first.tender_documents.get().file
    grant.refresh_from_db()
    assert (grant.committed, grant.entries.count()) == (D("300000.00"), 1)
    decision = services.record_committee_decision(
        request=addition,
        outcome="granted",
        granted_amount=D("50000"),
        decided_on=date(2026, 9, 1),
        by=secretary(),
    )
    more = services.commit(decision=decision, by=programme_manager())
    assert (more.effective_on, more.committed) == (date(2026, 9, 1), D("50000.00"))
    effect = services.award_procurement(
        procurement=first.procurement,
        awarded_on=date(2026, 9, 1),
        award_amount=D("640000"),
        contractor_name="Bedrijf",
        contractor_kbo="",
        by=programme_manager(),
    )
    assert effect.released == D("30000.00")
    more.refresh_from_db()
    assert more.committed == D("20000.00")  # the addition gives way first


def test_more_than_the_rule_gives_carries_its_reason_and_a_binding_ceiling_refuses(
    grant: Commitment,
) -> None:
    change = amount(grant, "360000", "700000")
    decide(change)
    change.refresh_from_db()
    assert change.addition is not None
    assert change.addition.override_reason == "Het bestek verandert."
    assert refused(decide, change=amount(grant, "370000", "700000")) == (
        "Over een aanvulling op deze vastlegging is nog niet beslist."
    )
    ChangeRequest.objects.filter(state="asked").update(state="withdrawn")
    CofinancingRequest.objects.filter(adds_to=None).update(
        ceiling=D(320_000), ceiling_is_indicative=False
    )
    assert refused(amount, made=Commitment.objects.get(), new="330000") == (
        "Het plafond van de oproep is bindend: hoogstens € 320.000,00."
    )


def test_another_end_moves_what_comes_after(grant: Commitment) -> None:
    first = grant.instalments.order_by("number").first()
    assert first is not None
    services.open_instalment(instalment=first, by=team())
    first.refresh_from_db()
    claim(first, submitter(grant))
    decide(ask(grant, "period", new_end=date(2028, 1, 31)), by=leader())
    assert list(grant.instalments.order_by("number").values_list("expected_on", flat=True)) == [
        date(2027, 1, 15),
        date(2027, 2, 15),
        date(2027, 2, 15),
    ]
    assert list(grant.project.phases.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2026, 3, 1), date(2028, 1, 31)),
        (date(2028, 2, 1), date(2028, 7, 31)),
    ]


def test_scope_and_partner_are_noted_on_the_history(grant: Commitment) -> None:
    for kind, words in (("scope", "Ook de fietspaden."), ("partner", "De hogeschool valt weg.")):
        decide(ask(grant, kind, description=words))
        event = AuditEvent.objects.filter(action="change.accepted").latest("pk")
        assert (event.object_id, event.comment) == (str(grant.project_id), words)


def test_a_change_is_refused_with_a_sentence(grant: Commitment) -> None:
    assert refused(ask, made=grant, kind="scope") == "Schrijf wat er verandert."
    assert refused(ask, made=grant, kind="scope", description="X", reason=" ") == (
        "Schrijf waarom u dit vraagt."
    )
    assert refused(amount, made=grant, new="300000") == "Dit is het bedrag dat nu is toegekend."
    assert refused(amount, made=grant, new="0") == "Vul een bedrag van meer dan nul in."
    assert refused(amount, made=grant, new="1", base="0") == "Vul een bedrag van meer dan nul in."
    assert refused(ask, made=grant, kind="period", new_end=date(2027, 12, 31)) == (
        "Dit is de einddatum van nu."
    )
    assert refused(ask, made=grant, kind="period", new_end=date(2026, 2, 1)) == (
        "Kies een dag na de vastlegging en na de start van de fase."
    )
    amount(grant, "250000")
    assert refused(amount, made=grant, new="240000") == (
        "Over een andere wijziging van deze vastlegging is nog niet beslist."
    )
    for nobody in (submitter(grant, MemberRole.EDITOR), MembershipFactory().user, secretary()):
        with pytest.raises(PermissionDenied):
            amount(grant, "250000", by=nobody)


def test_who_asked_does_not_decide(grant: Commitment) -> None:
    asker = member(StaffRole.PROJECT_LEADER, StaffRole.PROGRAMME_MANAGER)
    change = ask(grant, "scope", description="Meer", by=asker)
    for nobody in (asker, team(), secretary(), submitter(grant)):
        with pytest.raises(PermissionDenied, match="nooit wie ze vroeg"):
            decide(change, by=nobody)
    assert [item.label for item in work_for(asker)] == ["Gunning noteren"]
    assert [item.label for item in work_for(leader())] == [
        "Gunning noteren",
        "Over de wijziging beslissen",
    ]
    assert refused(decide, change=change, accept=False) == (
        "Schrijf waarom u de wijziging weigert."
    )
    decide(change, accept=False, note="Past niet bij de oproep.", by=leader())
    assert "“Geweigerd”" in refused(decide, change=change)


def test_before_and_after_stay_as_they_were(grant: Commitment) -> None:
    change = amount(grant, "250000")
    decide(change)
    change.refresh_from_db()
    kept = compared(*before_and_after(change))
    decide(amount(grant, "200000"))
    change.refresh_from_db()
    assert compared(*before_and_after(change)) == kept
    assert kept.released == D("50000.00")
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        ChangeRequest.objects.filter(pk=change.pk).update(after={})
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        ChangeRequest.objects.filter(pk=change.pk).delete()


def test_a_change_by_hand(grant: Commitment) -> None:
    asker = submitter(grant)
    beneficiary, manager = Client(), Client()
    beneficiary.force_login(asker)
    manager.force_login(programme_manager())
    funding = f"/mijn/projecten/{grant.project.reference}/cofinanciering/"
    new = f"{funding}{grant.number}/wijziging/amount/"
    assert new in page(beneficiary, funding)
    assert beneficiary.get(f"{funding}{grant.number}/wijziging/niets/").status_code == 404
    typed = {"new_base": "500.000", "new_amount": "1,234", "reason": "Kleiner bestek"}
    wrong = beneficiary.post(new, typed).content.decode()
    assert "Kleiner bestek" in wrong
    assert beneficiary.post(new, typed | {"new_amount": "250.000"}).status_code == 302
    change = ChangeRequest.objects.get()
    own = f"{funding}wijzigingen/{change.pk}/"
    shown = page(beneficiary, own)
    for words in ("Er komt € 50.000,00 vrij.", "€ 83.325,00", "Er is nog niets gebeurd."):
        assert words in shown
    assert beneficiary.get(change.get_absolute_url()).status_code == 403
    assert beneficiary.post(f"{own}intrekken/").status_code == 302
    change.refresh_from_db()
    assert change.state == ChangeState.WITHDRAWN
    beneficiary.post(new, typed | {"new_amount": "250.000"})
    change = ChangeRequest.objects.get(state="asked")
    url = change.get_absolute_url()
    assert "Beslissen" in page(manager, url)
    refusal = manager.post(url, {"accept": "nee", "note": ""}).content.decode()
    assert "Schrijf waarom u de wijziging weigert." in refusal
    assert manager.post(url, {"accept": "ja", "note": ""}).status_code == 302
    assert "Zoals het was" in page(manager, url)
    mail = OutboxMail.objects.get(kind="funding.change")
    assert (mail.recipient, "€" in mail.text) == (asker, False)
    assert "Bedrag" in page(manager, "/beheer/wijzigingen/")
    assert "Wijzigingen" in page(manager, grant.get_absolute_url())
    assert CofinancingRequest.objects.get().state == RequestState.GRANTED


def test_the_list_of_changes_does_not_ask_more_for_more(grant: Commitment) -> None:
    manager = Client()
    manager.force_login(programme_manager())
    asker = team()

    def add(count: int) -> int:
        ChangeRequest.objects.bulk_create(
            ChangeRequest(
                commitment=grant,
                kind="scope",
                description="x",
                reason="x",
                asked_by=asker,
                state="withdrawn",
            )
            for _each in range(count)
        )
        with CaptureQueriesContext(connection) as queries:
            manager.get("/beheer/wijzigingen/")
        return len(queries)

    assert add(3) == add(40)
