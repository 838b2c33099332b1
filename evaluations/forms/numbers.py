"""Which files count in the figures."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from calls.models import Call, Theme
from common.forms import DayField, PortalForm
from evaluations.reports.figures import Selection


class NumbersForm(PortalForm):
    """What cannot be read is told beside its field, and leaves everything in."""

    oproep = forms.ModelMultipleChoiceField(
        Call.objects.none(),
        label=_("Oproepen"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        help_text=_("Kiest u niets, dan tellen alle oproepen."),
    )
    van = DayField(label=_("Gesloten vanaf"), required=False)
    tot = DayField(label=_("Gesloten tot en met"), required=False)
    soort = forms.ChoiceField(
        label=_("Soort organisatie"),
        required=False,
        choices=[("", _("Alle")), *OrganisationType.choices],
    )
    thema = forms.ModelChoiceField(
        Theme.objects.order_by("name"), label=_("Thema"), required=False, empty_label=_("Alle")
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        field = cast("forms.ModelMultipleChoiceField", self.fields["oproep"])
        field.queryset = Call.objects.visible_to(user).order_by("-created_at", "-pk")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("van"), cleaned.get("tot")
        if since and until and until < since:
            self.add_error("tot", _("Kies een dag na “gesloten vanaf”."))
        return cleaned

    @property
    def selection(self) -> Selection:
        self.is_valid()
        values = self.cleaned_data
        return Selection(
            calls=tuple(values.get("oproep") or ()),
            since=values.get("van"),
            until=values.get("tot"),
            organisation_type=values.get("soort") or "",
            theme=values.get("thema"),
        )
