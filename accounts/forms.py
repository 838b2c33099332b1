"""Forms about signing in, people and organisations."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm, PortalFormMixin

_NEW_PASSWORD = _("Nieuw wachtwoord")
_REPEAT_PASSWORD = _("Nieuw wachtwoord, nog eens")
PASSWORD_HINT = _(
    "Minstens 12 tekens. Kies iets dat niemand raadt; een zin van enkele woorden mag."
)
SIGN_IN_REFUSED = _(
    "Het e-mailadres of het wachtwoord is niet juist. Kijk beide na en probeer opnieuw."
)


class SignInForm(PortalFormMixin, auth_forms.AuthenticationForm):
    """E-mail address and password; one sentence for every refusal, so nothing leaks."""

    error_messages = {"invalid_login": SIGN_IN_REFUSED, "inactive": SIGN_IN_REFUSED}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mailadres")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )
        self.fields["password"].label = _("Wachtwoord")

    def clean_username(self) -> str:
        """Lower case: capitals must not give a fresh count of failed attempts."""
        return str(self.cleaned_data["username"]).strip().lower()


class PasswordResetForm(PortalForm):
    """Asks for the address; the answer is the same whether or not an account has it."""

    email = forms.EmailField(
        label=_("E-mailadres"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SetPasswordForm(PortalFormMixin, auth_forms.SetPasswordForm):
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)


class PasswordChangeForm(PortalFormMixin, auth_forms.PasswordChangeForm):
    """The present password and a new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Huidig wachtwoord")
        _name_new_passwords(self)


def _name_new_passwords(form: forms.Form) -> None:
    form.fields["new_password1"].label = _NEW_PASSWORD
    form.fields["new_password1"].help_text = PASSWORD_HINT
    form.fields["new_password2"].label = _REPEAT_PASSWORD
    form.fields["new_password2"].help_text = ""
