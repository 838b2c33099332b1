"""The history of a section: what is kept, what is shown, and how a version comes back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from calls.models import CostPhase, FormQuestion, QuestionType
from projects.fields import GENERAL_FIELDS
from projects.history import ADDED, REMOVED, SAME, Part, changes, compare_texts
from projects.models import CostLine, Proposal, SectionRevision
from projects.services import (
    SectionClash,
    restore_revision,
    save_answers,
    save_estimate,
    save_general,
    save_partners,
)
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import CostLineFactory
from tests.projects.test_dashboard import queries

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2027-03-01T09:00:00+01:00")


@pytest.fixture(autouse=True)
def _morning(time_machine: Any) -> None:
    time_machine.move_to(START, tick=False)


def write(proposal: Proposal, by: User, text: str, **kwargs: Any) -> int:
    """Save section D under the version that stands there; the new version."""
    section = proposal.call.sections.get(code="D")
    saved = proposal.sections.filter(section=section).first()
    return save_answers(
        proposal=proposal,
        section=section,
        answers={"probleem": text, "toelichting": ""},
        by=by,
        **{"version": saved.version if saved else 0, **kwargs},
    ).version


def partner(name: str, **kwargs: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kbo": "",
        "role": "",
        "contribution": "",
        "has_letter_of_intent": False,
        **kwargs,
    }


def kept(proposal: Proposal, code: str = "D") -> list[tuple[int, bool]]:
    return list(
        SectionRevision.objects.filter(proposal=proposal, section__code=code)
        .order_by("version")
        .values_list("version", "is_autosave")
    )


def texts(proposal: Proposal) -> list[str]:
    found = SectionRevision.objects.filter(proposal=proposal, section__code="D").order_by("version")
    return [revision.data["restore"]["answers"]["probleem"] for revision in found]


class TestKeeping:
    def test_each_press_keeps_a_version(self, draft: Proposal, editor: User) -> None:
        for text in ("Eén", "Twee", "Twee", "Drie"):
            write(draft, editor, text)
        assert texts(draft) == ["Eén", "Twee", "Drie"]
        assert kept(draft) == [(1, False), (2, False), (3, False)]

    def test_autosaves_of_one_person_share_a_row_for_two_minutes(
        self, draft: Proposal, editor: User, time_machine: Any
    ) -> None:
        for seconds, text in [(0, "E"), (60, "Ee"), (119, "Een"), (120, "Een z"), (200, "Een zin")]:
            time_machine.move_to(START + timedelta(seconds=seconds), tick=False)
            write(draft, editor, text, is_autosave=True)
        assert texts(draft) == ["Een", "Een zin"]
        assert kept(draft) == [(3, True), (5, True)]

    def test_the_window_is_a_setting(self, draft: Proposal, editor: User, settings: Any) -> None:
        settings.PROPOSAL_HISTORY_MERGE_SECONDS = 0
        for text in ("E", "Ee"):
            write(draft, editor, text, is_autosave=True)
        assert texts(draft) == ["E", "Ee"]

    def test_an_autosave_joins_no_press_and_no_other_person(
        self, draft: Proposal, editor: User
    ) -> None:
        other = member(draft, MemberRole.EDITOR)
        write(draft, editor, "Met de knop")
        write(draft, editor, "Vanzelf", is_autosave=True)
        write(draft, other, "Van een ander", is_autosave=True)
        write(draft, other, "Met de knop van een ander")
        assert texts(draft) == [
            "Met de knop",
            "Vanzelf",
            "Van een ander",
            "Met de knop van een ander",
        ]
        assert [is_autosave for _v, is_autosave in kept(draft)] == [False, True, True, False]

    def test_a_text_from_before_the_history_is_kept_at_the_first_save(
        self, ready: Proposal
    ) -> None:
        write(ready, member(ready), "Nieuw")
        assert texts(ready) == ["De riolen lopen over.", "Nieuw"]
        assert kept(ready) == [(1, False), (2, False)]
        before = SectionRevision.objects.filter(proposal=ready, section__code="D").earliest(
            "version"
        )
        assert before.saved_by == ready.created_by

    def test_rows_without_a_saved_section_are_kept_too(self, draft: Proposal, editor: User) -> None:
        CostLineFactory(proposal=draft, description="Oude lijn")
        save_estimate(
            proposal=draft,
            section=draft.call.sections.get(code="J"),
            lines=[],
            other_subsidies=None,
            own_budget_secured=None,
            ceiling_reason="",
            version=0,
            by=editor,
        )
        assert kept(draft, "J") == [(0, False), (1, False)]
        first = SectionRevision.objects.get(section__code="J", version=0)
        assert [line["description"] for line in first.data["restore"]["lines"]] == ["Oude lijn"]

    def test_an_empty_section_has_no_state_before(self, draft: Proposal, editor: User) -> None:
        save_partners(
            proposal=draft,
            section=draft.call.sections.get(code="C"),
            rows=[partner("Stad Gent")],
            version=0,
            by=editor,
        )
        assert kept(draft, "C") == [(1, False)]

    def test_a_save_costs_the_same_after_three_versions_and_after_three_hundred(
        self, draft: Proposal, editor: User
    ) -> None:
        for number in range(3):
            write(draft, editor, f"Tekst {number}")
        few = queries(lambda: write(draft, editor, "Eerst"))
        latest = SectionRevision.objects.latest("version")
        SectionRevision.objects.bulk_create(
            SectionRevision(
                proposal=draft,
                section=latest.section,
                version=1000 + number,
                data=latest.data,
                saved_by=editor,
            )
            for number in range(300)
        )
        draft.sections.update(version=1300)
        assert queries(lambda: write(draft, editor, "Later")) == few


class TestComparing:
    def test_words_that_came_and_went(self) -> None:
        assert compare_texts("De oude pomp lekt.", "De nieuwe pomp lekt.") == [
            Part(SAME, "De "),
            Part(REMOVED, "oude "),
            Part(ADDED, "nieuwe "),
            Part(SAME, "pomp lekt."),
        ]
        assert compare_texts("", "") == []
        assert compare_texts("", "Nieuw") == [Part(ADDED, "Nieuw")]
        assert compare_texts("Oud", "") == [Part(REMOVED, "Oud")]

    @pytest.mark.parametrize("words", [10, 3000])
    def test_nothing_is_lost_in_a_comparison(self, words: int) -> None:
        old = "\n".join(f"woord {n % 7}" for n in range(words))
        new = old.replace("woord 3", "zin 3").replace("woord 5\n", "")
        parts = compare_texts(old, new)
        assert "".join(part.text for part in parts if part.kind != ADDED) == old
        assert "".join(part.text for part in parts if part.kind != REMOVED) == new

    def test_a_question_that_left_the_form_is_told(self) -> None:
        item = {"key": "weg", "label": "Oude vraag", "text": "Iets"}
        old = {"items": [item]}
        found = changes(old, {"items": [{"key": "a", "label": "Nieuwe vraag", "text": "Kort"}]})
        assert [(c.label, c.words) for c in found] == [
            ("Nieuwe vraag", "is nieuw in het formulier"),
            ("Oude vraag", "staat niet meer in het formulier"),
        ]


class TestPages:
    def address(self, proposal: Proposal, name: str, *more: Any, code: str = "D") -> str:
        return reverse(f"projects:{name}", args=[proposal.reference, code, *more])

    def test_the_history_tells_who_when_and_what(self, draft: Proposal, editor: User) -> None:
        write(draft, editor, "De oude pomp lekt.")
        write(draft, editor, "De nieuwe pomp lekt.")
        html = signed_in(editor).get(self.address(draft, "history")).content.decode()
        assert "NOG NIET INGEDIEND" in html
        assert "An Editor" in html
        assert "1 maart 2027 om 09.00 uur" in html
        assert "<strong>Welk probleem?</strong>: 1 woord erbij, 1 woord weg" in html
        added = '<ins><span class="visually-hidden">[toegevoegd: </span>nieuwe '
        removed = '<del><span class="visually-hidden">[verwijderd: </span>oude '
        assert added in html
        assert removed in html

    def test_a_section_that_was_never_saved(self, draft: Proposal, editor: User) -> None:
        html = signed_in(editor).get(self.address(draft, "history")).content.decode()
        assert "Nog geen geschiedenis" in html

    def test_ten_versions_on_a_page(self, draft: Proposal, editor: User) -> None:
        for number in range(23):
            write(draft, editor, f"Tekst {number}")
        client = signed_in(editor)
        pages = [
            client.get(self.address(draft, "history"), {"page": page}) for page in (1, 2, 3, "x")
        ]
        counts = [response.content.decode().count("Toon wat wijzigde") for response in pages]
        assert counts == [10, 10, 3, 10]
        assert "Oudere versies" not in pages[2].content.decode()

    def test_two_columns_and_back(self, draft: Proposal, editor: User) -> None:
        write(draft, editor, "Van toen")
        write(draft, editor, "Van nu")
        client = signed_in(editor)
        html = client.get(self.address(draft, "revision", 1)).content.decode()
        assert "Versie 1 naast de tekst van nu" in html
        assert "1 antwoord verschilt." in html
        response = client.post(self.address(draft, "restore", 1), {"version": 2})
        assert response.status_code == 302
        assert draft.sections.get().answers["probleem"] == "Van toen"
        assert texts(draft) == ["Van toen", "Van nu", "Van toen"]

    def test_a_text_that_came_in_between_is_not_overwritten(
        self, draft: Proposal, editor: User
    ) -> None:
        write(draft, editor, "Van toen")
        write(draft, editor, "Van nu")
        write(draft, member(draft, first_name="Bo", last_name="Claes"), "Van Bo")
        response = signed_in(editor).post(
            self.address(draft, "restore", 1), {"version": 2}, follow=True
        )
        html = response.content.decode()
        assert "Bo Claes heeft dit deel intussen gewijzigd. Er is niets teruggezet." in html
        assert draft.sections.get().answers["probleem"] == "Van Bo"

    @pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1"])
    def test_a_strange_version_puts_nothing_back(
        self, draft: Proposal, editor: User, version: str
    ) -> None:
        write(draft, editor, "Van toen")
        write(draft, editor, "Van nu")
        response = signed_in(editor).post(self.address(draft, "restore", 1), {"version": version})
        assert response.status_code == 302
        assert draft.sections.get().answers["probleem"] == "Van nu"

    def test_who_reads_compares_and_does_not_restore(self, draft: Proposal, editor: User) -> None:
        write(draft, editor, "Van toen")
        write(draft, editor, "Van nu")
        client = signed_in(member(draft, MemberRole.READER))
        html = client.get(self.address(draft, "revision", 1)).content.decode()
        assert "Zet deze versie terug" not in html
        assert client.post(self.address(draft, "restore", 1), {"version": 2}).status_code == 403
        assert draft.sections.get().answers["probleem"] == "Van nu"

    def test_the_team_that_may_look_sees_no_history(self, draft: Proposal, editor: User) -> None:
        write(draft, editor, "Van toen")
        draft.team_may_view = True
        draft.save()
        client = signed_in(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
        pages = [("history",), ("revision", 1)]
        assert [client.get(self.address(draft, *page)).status_code for page in pages] == [404, 404]
        section = client.get(self.address(draft, "section"))
        assert (section.status_code, "Geschiedenis" in section.content.decode()) == (200, False)

    def test_what_does_not_exist(self, draft: Proposal, editor: User) -> None:
        client = signed_in(editor)
        found = [
            client.get(self.address(draft, "revision", 7)).status_code,
            client.get(self.address(draft, "history", code="L")).status_code,
            client.get(self.address(draft, "history", code="Z")).status_code,
        ]
        assert found == [404, 404, 404]

    def test_three_and_three_hundred_versions_cost_the_same(
        self, draft: Proposal, editor: User
    ) -> None:
        for number in range(3):
            write(draft, editor, f"Tekst {number}")
        client = signed_in(editor)
        history, revision = self.address(draft, "history"), self.address(draft, "revision", 1)
        client.get(history)
        few = [queries(lambda url=url: client.get(url)) for url in (history, revision)]
        latest = SectionRevision.objects.latest("version")
        SectionRevision.objects.bulk_create(
            SectionRevision(
                proposal=draft,
                section=latest.section,
                version=1000 + number,
                data=latest.data,
                saved_by=UserFactory(),
            )
            for number in range(300)
        )
        assert [queries(lambda url=url: client.get(url)) for url in (history, revision)] == few


class TestRestoring:
    def back(self, proposal: Proposal, by: User, code: str, revision: int, version: int) -> Any:
        return restore_revision(
            proposal=proposal,
            section=proposal.call.sections.get(code=code),
            revision=revision,
            version=version,
            by=by,
        )

    def test_general_fields(self, draft: Proposal, editor: User) -> None:
        section = draft.call.sections.get(code="A")
        values = {name: getattr(draft, name) for name in GENERAL_FIELDS}
        first_title = draft.title
        save_general(
            proposal=draft,
            section=section,
            values=values | {"title": "Tweede titel"},
            version=0,
            by=editor,
        )
        assert kept(draft, "A") == [(0, False), (1, False)]
        self.back(draft, editor, "A", 0, 1)
        draft.refresh_from_db()
        assert draft.title == first_title

    def test_partners_come_back_as_the_same_rows(self, draft: Proposal, editor: User) -> None:
        section = draft.call.sections.get(code="C")
        rows = [partner("Stad Gent", role="Piloot"), partner("Stad Aalst")]
        save_partners(proposal=draft, section=section, rows=rows, version=0, by=editor)
        gent, aalst = draft.partners.all()
        changed = [partner("Stad Gent", id=gent.pk, role="Toeschouwer")]
        save_partners(proposal=draft, section=section, rows=changed, version=1, by=editor)
        self.back(draft, editor, "C", 1, 2)
        assert list(draft.partners.values_list("name", "role")) == [
            ("Stad Gent", "Piloot"),
            ("Stad Aalst", ""),
        ]
        assert draft.partners.first() == gent
        assert not draft.partners.filter(pk=aalst.pk).exists()

    def test_the_estimate(self, draft: Proposal, editor: User) -> None:
        section = draft.call.sections.get(code="J")
        line = {
            "phase": CostPhase.DEVELOPMENT,
            "description": "Prototype",
            "amount": Decimal("1234.56"),
            "vat_rate": CostLine.VatRate.STANDARD,
            "vat_recoverable": True,
        }
        extra = {"own_budget_secured": True, "ceiling_reason": "Duur."}
        common = {"proposal": draft, "section": section, "by": editor}
        save_estimate(lines=[line], other_subsidies=Decimal("10.50"), version=0, **extra, **common)
        save_estimate(
            lines=[],
            other_subsidies=None,
            own_budget_secured=None,
            ceiling_reason="",
            version=1,
            **common,
        )
        self.back(draft, editor, "J", 1, 2)
        draft.refresh_from_db()
        assert draft.cost_lines.get().amount == Decimal("1234.56")
        assert draft.cost_lines.get().vat_recoverable
        assert draft.other_subsidies == Decimal("10.50")
        assert draft.own_budget_secured is True
        assert draft.total_cost > 0

    def test_a_form_that_changed_since(self, draft: Proposal, editor: User) -> None:
        section = draft.call.sections.get(code="D")
        question = FormQuestion.objects.create(
            section=section,
            key="kleur",
            label="Welke kleur?",
            type=QuestionType.CHOICE,
            choices=["Rood", "Blauw"],
            position=3,
        )
        then = {"probleem": "Van toen", "toelichting": "Oude uitleg", "kleur": "Rood"}
        save_answers(proposal=draft, section=section, answers=then, version=0, by=editor)
        section.questions.filter(key="toelichting").delete()
        question.choices = ["Blauw", "Groen"]
        question.save()
        FormQuestion.objects.create(
            section=section, key="extra", label="Extra?", type=QuestionType.TEXT, position=4
        )
        fresh = Proposal.objects.get(pk=draft.pk)
        now = {"probleem": "Van nu", "kleur": "Groen", "extra": "Blijft"}
        save_answers(proposal=fresh, section=section, answers=now, version=1, by=editor)
        html = (
            signed_in(editor)
            .get(reverse("projects:revision", args=[draft.reference, "D", 1]))
            .content.decode()
        )
        assert "Staat niet meer in het formulier" in html
        assert "Oude uitleg" in html
        self.back(fresh, editor, "D", 1, 2)
        assert draft.sections.get().answers == {
            "probleem": "Van toen",
            "kleur": "Groen",
            "extra": "Blijft",
        }

    def test_refusals(self, draft: Proposal, editor: User) -> None:
        write(draft, editor, "Van toen")
        write(draft, editor, "Van nu")
        with pytest.raises(SectionClash):
            self.back(draft, editor, "D", 1, 1)
        with pytest.raises(ValidationError) as refusal:
            self.back(draft, editor, "D", 9, 2)
        assert refusal.value.messages == ["Deze versie van het deel bestaat niet."]
        with pytest.raises(PermissionDenied):
            self.back(draft, member(draft, MemberRole.READER), "D", 1, 2)


def test_an_autosave_does_not_run_over_the_moment_of_handing_in(
    draft: Proposal, editor: User, time_machine: Any
) -> None:
    write(draft, editor, "Ervoor", is_autosave=True)
    Proposal.objects.filter(pk=draft.pk).update(reopened_at=START + timedelta(seconds=30))
    time_machine.move_to(START + timedelta(seconds=60), tick=False)
    write(draft, editor, "Erna", is_autosave=True)
    assert texts(draft) == ["Ervoor", "Erna"]
