"""A file of another register, to lay beside our projects."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from documents.upload_fields import ReadFileField
from reporting.registers.doubles import MOST_BYTES, OtherSubsidy, read_register


class OtherRegisterForm(PortalForm):
    """The rows are read and compared; nothing of the file is kept."""

    bestand = ReadFileField(
        extension="csv",
        label=_("Bestand van een ander subsidieregister"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        help_text=_(
            "CSV in UTF-8 met puntkomma's en de kolommen kbo, maatregel en titel; bedrag en datum "
            "mogen erbij."
        ),
    )

    def clean_bestand(self) -> list[OtherSubsidy]:
        uploaded: Any = self.cleaned_data["bestand"]
        if uploaded.size > MOST_BYTES:
            raise ValidationError(
                _("Dit bestand is groter dan %(most)s MB."),
                params={"most": MOST_BYTES // 1_000_000},
            )
        return read_register(uploaded.read())
