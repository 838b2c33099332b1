"""Which projects of the pipeline to try, and for how much."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.forms import PortalForm
from common.money import MoneyFormField, MoneyInput


class WhatIfForm(PortalForm):
    """A box and an amount per project; it is sent with GET, so that a link shows the same."""

    def __init__(self, data: Any, *, projects: Sequence[Any]) -> None:
        super().__init__(data)
        self.projects = projects
        for project in projects:
            self.fields[f"kies-{project.reference}"] = forms.BooleanField(
                label=project.title,
                required=False,
                widget=forms.CheckboxInput(
                    {"class": "form-check-input", "aria-label": project.title}
                ),
            )
            label = _("Bedrag voor %(title)s") % {"title": project.title}
            self.fields[f"bedrag-{project.reference}"] = MoneyFormField(
                label=label,
                required=False,
                min_value=Decimal("0.01"),
                initial=project.expected,
                widget=MoneyInput({"class": "form-control", "aria-label": label}),
                error_messages={"min_value": _("Vul een bedrag van meer dan nul in.")},
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Project, its box, its amount."""
        return [
            (project, self[f"kies-{project.reference}"], self[f"bedrag-{project.reference}"])
            for project in self.projects
        ]

    @property
    def picked(self) -> dict[str, Decimal]:
        """The amount per picked project, EUR; without an amount what it is expected to ask."""
        if not self.is_valid():
            return {}
        return {
            project.reference: self.cleaned_data[f"bedrag-{project.reference}"] or project.expected
            for project in self.projects
            if self.cleaned_data[f"kies-{project.reference}"]
        }
