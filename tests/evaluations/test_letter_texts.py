"""The texts of the letter: fields, versions, who edits, and letters that keep their text."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from documents.models import Job
from documents.policies import may_download
from documents.services import run_job
from evaluations.documents import letter_context
from evaluations.letter_words import PLACEHOLDERS, LetterWords, check_words, fill
from evaluations.models import (
    ConflictKind,
    ConflictOfInterest,
    LetterText,
    LetterTextVersion,
)
from evaluations.selectors.letters import current_versions, text_changed_since
from evaluations.services import remake_letter
from evaluations.services.conflicts import declare_conflict_on_file
from evaluations.services.letter_texts import (
    DEFAULT_TEXTS,
    LetterTextChanged,
    save_letter_text,
    seed_letter_texts,
)
from tests.evaluations.factories import Case, staff
from tests.evaluations.test_decision import REFUSED
from tests.evaluations.test_letter import pdf_text

pytestmark = pytest.mark.django_db
SELECTED = DEFAULT_TEXTS["selected"]  # type: ignore[index]
EDIT = reverse("evaluations:letter_text", args=["selected"])


def save(opening: str = "Proficiat, {aanvrager}.", **changes: Any) -> LetterText:
    values: dict[str, Any] = {
        "outcome": "selected",
        "by": staff(StaffRole.TEAM_MEMBER),
        "words": LetterWords(opening, "Tot dan.", "Beroep kan {beroepstermijn} dagen."),
        "version": 1,
        **changes,
    }
    return save_letter_text(**values)


def client(*roles: StaffRole) -> Client:
    found = Client()
    found.force_login(staff(*roles))
    return found


def typed(**changes: str) -> dict[str, str]:
    return {"version": "1", "opening": "Dag.", "closing": "", "appeal": "Beroep.", **changes}


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Dag {aanvragr},", "Het invulveld {aanvragr} bestaat niet. Bedoelt u {aanvrager}?"),
        ("{zzz}", "Het invulveld {zzz} bestaat niet. Kies er een uit de lijst."),
        ("{}", "Het invulveld {} bestaat niet. Kies er een uit de lijst."),
        (
            "Dag {aanvrager",
            "Zet accolades alleen rond een invulveld, zoals {aanvrager}, en sluit ze weer.",
        ),
    ],
)
def test_a_field_that_does_not_exist_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_words(text)
    assert refusal.value.messages == [sentence]


def test_every_field_of_the_list_is_filled_in_a_letter() -> None:
    text = "\n\n".join(f"{name}: {{{name}}}" for name in PLACEHOLDERS)
    save(text)
    case = Case().decided(grounds="Goed.")
    html = letter_context(case.decision.letter.params, lambda *_: None)["text"]["opening"]  # type: ignore[union-attr]
    assert "{" not in html
    assert f"aanvrager: {case.proposal.organisation.name}" in html
    assert f"dossiernummer: {case.proposal.reference}".replace("-", "-") in html
    assert "beslissing: geselecteerd" in html
    assert "beroepstermijn: 60" in html


def test_what_is_filled_in_stays_what_it_is() -> None:
    values = {"titel": "1. <b>Riool</b> *x* [a](https://x.be)\n# kop {aanvrager}"}
    assert fill("{ titel } **vet** {aanvrager}", values) == (
        "<p>1. &lt;b&gt;Riool&lt;/b&gt; *x* [a](https://x.be) # kop {aanvrager} "
        "<strong>vet</strong> {aanvrager}</p>\n"
    )


@pytest.mark.parametrize(
    "text", ["{% load x %}", "{{ settings.SECRET_KEY }}", "<script>x</script>", "[x](javascript:y)"]
)
def test_no_text_of_staff_is_run(text: str) -> None:
    html = fill(text, {})
    assert "<script" not in html
    assert "href" not in html
    assert "{" in html or "script" in html


def test_a_little_markdown_and_no_headings() -> None:
    assert fill("# Geen kop\nregel\n\n- een\n- *twee*", {}) == (
        "<p># Geen kop<br>\nregel</p>\n<ul>\n<li>een</li>\n<li><em>twee</em></li>\n</ul>\n"
    )


# --- Saving --------------------------------------------------------------------------------------


def test_saving_makes_a_version_and_keeps_what_stood_there() -> None:
    by = staff(StaffRole.PROJECT_LEADER)
    text = save(by=by)
    assert (text.version, text.updated_by) == (2, by)
    kept = LetterTextVersion.objects.filter(text=text).order_by("version")
    assert list(kept.values_list("version", "opening", "saved_by")) == [
        (1, SELECTED["opening"], None),
        (2, "Proficiat, {aanvrager}.", by.pk),
    ]
    event = AuditEvent.objects.get(action="letter_text.saved")
    assert (event.actor, event.label) == (by, "Brieftekst “Geselecteerd” gewijzigd: versie 2")
    save(version=2)
    assert kept.count() == 2  # nothing changed
    with pytest.raises(REFUSED), transaction.atomic():
        kept.update(opening="Anders")


@pytest.mark.parametrize(
    "role",
    [StaffRole.ADVISER, StaffRole.AUDITOR, StaffRole.PROGRAMME_MANAGER, StaffRole.ADMINISTRATOR],
)
def test_only_the_team_and_the_leader_edit(role: StaffRole) -> None:
    with pytest.raises(PermissionDenied):
        save(by=staff(role))
    assert client(role).get(EDIT).status_code == 403
    assert client(role).post(EDIT, typed()).status_code == 403
    assert LetterText.objects.get(outcome="selected").version == 1


def test_who_saves_over_a_newer_version_is_told() -> None:
    save()
    with pytest.raises(LetterTextChanged):
        save("Gefeliciteerd.")
    page = client(StaffRole.TEAM_MEMBER).post(EDIT, typed(opening="Gefeliciteerd."))
    assert page.status_code == 422
    words = page.content.decode()
    assert "Iemand anders heeft deze teksten intussen gewijzigd." in words
    assert "Gefeliciteerd." in words
    assert "Proficiat, {aanvrager}." in words
    assert LetterText.objects.get(outcome="selected").version == 2
    assert page.context["form"]["version"].value() == "2"


def test_a_wrong_field_is_told_beside_the_text_and_nothing_is_lost() -> None:
    page = client(StaffRole.TEAM_MEMBER).post(
        EDIT, typed(opening="Dag {aanvragr}.", closing="Mijn lange tekst", appeal="")
    )
    form = page.context["form"]
    assert page.status_code == 422
    assert form.errors["opening"] == [
        "Het invulveld {aanvragr} bestaat niet. Bedoelt u {aanvrager}?"
    ]
    assert list(form.errors) == ["opening", "appeal"]
    assert "Mijn lange tekst" in page.content.decode()
    with pytest.raises(ValidationError) as refusal:
        save(words=LetterWords("{x}", "{y}", " "))
    assert list(refusal.value.message_dict) == ["opening", "closing", "appeal"]


def test_staff_save_on_the_page_and_read_every_version() -> None:
    team = client(StaffRole.TEAM_MEMBER)
    answer = team.post(EDIT, typed(opening="Dag {aanvrager}."))
    assert (answer.status_code, answer["Location"]) == (302, EDIT)
    history = client(StaffRole.AUDITOR).get(
        reverse("evaluations:letter_versions", args=["selected"])
    )
    words = history.content.decode()
    assert "Dag {aanvrager}." in words
    assert SELECTED["opening"] in words


# --- Letters keep their text ---------------------------------------------------------------------


def opening_of(job: Job | None) -> str:
    assert job is not None
    return str(letter_context(job.params, lambda *_: None)["text"]["opening"])


def test_a_letter_is_made_of_the_text_at_the_time_it_was_asked_for() -> None:
    """Also when the texts change before a worker takes it."""
    case = Case().decided()
    save()
    assert SELECTED["opening"] in opening_of(case.decision.letter)
    assert text_changed_since(case.decision, current_versions()) is True
    remake_letter(proposal=case.proposal, by=case.team)
    assert f"Proficiat, {case.proposal.organisation.name}." in opening_of(case.decision.letter)
    assert text_changed_since(case.decision, current_versions()) is False


def test_a_letter_that_was_made_keeps_its_bytes() -> None:
    case = Case().lettered()
    before = case.decision.letter.file.read()  # type: ignore[union-attr]
    save()
    assert case.decision.letter.file.read() == before  # type: ignore[union-attr]


def test_a_letter_from_before_versions_were_kept_can_be_made() -> None:
    case = Case().decided()
    params = {"decision": case.decision.pk, "reference": case.proposal.reference}
    assert SELECTED["opening"] in letter_context(params, lambda *_: None)["text"]["opening"]


def test_a_new_installation_does_not_undo_what_staff_wrote() -> None:
    save()
    seed_letter_texts()
    assert LetterText.objects.get(outcome="selected").opening == "Proficiat, {aanvrager}."
    assert LetterTextVersion.objects.filter(text__outcome="selected").count() == 2


# --- Examples ------------------------------------------------------------------------------------


def example(team: Client, **typed_text: str) -> Any:
    return team.post(EDIT, typed(preview="1", **typed_text))


def test_the_example_has_the_longest_of_what_one_sees_and_stores_nothing() -> None:
    long, short = Case().decided(grounds="Lang. " * 40), Case().decided(grounds="Kort.")
    page = example(client(StaffRole.TEAM_MEMBER), opening="Beste {contactpersoon}: {titel}")
    letter = page.context["letter"]
    assert page.status_code == 200
    assert letter["decision"]["grounds"] == long.decision.grounds
    assert "VOORBEELD: dit is geen brief en geen beslissing" in page.content.decode()
    assert letter["decision"]["number"] == "PIO/0000/0000"
    assert LetterText.objects.get(outcome="selected").version == 1
    assert {long.decision.letter_id, short.decision.letter_id} == set(
        Job.objects.values_list("pk", flat=True)
    )


def test_the_example_never_has_what_one_has_a_conflict_with() -> None:
    hidden, shown = Case().decided(grounds="Geheim. " * 40), Case().decided(grounds="Kort.")
    member = staff(StaffRole.TEAM_MEMBER)
    ConflictOfInterest.objects.create(
        person=member, proposal=hidden.proposal, kind=ConflictKind.values[0], explanation="Familie"
    )
    team = Client()
    team.force_login(member)
    assert example(team).context["letter"]["decision"]["grounds"] == shown.decision.grounds
    refused = example(team, reference=hidden.proposal.reference)
    assert refused.status_code == 422
    assert refused.context["example_form"].errors["reference"] == [
        "U ziet geen dossier met dit nummer. Kijk het na."
    ]


def test_the_example_of_one_file_is_of_that_file() -> None:
    case = Case().advised()
    letter = example(
        client(StaffRole.PROJECT_LEADER), opening="{titel}", reference=case.proposal.reference
    ).context["letter"]
    assert letter["proposal"]["reference"] == case.proposal.reference
    assert letter["advice"]["strengths"] == case.advice().strengths


def test_a_stored_example_is_refused_after_a_later_conflict_of_interest() -> None:
    case, other = Case().advised(), Case()
    of_one, of_all = (
        Job.objects.create(
            kind="evaluations.letter_example",
            params={"outcome": "selected", "user": case.team.pk, "reference": reference},
            fingerprint=f"voorbeeld {reference}",
            attempts_allowed=1,
            requested_by=case.team,
        )
        for reference in (case.proposal.reference.lower(), "")
    )

    def may() -> list[bool]:
        person = User.objects.get(pk=case.team.pk)
        return [may_download.test(person, job) for job in (of_one, of_all)]

    assert may() == [True, True]
    ConflictOfInterest.objects.create(
        person=case.team,
        proposal=other.proposal,
        kind="declared",
        explanation="Eerder gemeld.",
        found_at=of_all.requested_at - timedelta(seconds=1),
    )
    assert may() == [True, True], "its file was in neither"
    declare_conflict_on_file(proposal=case.proposal, by=case.team, explanation="Mijn zus.")
    assert may() == [False, False]


def test_the_example_as_pdf_is_marked_and_for_its_asker_alone() -> None:
    case = Case().lettered()
    asker = Client()
    asker.force_login(case.team)
    asker.post(reverse("evaluations:letter_example", args=["selected"]), {})
    job = Job.objects.get(kind="evaluations.letter_example")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.is_done, job.error
    people = (case.team, case.leader, staff(StaffRole.TEAM_MEMBER), case.member)
    assert [may_download.test(person, job) for person in people] == [True, False, False, False]
    assert case.decision.letter_id != job.pk
    assert "VOORBEELD: geen brief" in pdf_text(job)
    assert "PIO/0000/0000" in pdf_text(job)
