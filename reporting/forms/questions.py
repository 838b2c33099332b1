"""What is asked: a measure, by what, over which period, and with which filters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationType
from calls.models import Call, Theme
from common.forms import DayField, PortalForm
from funding.models import BudgetLine
from reporting.questions.answer import Question
from reporting.questions.measures import SOURCES, Dimension, Measure

EVERYTHING = [("", _("Alles"))]


class QuestionForm(PortalForm):
    """Sent with GET, so that a link asks the same again."""

    meting = forms.ChoiceField(label=_("Wat wilt u weten?"), choices=Measure.choices)
    per = forms.ChoiceField(label=_("Per"), choices=Dimension.choices)
    per_jaar = forms.BooleanField(label=_("Ook een kolom per jaar"), required=False)
    van = DayField(label=_("Van"), required=False)
    tot = DayField(label=_("Tot en met"), required=False)
    soort = forms.ChoiceField(
        label=_("Soort organisatie"),
        choices=[*EVERYTHING, *OrganisationType.choices],
        required=False,
    )
    provincie = forms.ChoiceField(label=_("Provincie"), required=False)
    thema = forms.ChoiceField(label=_("Thema"), required=False)
    oproep = forms.ChoiceField(label=_("Oproep"), required=False)
    geldstroom = forms.ChoiceField(
        label=_("Geldstroom"), choices=[*EVERYTHING, *BudgetLine.Stream.choices], required=False
    )

    FILTERS = (
        Dimension.ORGANISATION_TYPE,
        Dimension.PROVINCE,
        Dimension.THEME,
        Dimension.CALL,
        Dimension.STREAM,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in [
            ("provincie", Organisation.objects.exclude(province="").values_list("province")),
            ("thema", Theme.objects.values_list("name")),
            ("oproep", Call.objects.public().values_list("title")),
        ]:
            texts = found.order_by(*found.query.values_select).distinct()
            choices = [*EVERYTHING, *((text, text) for (text,) in texts)]
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """What the measure does not know can't be asked of it."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("van"), cleaned.get("tot")
        if since and until and until < since:
            self.add_error("tot", _("De periode eindigt vóór ze begint."))
        if not cleaned.get("meting"):
            return cleaned
        known = {Dimension.YEAR, *SOURCES[Measure(cleaned["meting"])].paths}
        asked = [("per", cleaned.get("per"))]
        asked += [(name.value, name.value) for name in self.FILTERS if cleaned.get(name.value)]
        for field, dimension in asked:
            if dimension and Dimension(dimension) not in known:
                label = str(Dimension(dimension).label).lower()
                self.add_error(
                    field,
                    ValidationError(
                        _("“%(measure)s” heeft geen %(dimension)s. Kies iets anders."),
                        params={
                            "measure": Measure(cleaned["meting"]).label,
                            "dimension": label,
                        },
                    ),
                )
        return cleaned

    @property
    def question(self) -> Question:
        """Of a valid form."""
        data = self.cleaned_data
        return Question(
            measure=Measure(data["meting"]),
            by=Dimension(data["per"]),
            per_year=data["per_jaar"] and data["per"] != Dimension.YEAR,
            since=data["van"],
            until=data["tot"],
            only={name: data[name.value] for name in self.FILTERS if data[name.value]},
        )
