"""Forms of the letter's texts, of telling the applicant, and of the talk afterwards."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import DayField, MomentField, PortalForm
from common.moments import today
from evaluations.letter_words import LetterWords, check_words
from evaluations.models import LetterText, NotificationMeans


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"data-maxlength": 6000, "rows": rows})


class LetterTextForm(PortalForm):
    """The three texts of a letter, and the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opening = forms.CharField(
        label=gettext_lazy("Inleiding"),
        max_length=6000,
        widget=_words(6),
        help_text=gettext_lazy("Komt na “Geachte,”."),
    )
    closing = forms.CharField(
        label=gettext_lazy("Wat nu?"),
        required=False,
        max_length=6000,
        widget=_words(6),
        help_text=gettext_lazy("Komt na het advies: de volgende stappen."),
    )
    appeal = forms.CharField(
        label=gettext_lazy("Beroep"),
        max_length=6000,
        widget=_words(8),
        help_text=gettext_lazy(
            "Laat een jurist deze tekst goedkeuren vóór u hem gebruikt. Zonder juiste "
            "beroepsmogelijkheden begint de beroepstermijn pas vier maanden na de kennisgeving."
        ),
    )

    def __init__(self, *args: Any, text: LetterText | None = None, **kwargs: Any) -> None:
        if text is not None:
            kwargs["initial"] = {
                name: getattr(text, name) for name in ("version", "opening", "closing", "appeal")
            }
        super().__init__(*args, **kwargs)

    def clean_opening(self) -> str:
        return self._checked("opening")

    def clean_closing(self) -> str:
        return self._checked("closing")

    def clean_appeal(self) -> str:
        return self._checked("appeal")

    def _checked(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        check_words(text)
        return text

    @property
    def words(self) -> LetterWords:
        return LetterWords(*(self.cleaned_data[name] for name in ("opening", "closing", "appeal")))


class ExampleForm(PortalForm):
    """With which file the example is filled; without one, with the longest values there are."""

    reference = forms.CharField(
        label=gettext_lazy("Dossiernummer"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Leeg: de langste titel, naam, motivering en adviezen die er zijn."),
    )


class ReleaseForm(PortalForm):
    """How and when many applicants are told."""

    means = forms.ChoiceField(
        label=gettext_lazy("Hoe deelt u de beslissing mee?"),
        choices=NotificationMeans.choices,
        initial=NotificationMeans.PORTAL,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("De mail met de link vertrekt in elk geval."),
    )
    day = DayField(
        label=gettext_lazy("Dag van kennisgeving"),
        required=False,
        help_text=gettext_lazy(
            "Alleen voor een aangetekende brief of eBox. Leeg: vandaag. De dag erna is de eerste "
            "van de beroepstermijn."
        ),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("Ik heb de brieven en de mails gelezen."),
        error_messages={"required": gettext_lazy("Vink dit aan om mee te delen.")},
    )

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > today():
            raise ValidationError(_("De dag van kennisgeving kan niet in de toekomst liggen."))
        return day


class OneReleaseForm(ReleaseForm):
    """The same for one file, with what proves it."""

    proof = forms.CharField(
        label=gettext_lazy("Bewijs van kennisgeving"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Bijvoorbeeld het nummer van de aangetekende zending. U kunt het later toevoegen, één "
            "keer."
        ),
    )
    field_order = ["means", "day", "proof", "confirmed"]


class ProofForm(PortalForm):
    """The proof that came later."""

    proof = forms.CharField(
        label=gettext_lazy("Bewijs van kennisgeving"),
        max_length=200,
        help_text=gettext_lazy("Wat u hier opslaat, kan niet meer gewijzigd worden."),
    )


class TalkForm(PortalForm):
    """What the applicant would like to talk about."""

    wish = forms.CharField(
        label=gettext_lazy("Wat wilt u bespreken?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"data-maxlength": 2000, "rows": 4}),
    )


class PlanTalkForm(PortalForm):
    """When and where."""

    planned_at = MomentField(label=gettext_lazy("Dag en uur"))
    place = forms.CharField(
        label=gettext_lazy("Plaats of link"),
        max_length=300,
        help_text=gettext_lazy("De aanvrager leest dit in het portaal."),
    )

    def clean_planned_at(self) -> datetime:
        moment: datetime = self.cleaned_data["planned_at"]
        if moment <= clock.now():
            raise ValidationError(_("Kies een moment in de toekomst."))
        return moment


class TalkReportForm(PortalForm):
    """What was said, for staff alone."""

    internal_report = forms.CharField(
        label=gettext_lazy("Intern verslag"),
        max_length=6000,
        widget=forms.Textarea(attrs={"data-maxlength": 6000, "rows": 6}),
        help_text=gettext_lazy("De aanvrager ziet dit verslag nooit."),
    )
