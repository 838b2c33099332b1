"""Forms of the portal: days, moments and the helper of crispy."""

from datetime import UTC, date, datetime

import pytest
from crispy_forms.utils import render_crispy_form

from accounts.models import Organisation
from common.forms import DayField, MomentField, PortalForm, PortalModelForm


class PlanForm(PortalForm):
    day = DayField(label="Dag", required=False)
    moment = MomentField(label="Tijdstip", required=False)


@pytest.mark.parametrize(
    "typed", ["2026-06-14", "14/06/2026", "14-06-2026", "14.06.2026", "14/6/2026"]
)
def test_a_day_is_read_as_people_type_it(typed: str) -> None:
    form = PlanForm({"day": typed})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2026, 6, 14)


@pytest.mark.parametrize("typed", ["06/14/2026", "31/02/2026", "gisteren", "14/06/26"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert list(PlanForm({"day": typed}).errors) == ["day"]


@pytest.mark.parametrize("typed", ["2026-06-14T10:30", "14/06/2026 10:30", "2026-06-14 10:30"])
def test_a_moment_is_a_moment_in_brussels(typed: str) -> None:
    form = PlanForm({"moment": typed})
    assert form.is_valid()
    assert form.cleaned_data["moment"] == datetime(2026, 6, 14, 8, 30, tzinfo=UTC)


def test_an_hour_that_the_change_of_clock_skips_is_refused() -> None:
    assert list(PlanForm({"moment": "2026-03-29T02:30"}).errors) == ["moment"]


def test_the_native_pickers_get_the_form_they_understand() -> None:
    form = PlanForm(
        initial={"day": date(2026, 6, 14), "moment": datetime(2026, 6, 14, 8, 30, tzinfo=UTC)}
    )
    assert 'type="date" name="day" value="2026-06-14"' in str(form["day"])
    assert 'type="datetime-local"' in str(form["moment"])
    assert 'value="2026-06-14T10:30"' in str(form["moment"])


def test_the_template_writes_the_form_tag_and_the_token() -> None:
    html = render_crispy_form(PlanForm())
    assert "<form" not in html
    assert "csrfmiddlewaretoken" not in html
    assert ">Dag" in html


def test_a_form_on_a_model_has_the_same_helper() -> None:
    class NameForm(PortalModelForm):
        class Meta:
            model = Organisation
            fields = ["name"]

    helper = NameForm().helper
    assert (helper.form_tag, helper.disable_csrf, helper.include_media) == (False, True, False)
