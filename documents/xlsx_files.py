"""A workbook as the answer to a request, for lists that are made in a moment.

What takes longer is a `SpreadsheetDocument`, which a worker makes.
"""

from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from django.http import FileResponse

from documents.spreadsheets import Workbook, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_response(workbook: Workbook, filename: str) -> FileResponse:
    """A download of the XLSX; nothing of it stays on the disk."""
    whole = TemporaryFile()  # noqa: SIM115 - the response closes it
    with TemporaryDirectory() as folder:
        target = Path(folder) / "workbook.xlsx"
        write_workbook(workbook, target, Path(folder))
        whole.write(target.read_bytes())
    whole.seek(0)
    response = FileResponse(whole, as_attachment=True, filename=filename, content_type=XLSX)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
