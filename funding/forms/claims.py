"""Forms of claims: asking, checking, rejecting, paying."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.moments import today
from common.money import ZERO, MoneyFormField
from documents.upload_fields import LaterCheckedField
from documents.uploads import ALLOWED_LABEL
from funding.models import ClaimLine
from funding.services.claims import MAX_LINES, CostLine, LineCheck


class ClaimFilterForm(PortalForm):
    """The list of claims."""

    q = forms.CharField(label=_("Project, organisatie of vastlegging"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Alle")),
            ("claimed", _("Te controleren")),
            ("checked", _("Goed te keuren")),
            ("approved", _("Te betalen")),
            ("paid", _("Betaald")),
            ("rejected", _("Afgewezen")),
        ],
    )


class ClaimForm(PortalForm):
    """A claim by the beneficiary; its costs are a `CostRows` beside it."""

    amount = MoneyFormField(label=_("Gevraagd bedrag"))
    statement = forms.CharField(
        label=_("Verantwoording"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Leg uit welke kosten u maakte en hoe de voorwaarde is vervuld."),
    )


class ManyFilesInput(forms.FileInput):
    """Chooses several files at once."""

    allow_multiple_selected = True


class EvidenceField(LaterCheckedField):
    """Several files; the view keeps them one by one, each with its own refusal."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: object) -> None:
        super().__init__(required=False, **kwargs)
        self.help_text = _("U mag meer dan één bestand kiezen. Toegelaten: %(allowed)s.") % {
            "allowed": ALLOWED_LABEL
        }

    def clean(self, data: object, initial: object = None) -> object:
        return data


class EvidenceForm(PortalForm):
    """Files that prove the claim as a whole."""

    proofs = EvidenceField(label=_("Bewijsstukken bij de hele schuldvordering"))


class CostForm(PortalForm):
    """One cost, as on its invoice."""

    use_required_attribute = False

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    description = forms.CharField(label=_("Omschrijving"), max_length=300)
    supplier = forms.CharField(label=_("Leverancier"), max_length=200)
    invoice_number = forms.CharField(label=_("Factuurnummer"), max_length=60)
    invoiced_on = DayField(label=_("Factuurdatum"))
    amount = MoneyFormField(
        label=_("Bedrag zonder btw"),
        min_value=Decimal("0.01"),
        error_messages={"min_value": _("Vul een bedrag van meer dan nul in.")},
    )
    vat = MoneyFormField(
        label=_("Btw"),
        required=False,
        min_value=Decimal(0),
        error_messages={"min_value": _("Een bedrag is niet negatief.")},
        help_text=_("Alleen btw die u niet kunt terugvorderen."),
    )
    proofs = EvidenceField(label=_("Bewijsstukken bij deze kost"))

    def __init__(self, *args: object, vat_counts: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not vat_counts:
            del self.fields["vat"]

    def clean_invoiced_on(self) -> date:
        day: date = self.cleaned_data["invoiced_on"]
        if day > today():
            raise forms.ValidationError(_("Een factuur kan geen datum in de toekomst hebben."))
        return day

    def as_line(self) -> CostLine:
        """The cost of a valid row."""
        data = self.cleaned_data
        return CostLine(
            description=data["description"],
            supplier=data["supplier"],
            invoice_number=data["invoice_number"],
            invoiced_on=data["invoiced_on"],
            amount=data["amount"],
            vat=data.get("vat") or ZERO,
            row=data["key"],
        )


COST_TEXTS = ("description", "supplier", "invoice_number", "invoiced_on", "amount", "vat")
_KEY = re.compile(r"^[0-9a-f]{12}$")


def new_row() -> dict[str, str]:
    """An empty row with a key of its own, on which its files hang."""
    return {"key": secrets.token_hex(6)}


def posted_content(data: Any) -> dict[str, Any]:
    """Everything that was typed in a claim, as typed: what a draft keeps."""
    total = str(data.get("rows-TOTAL_FORMS", ""))
    count = min(int(total), MAX_LINES) if total.isdecimal() and len(total) < 5 else 0
    rows: list[dict[str, str]] = []
    seen: set[str] = set()
    for number in range(count):
        row = {name: _text(data.get(f"rows-{number}-{name}", "")) for name in COST_TEXTS}
        key = str(data.get(f"rows-{number}-key", ""))
        row["key"] = key if _KEY.match(key) and key not in seen else new_row()["key"]
        seen.add(row["key"])
        rows.append(row)
    return {
        "amount": _text(data.get("amount", "")),
        "statement": _text(data.get("statement", "")),
        "rows": rows,
    }


def _text(typed: object) -> str:
    """What PostgreSQL can keep: no NUL; far more than any field takes is cut off."""
    return str(typed).replace("\0", "")[:20_000]


class CostRows:
    """The costs on the page of a claim; a row in which nothing is typed does not count."""

    def __init__(
        self, rows: Sequence[Mapping[str, str]], *, vat_counts: bool, is_bound: bool
    ) -> None:
        self.kept = [
            CostForm(
                {f"rows-{n}-{name}": text for name, text in row.items()} if is_bound else None,
                prefix=f"rows-{n}",
                initial=dict(row),
                vat_counts=vat_counts,
            )
            for n, row in enumerate(rows)
        ]
        self._blank = [not any(row.get(name, "").strip() for name in COST_TEXTS) for row in rows]

    @staticmethod
    def non_form_errors() -> list[str]:
        return []

    @property
    def total(self) -> int:
        return len(self.kept)

    def told(self) -> list[CostForm]:
        """The rows that say something."""
        return [form for form, blank in zip(self.kept, self._blank, strict=True) if not blank]

    def is_valid(self) -> bool:
        """Whether each row that says something can be read; an empty one shows no errors."""
        for form, blank in zip(self.kept, self._blank, strict=True):
            if blank:
                form.is_bound = False
        # Of each row, so that all errors show at once.
        return {form.is_valid() for form in self.told()} <= {True}


class CheckForm(PortalForm):
    """What of a claim is accepted."""

    accepted_amount = MoneyFormField(label=_("Aanvaard bedrag"))
    note = forms.CharField(
        label=_("Bevindingen"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Nodig als u minder aanvaardt dan gevraagd. De begunstigde leest deze tekst dan ook; "
            "aanvaardt u het hele bedrag, dan blijft ze intern."
        ),
    )


class LineCheckForm(PortalForm):
    """What is accepted of each cost of a claim; the accepted amount follows."""

    note = forms.CharField(
        label=_("Bevindingen"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Over de hele schuldvordering."),
    )

    def __init__(self, *args: Any, lines: Sequence[ClaimLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            named = {"number": line.number}
            self.fields[f"accepted_{line.pk}"] = MoneyFormField(
                label=_("Aanvaard van kost %(number)s") % named,
                initial=line.eligible,
                min_value=ZERO,
                error_messages={"min_value": _("Een bedrag is niet negatief.")},
                help_text=_("Nul: u wijst deze kost af."),
            )
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=_("Reden bij kost %(number)s") % named,
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Nodig als u minder aanvaardt. De begunstigde leest deze tekst."),
            )

    def parts(self) -> list[tuple[ClaimLine, Any, Any]]:
        """Each cost with its two boxes."""
        return [
            (line, self[f"accepted_{line.pk}"], self[f"reason_{line.pk}"]) for line in self.lines
        ]

    def checks(self) -> list[LineCheck]:
        """What the checker says of each cost, of a valid form."""
        data = self.cleaned_data
        return [
            LineCheck(line.pk, data[f"accepted_{line.pk}"], data[f"reason_{line.pk}"])
            for line in self.lines
        ]


class RecheckForm(PortalForm):
    """Why a check is taken back."""

    reason = forms.CharField(
        label=_("Reden"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RejectForm(PortalForm):
    """Why a claim is sent back."""

    reason = forms.CharField(
        label=_("Reden van afwijzing"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("De begunstigde leest deze tekst en kan daarna opnieuw aanvragen."),
    )


class PayForm(PortalForm):
    """That a claim was paid."""

    paid_on = DayField(
        label=_("Betaald op"), help_text=_("De betaling gebruikt het VEK van dat jaar.")
    )
    reference = forms.CharField(label=_("Kenmerk van de betaling"), required=False, max_length=60)


class ReturnForm(PortalForm):
    """A payment that the bank sent back."""

    on = DayField(label=_("Teruggekeerd op"))
    reason = forms.CharField(
        label=_("Reden"),
        max_length=300,
        help_text=_("Zoals de bank het meldt, bijvoorbeeld: rekening afgesloten."),
    )
