"""Files that belong to no question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from documents.upload_fields import LaterCheckedField
from projects.answers import (
    TextAnswerField,
)


class DescribeForm(PortalForm):
    """What is said about a file."""

    description = TextAnswerField(label=_("Omschrijving"), limit=200, required=False)
    is_confidential = forms.BooleanField(
        label=_("Dit bestand bevat vertrouwelijke gegevens"), required=False
    )


class ReplaceForm(PortalForm):
    """A new file for one that stands there."""

    file = LaterCheckedField(
        label=_("Nieuw bestand"),
    )


class AttachmentForm(DescribeForm):
    """One file to add."""

    file = LaterCheckedField(
        label=_("Bestand"),
        help_text=_("PDF, DOCX, XLSX, ODT, PNG of JPG, hoogstens 20 MB."),
    )
    field_order = ["file", "description", "is_confidential"]
