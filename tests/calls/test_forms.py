"""What staff types when setting a call up."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from calls.columns import columns_as_text, parse_columns
from calls.forms import QuestionForm, RoundForm, RuleForm
from calls.models import CofinancingRule, FormQuestion, SubmissionRound
from common.moments import end_of_day
from tests.calls.factories import CallFactory


@pytest.mark.parametrize(
    "text",
    ["Risico\nDatum | datum\nPrijs | bedrag", "Kans | keuze: Laag, Hoog\nAantal | getal", ""],
)
def test_columns_read_back_as_they_were_typed(text):
    assert columns_as_text(parse_columns(text, [])) == text


def test_a_column_keeps_its_key_when_others_come_before_it():
    known = parse_columns("Risico\nMaatregel", [])
    changed = parse_columns("Eigenaar\nMaatregel", known)

    assert [column["key"] for column in changed] == ["eigenaar", "maatregel"]
    assert changed[1]["key"] == known[1]["key"]


@pytest.mark.parametrize("line", ["| datum", "Kans | keuze", "Kans | keuze: Laag", "Iets | foto"])
def test_a_line_that_is_not_clear_is_named(line):
    with pytest.raises(ValidationError) as refused:
        parse_columns(line, [])
    assert line in refused.value.messages[0]


@pytest.mark.django_db
class TestRound:
    def form(self, **data):
        return RoundForm(
            {"opens_at": "2027-01-04T09:00", **data}, instance=SubmissionRound(call=CallFactory())
        )

    def test_a_last_day_means_24_00_of_that_day(self):
        form = self.form(last_day="14/06/2027")
        assert form.is_valid(), form.errors
        assert form.instance.closes_at == end_of_day(date(2027, 6, 14))

    def test_a_closing_hour_may_be_given_instead(self):
        form = self.form(closes_at="2027-06-14T12:00")
        assert form.is_valid(), form.errors
        assert form.instance.closes_at.isoformat() == "2027-06-14T12:00:00+02:00"

    def test_one_of_both_is_needed(self):
        assert list(self.form().errors) == ["last_day"]
        both = self.form(last_day="2027-06-14", closes_at="2027-06-14T12:00")
        assert list(both.errors) == ["closes_at"]

    def test_an_existing_round_shows_its_last_day(self):
        kept = SubmissionRound(closes_at=end_of_day(date(2027, 6, 14)))
        assert RoundForm(instance=kept).initial["last_day"] == date(2027, 6, 14)


@pytest.mark.django_db
def test_a_rate_is_typed_as_a_percentage_the_dutch_way():
    call = CallFactory()
    form = RuleForm(
        {"phase": "piloot_proeftuin", "percentage": "37,5", "ceiling": "1.000.000"},
        instance=CofinancingRule(call=call),
    )
    assert form.is_valid(), form.errors
    assert str(form.instance.rate) == "0.375"
    assert form.instance.in_words.startswith("37,5\N{NO-BREAK SPACE}% van de kosten")


@pytest.mark.django_db
def test_a_question_gets_a_key_from_its_label_that_no_other_has():
    call = CallFactory()
    section = call.sections.get(code="D")
    form = QuestionForm(
        {
            "section": section.pk,
            "label": "Probleem",
            "type": "choice",
            "required_from": "submission",
            "choices": "Ja\nNee\n",
            "columns": "",
        },
        instance=FormQuestion(),
        holder=call,
    )
    assert form.is_valid(), form.errors
    assert (form.instance.key, form.instance.choices) == ("probleem_2", ["Ja", "Nee"])


@pytest.mark.django_db
def test_a_question_of_another_call_is_no_place_for_it():
    other = CallFactory().sections.get(code="D")
    form = QuestionForm(
        {"section": other.pk, "label": "X"}, instance=FormQuestion(), holder=CallFactory()
    )
    assert "section" in form.errors
