"""The letter about a decision and the agreement: what they say, to whom, and who signed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from time_machine import travel

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from documents.models import Job, JobState
from documents.services import store_file
from funding import services
from funding.lifecycle import AgreementState
from funding.models import (
    Agreement,
    AgreementSignature,
    CommitteeDecision,
    FundingText,
    TenderDocument,
)
from funding.reminders import agreement_context, agreements_to_sign, signature_still_awaited
from funding.selectors import member_work, work_for
from notifications.mails import render_mail
from notifications.models import OutboxMail
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.acts import D, planned, refused, secretary, team
from tests.funding.factories import (
    PDF,
    budget_line,
    programme_manager,
    request_with_document,
    upload,
)
from tests.funding.test_committee import ask, page, pdf_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_of_that_year() -> Iterator[None]:
    """The days in these tests are in the past, whenever they run."""
    with travel("2026-09-01 12:00", tick=False):
        yield


DAY = date(2026, 3, 2)
LATER = "2026-03-10 12:00"


def decided(outcome: str = "granted", **changes: Any) -> CommitteeDecision:
    values: dict[str, Any] = {
        "request": changes.pop("request", None) or ask(),
        "outcome": outcome,
        "decided_on": DAY,
        "by": secretary(),
    }
    if outcome == "granted":
        values["granted_amount"] = values["request"].requested_amount
    return services.record_committee_decision(**{**values, **changes})


def ready(job: Job | None) -> None:
    """As if a worker had made the document: what it says is proved elsewhere."""
    assert job is not None
    paper = store_file(content=PDF, name="brief.pdf")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.DONE, file=paper, finished_at=timezone.now()
    )


def told(**changes: Any) -> CommitteeDecision:
    decision = decided(**changes)
    ready(decision.letter)
    return services.send_letter(decision=decision, by=team())


def sent(**changes: Any) -> Agreement:
    agreement = services.draft_agreement(decision=told(), by=team(), **changes)
    ready(agreement.document)
    return services.send_agreement(agreement=agreement, by=team())


def submitter_of(decision: CommitteeDecision, role: MemberRole = MemberRole.SUBMITTER) -> User:
    organisation = decision.request.procurement.project.organisation
    return MembershipFactory(organisation=organisation, role=role).user


def sign(agreement: Agreement, party: str, by: User, **changes: Any) -> AgreementSignature:
    values: dict[str, Any] = {
        "name": "An Peeters",
        "function": "Algemeen directeur",
        "signed_on": date(2026, 3, 10),
        "means": "qualified",
        "signed_copy": upload("getekend.pdf"),
    }
    return services.record_signature(
        agreement=agreement, party=party, by=by, **{**values, **changes}
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def status(user: User, url: str) -> int:
    """How the portal answers; a file is read to its end, so that it is closed."""
    answer = client_of(user).get(url)
    b"".join(answer)
    return answer.status_code


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def one_line(text: str) -> str:
    """The words of a PDF without its line breaks."""
    return " ".join(text.split("\n"))


# --- The letter ----------------------------------------------------------------------------------


def test_the_sentence_of_the_rule_is_the_same_on_the_screen_in_the_letter_and_the_agreement() -> (
    None
):
    """Byte for byte; above the ceiling it is longest. A PDF draws every space as the same glyph."""
    asked = ask(eligible_base=D(2_600_000), requested_amount=D(1_000_000))
    decision = decided(request=asked)
    agreement = services.draft_agreement(decision=decision, by=team())
    sentence = asked.rule_explanation
    assert "plafond" in sentence
    screen = client_of(team()).get(f"/beheer/cofinanciering/{asked.pk}/").content
    assert f"<p>{sentence}</p>".encode() in screen
    for job in (decision.letter, agreement.document):
        text, faults = pdf_of(job)
        assert faults == []
        assert plain(sentence).encode() in plain(one_line(text)).encode()


def test_the_letter_of_a_grant_names_amount_and_terms() -> None:
    decision = decided(
        granted_amount=D(200_000), grounds="Het bestek is kleiner.", reference="BC/12"
    )
    text = one_line(pdf_of(decision.letter)[0]).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        decision.letter_number,
        "kent u € 200.000,00 toe",
        "€ 300.000,00",
        "ten laatste op 2 mei 2026",
        "Het bestek is kleiner.",
        "BC/12",
        "Raad van State",
        str(decision.recorded_by),
    ):
        assert str(words) in text


@pytest.mark.parametrize(("outcome", "words"), [("refused", "weigert"), ("postponed", "stelt")])
def test_the_letter_of_a_no_gives_its_grounds_and_the_appeal(outcome: str, words: str) -> None:
    decision = decided(outcome, grounds="De raming ontbreekt.")
    text, faults = pdf_of(decision.letter)
    text = one_line(text)
    assert faults == []
    assert words in text
    assert "De raming ontbreekt." in text
    assert "Raad van State" in text
    assert "De voorwaarden" not in text


def test_staff_write_the_texts_and_a_wrong_field_is_named() -> None:
    FundingText.objects.update_or_create(
        key="signatory", defaults={"text": "Voor {comite}: **de voorzitter**"}
    )
    text = one_line(pdf_of(decided().letter)[0])
    assert "Voor Beslissingscomité van het Fonds" in text
    wrong = FundingText(key="appeal", text="Beste {begunstigd}")
    with pytest.raises(ValidationError, match="Dit invulveld bestaat niet: begunstigd"):
        wrong.clean()
    FundingText.objects.all().delete()
    assert "Raad van State" in one_line(pdf_of(decided().letter)[0])


def test_the_beneficiary_reads_the_letter_once_it_is_told() -> None:
    decision = decided()
    reader = submitter_of(decision, MemberRole.READER)
    submitter = submitter_of(decision)
    funding = f"/mijn/projecten/{decision.request.procurement.project.reference}/cofinanciering/"
    send = services.send_letter
    assert refused(send, decision=decision, by=team()) == (
        "De brief is nog niet klaar. Wacht tot hij gemaakt is en kijk hem na."
    )
    ready(decision.letter)
    url = f"/documenten/{decision.letter_id}/"
    assert status(reader, url) in {403, 404}
    assert decision.letter_number not in page(client_of(reader), funding)
    with pytest.raises(PermissionDenied):
        send(decision=decision, by=programme_manager())
    send(decision=decision, by=team())
    assert status(reader, url) == 200
    assert status(MembershipFactory().user, url) in {403, 404}
    assert decision.letter_number in page(client_of(reader), funding)
    mail = OutboxMail.objects.get(kind="funding.decision")
    assert mail.recipient == submitter
    assert "€" not in mail.text
    assert refused(send, decision=decision, by=team()) == (
        "Deze beslissing is al meegedeeld. De brief ligt vast."
    )
    assert refused(services.remake_letter, decision=decision, by=team())


# --- The agreement -------------------------------------------------------------------------------


def test_an_agreement_is_drafted_until_it_is_sent() -> None:
    budget_line()
    decision = told()
    draft = services.draft_agreement
    first = draft(decision=decision, by=team())
    assert (first.due_on, first.state) == (date(2026, 5, 2), AgreementState.DRAFT)
    made = services.commit(decision=decision, by=programme_manager())
    planned(made, "33.33", "33.33", "33.34")
    again = draft(
        decision=decision, due_on=date(2026, 6, 1), terms="Deel de resultaten.", by=team()
    )
    assert again.pk == first.pk
    text = one_line(pdf_of(again.document)[0]).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("€ 99.990,00", "€ 100.020,00", "Deel de resultaten.", "1 juni 2026"):
        assert words in text
    assert refused(draft, decision=decision, due_on=date(2026, 1, 1), by=team()) == (
        "Kies een dag na de beslissing."
    )
    services.send_agreement(agreement=again, by=team())
    assert refused(draft, decision=decision, by=team()) == (
        "Deze overeenkomst is al verstuurd en ligt vast."
    )
    with pytest.raises(PermissionDenied):
        draft(decision=decision, by=secretary())


def test_only_a_grant_gives_an_agreement() -> None:
    no = decided("refused", grounds="Nee")
    assert refused(services.draft_agreement, decision=no, by=team()) == (
        "Het comité kende voor deze aanvraag niets toe."
    )


def test_the_term_of_the_agreement_is_a_setting(settings: Any) -> None:
    settings.FUNDING_DEFAULTS = {"agreement_months": 3}
    assert services.default_due_on(decided()) == date(2026, 6, 2)


@travel(LATER, tick=False)
def test_the_agreement_is_signed_when_both_signed() -> None:
    agreement = sent()
    submitter = submitter_of(agreement.decision)
    sign(agreement, "beneficiary", submitter, means="paper", signed_on=date(2026, 3, 10))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SENT
    assert refused(sign, agreement=agreement, party="beneficiary", by=submitter) == (
        "Deze partij ondertekende al."
    )
    with pytest.raises(PermissionDenied):
        sign(agreement, "fund", submitter)
    with travel("2026-03-12 12:00", tick=False):
        sign(agreement, "fund", team(), signed_on=date(2026, 3, 12))
    agreement.refresh_from_db()
    assert (agreement.state, agreement.signed_on) == (AgreementState.SIGNED, date(2026, 3, 12))
    assert refused(sign, agreement=agreement, party="fund", by=team()) == (
        "Ondertekenen kan niet: de status van de overeenkomst is “Ondertekend”."
    )
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        AgreementSignature.objects.update(name="Iemand anders")


@travel(LATER, tick=False)
def test_a_signature_is_refused_with_a_sentence() -> None:
    agreement = services.draft_agreement(decision=told(), by=team())
    by = team()
    assert refused(sign, agreement=agreement, party="fund", by=by) == (
        "Ondertekenen kan niet: de status van de overeenkomst is “Ontwerp”."
    )
    assert refused(services.send_agreement, agreement=agreement, by=by) == (
        "Het document is nog niet klaar. Wacht tot het gemaakt is en kijk het na."
    )
    ready(agreement.document)
    services.send_agreement(agreement=agreement, by=by)
    one = {"agreement": agreement, "party": "fund", "by": by}
    assert refused(sign, **one, signed_on=date(2026, 3, 11)) == "Deze dag ligt in de toekomst."
    assert refused(sign, **one, signed_on=date(2026, 3, 9)) == (
        "De overeenkomst werd pas later verstuurd. Kijk de dag na."
    )
    assert refused(sign, **one, signed_copy=upload("getekend.exe")).startswith("Dit soort bestand")
    assert refused(sign, **one, name=" ") == ("Vul de naam en de functie in van wie ondertekende.")
    with pytest.raises(PermissionDenied):
        sign(agreement, "beneficiary", submitter_of(agreement.decision, MemberRole.READER))


@travel(LATER, tick=False)
def test_letter_and_agreement_by_hand() -> None:
    asked = request_with_document()
    reference = asked.procurement.project.reference
    clerk = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    decision = decided(request=asked)
    submitter = submitter_of(decision)
    one = f"/beheer/beslissingen/{decision.pk}/"
    assert clerk.post(f"{one}meedelen/").status_code == 200  # the letter is not ready
    ready(decision.letter)
    assert "Toegekend bedrag" in page(clerk, f"{one}meedelen/")
    assert clerk.post(f"{one}meedelen/").status_code == 302
    draft = {"due_on": "2026-05-02", "terms": ""}
    assert 'value="2026-05-02"' in page(clerk, f"{one}overeenkomst/")
    assert clerk.post(f"{one}overeenkomst/", draft).status_code == 302
    agreement = Agreement.objects.get()
    ready(agreement.document)
    url = agreement.get_absolute_url()
    assert clerk.post(f"{url}versturen/").status_code == 302
    assert OutboxMail.objects.get(kind="funding.agreement").recipient == submitter
    member = client_of(submitter)
    funding = f"/mijn/projecten/{reference}/cofinanciering/"
    assert "Onderteken ze ten laatste op 2 mei 2026." in page(member, funding)
    assert status(submitter, f"/documenten/{agreement.document_id}/") == 200
    mine = f"{funding}overeenkomst/{agreement.pk}/"
    typed = {"name": "An", "function": "Directeur", "signed_on": "2026-03-10", "means": "paper"}
    assert "Kies een bestand." in member.post(mine, typed).content.decode()
    assert member.post(mine, typed | {"signed_copy": upload("getekend.pdf")}).status_code == 302
    shown = page(member, funding)
    assert "getekend.pdf" in shown
    assert "Onderteken ze" not in shown
    [signature] = AgreementSignature.objects.all()
    copy = f"/ondertekeningen/{signature.pk}/"
    assert status(submitter, copy) == 200
    assert status(MembershipFactory().user, copy) == 404
    fund = typed | {"party": "fund", "signed_copy": upload("beide.pdf")}
    assert clerk.post(f"{url}ondertekening/", fund).status_code == 302
    assert "Door beide ondertekend op" in page(clerk, url)
    assert "beide.pdf" in page(clerk, url)


@travel(LATER, tick=False)
def test_the_beneficiary_is_reminded_until_it_signed() -> None:
    agreement = sent()
    submitter = submitter_of(agreement.decision)
    [subject] = agreements_to_sign(timezone.now())
    assert (subject.obj, list(subject.recipients)) == (agreement, [submitter])
    assert subject.deadline.date() == agreement.due_on + timedelta(days=1)
    assert signature_still_awaited(agreement, submitter) is True
    assert "niet meer" in str(signature_still_awaited(agreement, UserFactory()))
    mail = render_mail(
        "funding/mail/agreement_reminder.md",
        {"greeting": "Beste,", **agreement_context(agreement, submitter, subject.deadline)},
    )
    assert "2 mei 2026" in mail.text
    assert "300.000" not in mail.text
    sign(agreement, "beneficiary", submitter)
    assert signature_still_awaited(agreement, submitter) == "De begunstigde ondertekende."
    assert list(agreements_to_sign(timezone.now())) == []


@travel(LATER, tick=False)
def test_the_team_finds_what_follows_a_decision() -> None:
    clerk = team()

    def labels() -> list[str]:
        return [item.label for item in work_for(clerk)]

    decision = decided()
    assert labels() == ["Beslissing meedelen"]
    ready(decision.letter)
    services.send_letter(decision=decision, by=clerk)
    assert labels() == ["Samenwerkingsovereenkomst opstellen"]
    agreement = services.draft_agreement(decision=decision, by=clerk)
    assert labels() == ["Samenwerkingsovereenkomst versturen"]
    ready(agreement.document)
    agreement = services.send_agreement(agreement=agreement, by=clerk)
    assert labels() == []
    submitter = submitter_of(decision)
    organisation = decision.request.procurement.project.organisation
    reader = MembershipFactory(organisation=organisation, role=MemberRole.READER).user
    [waits] = member_work(submitter, organisation)
    assert (waits.label, waits.due_on) == ("Overeenkomst ondertekenen", agreement.due_on)
    assert member_work(reader, organisation) == member_work(clerk, organisation) == []
    with travel("2026-12-01 12:00", tick=False):
        assert labels() == ["Ondertekening opvolgen"]
    sign(agreement, "beneficiary", submitter)
    assert labels() == ["Ondertekening noteren"]
    assert member_work(submitter, organisation) == []
    assert [one.label for one in work_for(secretary())] == ["Ondertekening noteren"]
    sign(agreement, "fund", clerk)
    assert labels() == []
    assert TenderDocument.objects.count() == 1


@pytest.mark.parametrize("outcome", ["granted", "refused", "postponed"])
def test_the_organisation_knows_no_decision_before_it_is_told(outcome: str) -> None:
    """Its pages are the same before and after, also when the amount was committed meanwhile."""
    budget_line(2026)
    request = ask()
    project = request.procurement.project
    client = Client()
    member = MembershipFactory(organisation=project.organisation, role=MemberRole.READER).user
    client.force_login(member)

    def pages() -> list[str]:
        base = f"/mijn/projecten/{project.reference}/"
        found = [page(client, url) for url in (base, f"{base}cofinanciering/", "/mijn/")]
        return [re.sub("[A-Za-z0-9]{64}", "token", one) for one in found]

    before = pages()
    more = {} if outcome == "granted" else {"grounds": "Het bestek is nog niet duidelijk."}
    decision = decided(outcome, request=request, **more)
    if outcome == "granted":
        services.commit(decision=decision, by=programme_manager())
    assert pages() == before
    pdf_of(decision.letter)
    services.send_letter(decision=decision, by=team())
    assert pages()[1] != before[1]
