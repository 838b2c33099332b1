"""Reading what people filled in in a spreadsheet: values only, and never more than fits."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from common.formatting import format_size
from documents import conf
from documents.uploads import check_upload, extension_of, unpacked_size

MAX_ROWS = 20_000
MAX_COLUMNS = 60


@dataclass(frozen=True)
class ReadRow:
    """One row: its number as the person sees it, and its values; a formula is not worked out."""

    number: int
    values: tuple[Any, ...]
    formulas: frozenset[int] = frozenset()
    """Places of the cells that hold a formula."""

    @property
    def is_empty(self) -> bool:
        return all(value is None or value == "" for value in self.values)


def read_workbook(uploaded: File) -> dict[str, list[ReadRow]]:
    """The rows of each sheet that are not empty, by the name of the sheet.

    Raises:
        ValidationError: with a sentence, when it is no spreadsheet, too big, or can't be read.
    """
    if extension_of(uploaded.name or "") != "xlsx":
        raise ValidationError(
            _("Kies een rekenblad van het type .xlsx (Excel of LibreOffice)."), code="type"
        )
    _refuse_big(uploaded)
    check_upload(uploaded)
    uploaded.seek(0)
    try:
        # read_only: the rows come one by one, and no style, picture or drawing is read.
        book = openpyxl.load_workbook(_stream(uploaded), read_only=True, keep_links=False)
        try:
            return {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
        finally:
            book.close()
    except ValidationError:
        raise
    except Exception as error:  # a damaged file, or one made to harm, fails in many ways
        raise ValidationError(
            _("Dit rekenblad kan niet gelezen worden. Open het en sla het opnieuw op als .xlsx."),
            code="unreadable",
        ) from error


def _refuse_big(uploaded: File) -> None:
    """Before anything is read of it."""
    limit = conf.max_workbook_bytes()
    if (uploaded.size or 0) > limit:
        raise ValidationError(
            _("Dit rekenblad is te groot. Het mag hoogstens %(limit)s zijn.")
            % {"limit": format_size(limit)},
            code="size",
        )
    uploaded.seek(0)
    try:
        with zipfile.ZipFile(_stream(uploaded)) as archive:
            limit = conf.max_unpacked_workbook_bytes()
            bomb = unpacked_size(archive, limit) > limit
    except Exception:  # no zip at all: `check_upload` says so
        return
    if bomb:
        raise ValidationError(
            _("Dit rekenblad is uitgepakt te groot. Gebruik het rekenblad van het portaal."),
            code="bomb",
        )


def _rows(sheet: Any) -> Iterator[ReadRow]:
    cells = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
    for number, row in enumerate(cells, 1):
        values = [cell.value for cell in row]
        while values and values[-1] is None:
            values.pop()
        read = ReadRow(
            number,
            tuple(values),
            frozenset(place for place, cell in enumerate(row) if cell.data_type == "f"),
        )
        if read.is_empty:
            continue
        if number > MAX_ROWS:
            raise ValidationError(
                _("Het blad “%(name)s” heeft meer dan %(count)s rijen.")
                % {"name": sheet.title, "count": MAX_ROWS},
                code="rows",
            )
        yield read


def _stream(uploaded: File) -> Any:
    return getattr(uploaded, "file", None) or uploaded
