"""The record of the portal, for those who watch over it: four lists, and each as a file."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import may_read_log
from audit import readings as read_words
from audit import selectors
from audit.describing import described, kinds
from audit.models import AuditEvent, Reading, Refusal
from audit.models.rows import Operation
from common import clock
from common.forms import DayField, PortalForm
from common.views import staff_required
from documents.csv_files import csv_response
from documents.provenance import provenance_sheet
from documents.spreadsheets import INTEGER, MOMENT, TEXT, Column, Sheet, Workbook
from documents.xlsx_files import xlsx_response
from projects.models import Proposal

PAGE_SIZE = 50
LARGEST_EXPORT = 20_000
"""Rows of one file; who wants more chooses a shorter period."""


class RecordForm(PortalForm):
    """Who and when: what every list is filtered on."""

    actor = forms.CharField(label=gettext_lazy("Door (naam of e-mailadres)"), required=False)
    since = DayField(label=gettext_lazy("Vanaf"), required=False)
    until = DayField(label=gettext_lazy("Tot en met"), required=False)

    @property
    def conditions(self) -> dict[str, Any]:
        """What the selectors ask for."""
        return dict(self.cleaned_data)

    @property
    def words(self) -> list[tuple[str, str]]:
        """The filters that are used, as they stand on the screen."""
        return [
            (str(field.label), str(self.cleaned_data[name]))
            for name, field in self.fields.items()
            if self.cleaned_data.get(name)
        ]


class AboutForm(RecordForm):
    """And about which thing: a dossier by its number, anything else by its kind and key."""

    kind = forms.ChoiceField(label=gettext_lazy("Soort"), required=False)
    key = forms.CharField(
        label=gettext_lazy("Dossiernummer of sleutel"), required=False, max_length=64
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("Alles")), *kinds()]

    @property
    def conditions(self) -> dict[str, Any]:
        conditions = super().conditions
        kind, key = conditions.pop("kind"), conditions.pop("key").strip()
        if key and kind in {"", "projects.proposal"}:
            found = Proposal.objects.filter(reference__iexact=key).values_list("pk").first()
            kind, key = ("projects.proposal", str(found[0])) if found else (kind, key)
        return {**conditions, "about": (kind, key) if kind or key else None}


class ActForm(AboutForm):
    action = forms.CharField(label=gettext_lazy("Handeling"), required=False)


class ChangeForm(AboutForm):
    operation = forms.ChoiceField(
        label=gettext_lazy("Wat"),
        required=False,
        choices=[("", gettext_lazy("Alles")), *Operation.choices],
    )


class RefusalForm(RecordForm):
    what = forms.CharField(label=gettext_lazy("Pagina, sleutel of reden"), required=False)


class ReadingForm(AboutForm):
    what = forms.ChoiceField(label=gettext_lazy("Wat"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [("", _("Alles")), *read_words.declared().items()]


@dataclass(frozen=True)
class Record:
    """One list of the record: how it is filtered, found, and written to a file."""

    label: Any
    form: type[RecordForm]
    find: Callable[..., QuerySet[Any]]
    columns: Sequence[Column]
    cells: Callable[[Any, Iterable[Any]], list[list[Any]]]


def _act_cells(_user: Any, events: Iterable[AuditEvent]) -> list[list[Any]]:
    return [
        [
            event.at,
            event.label,
            event.action,
            str(event.actor or _("het portaal")),
            event.content_type.name,
            event.object_id,
            event.source,
            event.target,
            event.comment,
        ]
        for event in events
    ]


def _change_cells(user: Any, changes: Iterable[Any]) -> list[list[Any]]:
    """One row per field that changed."""
    return [
        [
            one.change.at,
            one.kind,
            one.change.object_id,
            one.change.get_operation_display(),
            field.name,
            field.before,
            field.after,
            one.actor,
            one.change.via,
            one.why,
        ]
        for one in described(user, changes, longest=None)
        for field in one.fields
    ]


def _refusal_cells(_user: Any, refusals: Iterable[Refusal]) -> list[list[Any]]:
    return [
        [
            one.last_at,
            str(one.actor),
            one.what,
            one.method,
            one.keys,
            one.status,
            one.why,
            one.times,
        ]
        for one in refusals
    ]


def _reading_cells(_user: Any, readings: Iterable[Reading]) -> list[list[Any]]:
    words = read_words.declared()
    return [
        [
            one.at,
            str(one.reader),
            str(words.get(one.what, one.what)),
            one.content_type.name if one.content_type else "",
            one.object_id,
        ]
        for one in readings
    ]


_MOMENT = Column(gettext_lazy("Tijdstip"), MOMENT)
_BY = Column(gettext_lazy("Door"), TEXT)
_KIND, _KEY = Column(gettext_lazy("Soort"), TEXT), Column(gettext_lazy("Sleutel"), TEXT, width=12)
_WHY = Column(gettext_lazy("Waarom"), TEXT)

RECORDS: dict[str, Record] = {
    "handelingen": Record(
        label=gettext_lazy("Handelingen"),
        form=ActForm,
        find=selectors.log,
        columns=[
            _MOMENT,
            Column(gettext_lazy("Handeling")),
            Column(gettext_lazy("Code")),
            _BY,
            _KIND,
            _KEY,
            Column(gettext_lazy("Van")),
            Column(gettext_lazy("Naar")),
            Column(gettext_lazy("Toelichting")),
        ],
        cells=_act_cells,
    ),
    "wijzigingen": Record(
        label=gettext_lazy("Wijzigingen"),
        form=ChangeForm,
        find=selectors.row_changes,
        columns=[
            _MOMENT,
            _KIND,
            _KEY,
            Column(gettext_lazy("Wat")),
            Column(gettext_lazy("Veld")),
            Column(gettext_lazy("Van")),
            Column(gettext_lazy("Naar")),
            _BY,
            Column(gettext_lazy("Via")),
            _WHY,
        ],
        cells=_change_cells,
    ),
    "geweigerd": Record(
        label=gettext_lazy("Geweigerde pogingen"),
        form=RefusalForm,
        find=selectors.refusals,
        columns=[
            _MOMENT,
            _BY,
            Column(gettext_lazy("Pagina")),
            Column(gettext_lazy("Methode")),
            Column(gettext_lazy("Nummers in het adres")),
            Column(gettext_lazy("Antwoord"), INTEGER),
            _WHY,
            Column(gettext_lazy("Aantal keer"), INTEGER),
        ],
        cells=_refusal_cells,
    ),
    "inzages": Record(
        label=gettext_lazy("Inzages"),
        form=ReadingForm,
        find=selectors.readings,
        columns=[_MOMENT, _BY, Column(gettext_lazy("Wat")), _KIND, _KEY],
        cells=_reading_cells,
    ),
}
ACTS = "handelingen"


@staff_required
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """The acts, newest first."""
    return _list(request, ACTS)


@staff_required
@require_safe
def audit_record(request: HttpRequest, name: str) -> HttpResponse:
    """One of the other lists; a filter that cannot be read shows its error and no rows."""
    if name not in RECORDS or name == ACTS:
        raise Http404
    return _list(request, name)


@staff_required
@require_safe
def audit_export(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    """The list as it is filtered on the screen, all its pages, as CSV or XLSX."""
    may_read_log.check(request.user)
    if name not in RECORDS or extension not in {"csv", "xlsx"}:
        raise Http404
    record = RECORDS[name]
    form = record.form(request.GET)
    back = f"{_url(name)}?{request.GET.urlencode()}"
    if not form.is_valid():  # the page says what is wrong
        return redirect(back)
    found = list(record.find(request.user, **form.conditions)[: LARGEST_EXPORT + 1])
    if len(found) > LARGEST_EXPORT:
        messages.error(
            request,
            _("Een bestand bevat hoogstens 20.000 rijen. Kies een kortere periode."),
        )
        return redirect(back)
    read_words.note(request, "record")
    now = clock.now()
    cells = record.cells(request.user, found)
    sheet = Sheet(str(record.label), record.columns, cells)
    filename = f"logboek-{name}-{now:%Y-%m-%d}.{extension}"
    if extension == "csv":
        return csv_response(sheet, filename)
    about = _("Logboek: %(list)s") % {"list": record.label}
    origin = provenance_sheet(about=about, filters=form.words, by=request.user, at=now, rows=cells)
    return xlsx_response(Workbook(about, [sheet, origin]), filename)


def _list(request: HttpRequest, name: str) -> HttpResponse:
    may_read_log.check(request.user)
    record = RECORDS[name]
    form = record.form(request.GET)
    found = (
        record.find(request.user, **form.conditions)
        if form.is_valid()
        else record.find(request.user).none()
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows: Sequence[Any] = list(page.object_list)
    if name == "wijzigingen":
        rows = described(request.user, rows)
    words = read_words.declared()
    if name == "inzages":
        rows = [(one, words.get(one.what, one.what)) for one in rows]
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        f"dashboard/audit/{name}.html",
        {
            "form": form,
            "page": page,
            "rows": rows,
            "tabs": [
                {"label": other.label, "url": _url(key), "active": key == name}
                for key, other in RECORDS.items()
            ],
            "exports": [
                (extension, f"{reverse('dashboard:audit_export', args=[name, extension])}")
                for extension in ("xlsx", "csv")
            ],
            "query": query.urlencode(),
        },
    )


def _url(name: str) -> str:
    if name == ACTS:
        return reverse("dashboard:audit_log")
    return reverse("dashboard:audit_record", args=[name])
