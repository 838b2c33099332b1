"""Starting from an earlier proposal: what fits comes over whole, the rest is named."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole
from calls.models import CostPhase, FormQuestion, FormSection, QuestionType, SectionKind
from projects.fitting import fits
from projects.models import Proposal
from projects.services import add_attachment, start_proposal
from tests.accounts.factories import MembershipFactory
from tests.calls.factories import CallFactory, ThemeFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import CostLineFactory, complete_draft
from tests.projects.test_sections import png

pytestmark = pytest.mark.django_db


def ask(call: Any, key: str, type: str, code: str = "D", **kwargs: Any) -> FormQuestion:
    return FormQuestion.objects.create(
        section=call.sections.get(code=code),
        key=key,
        label=f"Vraag {key}",
        type=type,
        position=9,
        **kwargs,
    )


def answered(proposal: Proposal, **answers: Any) -> None:
    saved = proposal.sections.get(section__code="D")
    saved.answers |= answers
    saved.save()


@pytest.fixture
def earlier(db: None) -> Proposal:
    return complete_draft(theme=ThemeFactory(), acronym="RIOOL", title="Eerste poging")


@pytest.fixture
def starter(earlier: Proposal) -> User:
    return member(earlier, MemberRole.EDITOR, first_name="Nora", last_name="Nieuw")


def begin(earlier: Proposal, starter: User, call: Any = None) -> Proposal:
    return start_proposal(
        call=call or CallFactory(),
        organisation=earlier.organisation,
        title="Tweede poging",
        by=starter,
        previous=earlier,
        copy=True,
    )


def report(proposal: Proposal, client: Any) -> str:
    return client.get(reverse("projects:copied", args=[proposal.reference])).content.decode()


class TestWhatComesOver:
    def test_texts_partners_and_costs(self, earlier: Proposal, starter: User) -> None:
        earlier.partners.create(name="Stad Gent", role="Piloot", has_letter_of_intent=True)
        partner = earlier.partners.get()
        partner.accesses.create(user=MembershipFactory().user, invited_by=starter)
        begun = begin(earlier, starter)
        begun.refresh_from_db()
        assert (begun.title, begun.acronym, begun.theme, begun.summary) == (
            "Tweede poging",
            "RIOOL",
            earlier.theme,
            earlier.summary,
        )
        assert begun.contact_name == "Nora Nieuw"
        assert begun.signatory_name == "Jan Maes"
        assert begun.sections.get(section__code="D").answers == {
            "probleem": "De riolen lopen over.",
            "toelichting": "",
        }
        copied = begun.partners.get()
        assert (copied.name, copied.role, copied.has_letter_of_intent) == (
            "Stad Gent",
            "Piloot",
            False,
        )
        assert not copied.accesses.exists()
        line = begun.cost_lines.get()
        assert (line.amount, line.phase) == (Decimal("100000.00"), CostPhase.DEVELOPMENT)
        assert begun.total_cost == Decimal("121000.00")
        assert begun.previous == earlier
        assert earlier.partners.get().accesses.count() == 1

    def test_declarations_are_given_anew(self, earlier: Proposal, starter: User) -> None:
        begun = begin(earlier, starter)
        assert not begun.sections.filter(section__code="K").exists()
        html = report(begun, signed_in(starter))
        assert "<strong>De gegevens zijn juist.</strong>: een verklaring geeft u opnieuw" in html

    def test_own_budget_and_other_subsidies_are_asked_anew(
        self, earlier: Proposal, starter: User
    ) -> None:
        earlier.other_subsidies = Decimal("5.00")
        earlier.save()
        begun = begin(earlier, starter)
        begun.refresh_from_db()
        assert (begun.other_subsidies, begun.own_budget_secured) == (Decimal("0.00"), None)

    def test_costs_of_phases_that_the_call_pays(self, earlier: Proposal, starter: User) -> None:
        CostLineFactory(proposal=earlier, phase=CostPhase.PREPARATION, description="Studie")
        call = CallFactory()
        call.cofinancing_rules.filter(phase=CostPhase.DEVELOPMENT).delete()
        begun = begin(earlier, starter, call)
        assert [line.description for line in begun.cost_lines.all()] == ["Studie"]
        html = report(begun, signed_in(starter))
        assert "<strong>1 kostenlijn</strong>: deze oproep cofinanciert die fase niet" in html

    def test_by_key_also_when_the_section_got_another_letter(
        self, earlier: Proposal, starter: User
    ) -> None:
        call = CallFactory()
        call.sections.filter(code="D").update(code="E")
        begun = begin(earlier, starter, call)
        assert begun.sections.get(section__code="E").answers["probleem"] == "De riolen lopen over."

    def test_what_does_not_fit_is_named(self, earlier: Proposal, starter: User) -> None:
        call = CallFactory()
        for key, old, new in [
            ("kleur", {"type": QuestionType.CHOICE, "choices": ["Rood", "Blauw"]}, ["Blauw"]),
            ("tint", {"type": QuestionType.CHOICE, "choices": ["Rood", "Blauw"]}, ["Rood"]),
        ]:
            ask(earlier.call, key, **old)
            ask(call, key, QuestionType.CHOICE, choices=new)
        ask(earlier.call, "aantal", QuestionType.NUMBER)
        ask(call, "aantal", QuestionType.TEXT)
        ask(earlier.call, "weg", QuestionType.TEXT)
        answered(earlier, kleur="Rood", tint="Rood", aantal="12", weg="Oude tekst")
        begun = begin(earlier, starter, call)
        answers = begun.sections.get(section__code="D").answers
        assert {key: answers[key] for key in ("kleur", "tint", "aantal")} == {
            "kleur": "",
            "tint": "Rood",
            "aantal": "",
        }
        html = report(begun, signed_in(starter))
        assert "<strong>Vraag kleur</strong>: past niet meer bij de vraag" in html
        assert "<strong>Vraag aantal</strong>: past niet meer bij de vraag" in html
        assert "<strong>Vraag weg</strong>: staat niet in het nieuwe formulier" in html
        assert "<li>Vraag tint</li>" in html

    def test_a_text_over_the_new_limit_comes_whole_and_is_flagged(
        self, earlier: Proposal, starter: User
    ) -> None:
        call = CallFactory()
        FormQuestion.objects.filter(section__call=call, key="probleem").update(max_length=10)
        begun = begin(earlier, starter, call)
        client = signed_in(starter)
        section = client.get(reverse("projects:section", args=[begun.reference, "D"]))
        html = section.content.decode()
        assert "De riolen lopen over." in html
        assert "Kort in met 11 tekens: Welk probleem?" in html
        check = client.get(reverse("projects:check", args=[begun.reference])).content.decode()
        assert "Kort in met 11 tekens: Welk probleem?" in check

    def test_files_are_listed_and_not_copied(self, earlier: Proposal, starter: User) -> None:
        add_attachment(proposal=earlier, uploaded=png("plan.png"), by=starter)
        begun = begin(earlier, starter)
        assert not begun.attachments.exists()
        html = report(begun, signed_in(starter))
        assert "plan.png" in html
        assert "<strong>1 bijlage</strong>: bestanden worden niet gekopieerd" in html

    def test_a_call_without_any_section_that_fits(self, earlier: Proposal, starter: User) -> None:
        call = CallFactory(content=False)
        FormSection.objects.create(
            call=call, code="L", title="Bijlagen", kind=SectionKind.ATTACHMENTS, position=1
        )
        html = report(begin(earlier, starter, call), signed_in(starter))
        assert "Niets: geen enkel antwoord past in het nieuwe formulier." in html


class TestPage:
    def test_a_tick_on_the_form(self, earlier: Proposal, starter: User) -> None:
        client = signed_in(starter)
        call = CallFactory()
        address = reverse("projects:start", args=[call.slug])
        data = {"title": "Tweede poging", "previous": earlier.pk, "copy": "on"}
        response = client.post(address, data)
        begun = call.proposals.get()
        assert response["Location"] == reverse("projects:copied", args=[begun.reference])
        page = client.get(response["Location"]).content.decode()
        assert "NOG NIET INGEDIEND" in page
        assert "<li>Welk probleem?</li>" in page

    def test_both_show_the_link(self, earlier: Proposal, starter: User) -> None:
        begun = begin(earlier, starter)
        client = signed_in(starter)
        assert f'href="{earlier.get_absolute_url()}"' in (
            client.get(begun.get_absolute_url()).content.decode()
        )
        assert f'href="{begun.get_absolute_url()}"' in (
            client.get(earlier.get_absolute_url()).content.decode()
        )

    def test_a_tick_without_a_proposal_is_explained(self, earlier: Proposal, starter: User) -> None:
        call = CallFactory()
        response = signed_in(starter).post(
            reverse("projects:start", args=[call.slug]), {"title": "Titel blijft", "copy": "on"}
        )
        assert response.context["form"].errors == {
            "previous": ["Kies het voorstel waarvan u de teksten wilt overnemen."]
        }
        assert "Titel blijft" in response.content.decode()
        assert not call.proposals.exists()

    def test_without_the_tick_nothing_comes_over(self, earlier: Proposal, starter: User) -> None:
        call = CallFactory()
        client = signed_in(starter)
        data = {"title": "Tweede poging", "previous": earlier.pk}
        response = client.post(reverse("projects:start", args=[call.slug]), data)
        begun = call.proposals.get()
        assert response["Location"] == begun.get_absolute_url()
        assert not begun.sections.exists()
        assert "Er zijn geen teksten overgenomen." in report(begun, client)

    def test_a_new_proposal_has_no_such_page(self, earlier: Proposal, starter: User) -> None:
        address = reverse("projects:copied", args=[earlier.reference])
        assert signed_in(starter).get(address).status_code == 404


COLUMNS = [
    {"key": "wat", "label": "Wat"},
    {"key": "kans", "label": "Kans", "type": "choice", "choices": ["Laag"]},
]


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        ({"type": "text", "max_length": 3}, "langer", True),
        ({"type": "text"}, 12, False),
        ({"type": "text"}, "", True),
        ({"type": "choice", "choices": ["Rood"]}, "Blauw", False),
        ({"type": "choice", "choices": ["Rood"]}, "", True),
        ({"type": "yes_no"}, False, True),
        ({"type": "yes_no"}, "ja", False),
        ({"type": "declaration"}, True, True),
        ({"type": "number"}, "12.5", True),
        ({"type": "number"}, "veel", False),
        ({"type": "money"}, "NaN", False),
        ({"type": "money"}, None, True),
        ({"type": "date"}, "2027-02-30", False),
        ({"type": "date"}, "2027-02-28", True),
        ({"type": "file"}, "x", False),
        ({"type": "table", "columns": COLUMNS}, [{"wat": "A", "kans": "Laag"}], True),
        ({"type": "table", "columns": COLUMNS}, [{"wat": "A", "kans": "Hoog"}], False),
        ({"type": "table", "columns": COLUMNS}, [{"wat": "A", "weg": ""}], True),
        ({"type": "table", "columns": COLUMNS}, [{"wat": "A", "weg": "B"}], False),
        ({"type": "table", "columns": COLUMNS}, "tekst", False),
    ],
)
def test_whether_an_answer_fits(question: dict[str, Any], value: Any, expected: bool) -> None:
    assert fits(FormQuestion(**question), value, was=question["type"]) is expected


def test_another_type_never_fits() -> None:
    assert not fits(FormQuestion(type="text"), "", was="number")
