"""Forms about signing in, people and organisations."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationType, User
from accounts.roles import MemberRole
from accounts.services.organisations import IDENTITY_FIELDS, OrganisationDetails
from common.forms import PortalForm, PortalFormMixin, PortalModelForm

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


class CodeForm(PortalForm):
    """A code of the app, or a spare code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("De zes cijfers die uw app nu toont, of een van uw reservecodes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class SetUpForm(PortalForm):
    """The first code of an app that was just connected."""

    code = forms.CharField(
        label=_("Code die de app nu toont"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class StepUpForm(PortalForm):
    """The password again, or a code for who has a second step."""

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_code = with_code
        if with_code:
            self.fields["proof"] = CodeForm().fields["code"]
        else:
            self.fields["proof"] = forms.CharField(
                label=_("Wachtwoord"),
                strip=False,
                max_length=4096,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )


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
    form.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
    form.fields["new_password2"].label = _REPEAT_PASSWORD
    form.fields["new_password2"].help_text = ""


class ProfileForm(PortalModelForm):
    """One's own contact data; the e-mail address is how one signs in and is not changed here."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "job_title", "phone"]
        labels = {"first_name": _("Voornaam"), "last_name": _("Achternaam")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        autocomplete = {
            "first_name": "given-name",
            "last_name": "family-name",
            "job_title": "organization-title",
            "phone": "tel",
        }
        for name, token in autocomplete.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        self.fields["first_name"].required = True
        self.fields["last_name"].required = True


class OrganisationForm(PortalForm):
    """The details of an organisation; what staff have checked cannot be changed."""

    name = forms.CharField(label=_("Naam"), max_length=200)
    type = forms.ChoiceField(label=_("Soort"), choices=OrganisationType.choices)
    kbo = forms.CharField(
        label=_("Ondernemingsnummer (KBO)"),
        max_length=20,
        required=False,
        help_text=_("Tien cijfers, bijvoorbeeld 0207.509.031. Met of zonder punten."),
    )
    ovo = forms.CharField(
        label=_("OVO-code"),
        max_length=12,
        required=False,
        help_text=_("Alleen voor entiteiten van de Vlaamse overheid, bijvoorbeeld OVO002949."),
    )
    nis = forms.CharField(
        label=_("NIS-code"),
        max_length=5,
        required=False,
        help_text=_("Vijf cijfers, voor steden, gemeenten en provincies."),
    )
    street = forms.CharField(label=_("Straat en nummer"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^\d{4}$",
        label=_("Postcode"),
        required=False,
        error_messages={"invalid": _("Een postcode heeft vier cijfers.")},
    )
    city = forms.CharField(label=_("Gemeente"), max_length=100, required=False)
    province = forms.CharField(label=_("Provincie"), max_length=60, required=False)

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        if organisation is not None:
            kwargs["initial"] = {name: getattr(organisation, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if organisation is not None and organisation.is_verified:
            for name in IDENTITY_FIELDS:
                self.fields[name].disabled = True

    @property
    def details(self) -> OrganisationDetails:
        return OrganisationDetails(
            **{name: self.cleaned_data[name] for name in self.base_fields if name != "another"}
        )


class RegisterOrganisationForm(OrganisationForm):
    """With a tick that appears when an organisation like this one exists already."""

    another = forms.BooleanField(
        label=_("Dit is een andere organisatie. Ik wil ze toch registreren."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", _("Kies een soort")), *OrganisationType.choices]
        self.fields["type"] = forms.ChoiceField(label=_("Soort"), choices=kinds)


class MemberRoleForm(PortalForm):
    """What a colleague may do."""

    role = forms.ChoiceField(label=_("Rol"), choices=MemberRole.choices)


class AddMemberForm(MemberRoleForm):
    """A colleague, by e-mail address."""

    email = forms.EmailField(label=_("E-mailadres"), max_length=254)
    first_name = forms.CharField(label=_("Voornaam"), max_length=150)
    last_name = forms.CharField(label=_("Achternaam"), max_length=150)
    field_order = ["email", "first_name", "last_name", "role"]


class OrganisationFilterForm(PortalForm):
    """What staff look for in the list of organisations."""

    q = forms.CharField(label=_("Naam, nummer of gemeente"), required=False)
    type = forms.ChoiceField(
        label=_("Soort"), choices=[("", _("Alle")), *OrganisationType.choices], required=False
    )
    verified = forms.ChoiceField(
        label=_("Nagekeken"),
        choices=[("", _("Alle")), ("yes", _("Ja")), ("no", _("Nee"))],
        required=False,
    )


class PeopleFilterForm(PortalForm):
    """Whom an administrator looks for."""

    q = forms.CharField(label=_("Naam of e-mailadres"), required=False)


class ReasonForm(PortalForm):
    """Why an administrator does something to somebody else's account."""

    reason = forms.CharField(
        label=_("Reden"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Staat in het logboek."),
    )
