"""What visitors type, without an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from calls.models import Call, CallQuestion
from calls.self_test import Answer, Outcome, judge
from common.forms import PortalForm


class HoneypotForm(PortalForm):
    """A form with a field that people do not see and robots fill in.

    A filled one is answered as if all went well: an error would tell the robot what to change.
    """

    website = forms.CharField(
        label=_("Laat dit veld leeg"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data["website"])


class FollowForm(HoneypotForm):
    email = forms.EmailField(
        label=_("Uw e-mailadres"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class QuestionForm(HoneypotForm):
    question = forms.CharField(
        label=_("Uw vraag"),
        max_length=CallQuestion._meta.get_field("question").max_length,
        widget=forms.Textarea(attrs={"rows": 6, "data-maxlength": 2000}),
        help_text=_(
            "Schrijf geen namen of andere persoonlijke gegevens. We kunnen uw vraag met het"
            " antwoord op deze site zetten."
        ),
    )
    email = forms.EmailField(
        label=_("Uw e-mailadres"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Dan mailen we u het antwoord. Uw adres komt nooit op deze site."),
    )


class SelfTestForm(PortalForm):
    """ "Is dit iets voor mij?": it travels in the address, so that nothing need be kept."""

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.questions = {f"v{q.pk}": q for q in call.self_test_questions.all()}
        messages = {
            "required": _("Kies een antwoord."),
            "invalid_choice": _("Kies een van de antwoorden."),
        }
        self.fields["soort"] = forms.ChoiceField(
            label=_("Wat voor organisatie bent u?"),
            choices=[("", _("Kies")), *OrganisationType.choices, Answer.choices[-1]],
            error_messages=messages,
        )
        for name, question in self.questions.items():
            self.fields[name] = forms.ChoiceField(
                label=question.question,
                help_text=question.help_text,
                choices=Answer.choices,
                widget=forms.RadioSelect,
                error_messages=messages,
            )

    @property
    def outcome(self) -> Outcome:
        """What the answers of a valid form say."""
        answers = {q: self.cleaned_data[name] for name, q in self.questions.items()}
        return judge(self.call, kind=self.cleaned_data["soort"], answers=answers)


class AnswerForm(PortalForm):
    """What staff write; the question may be shortened and names taken out before it is public."""

    question = forms.CharField(
        label=_("Vraag zoals ze op de site komt"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "data-maxlength": 2000}),
        help_text=_("Verwijder namen en andere persoonlijke gegevens."),
    )
    answer = forms.CharField(
        label=_("Antwoord"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "data-maxlength": 5000}),
        help_text=_("Markdown mag."),
    )
    tell_followers = forms.BooleanField(
        label=_("Mail ook de volgers van deze oproep"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tell_followers"].help_text = _(
            "Doe dit voor een antwoord dat iedereen moet kennen."
        )
