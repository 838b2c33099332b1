"""The page beside its SQL and its template alone; the spreadsheet beside XlsxWriter alone."""

import gc
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

import xlsxwriter  # noqa: E402 - only after setup
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.db import connection  # noqa: E402
from django.template import loader  # noqa: E402
from django.test import Client, signals  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.roles import StaffRole  # noqa: E402
from benchmarks.deadline import HOST  # noqa: E402
from benchmarks.deadline.world import signed_in  # noqa: E402
from benchmarks.report import YEAR  # noqa: E402
from documents.spreadsheets import Kind, Link, Workbook, write_workbook  # noqa: E402
from reporting.documents import TEMPLATE, report_context  # noqa: E402
from reporting.yearly.building import (  # noqa: E402
    build_yearly_report,
    default_cut_off,
    report_sections,
)
from reporting.yearly.exports import content_hash, provenance, report_workbook  # noqa: E402

ROUNDS = 7


def seconds(*works: Callable[[], Any]) -> list[float]:
    """The quickest of some rounds of each, in turns, so that other work disturbs all alike."""
    for work in works:
        work()
    took: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            took[place].append(time.perf_counter() - began)
    return [min(each) for each in took]


def page(folder: Path) -> dict[str, Any]:
    manager = User.objects.get(email="manager@bench.invalid")
    manager.groups.add(Group.objects.get_or_create(name=StaffRole.PROGRAMME_MANAGER.value)[0])
    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(manager)
    url = reverse("reporting:report", args=[YEAR])

    def get() -> Any:
        answer = client.get(url, secure=True)
        if answer.status_code != 200:
            raise SystemExit(f"{url}: {answer.status_code}")
        return answer

    # Copying contexts for tests is no part of answering.
    signals.template_rendered.receivers = []
    gc.collect()
    gc.freeze()  # as in a server that has answered before: what is loaded is not gone through again
    with CaptureQueriesContext(connection) as captured:
        answer = get()
    statements = [query["sql"] for query in captured.captured_queries]
    reads = [sql for sql in statements if sql.lstrip().upper().startswith("SELECT")]

    def sql_alone() -> None:
        with connection.cursor() as cursor:
            for sql in reads:
                cursor.execute(sql.replace("%", "%%"), [])
                cursor.fetchall()

    made = build_yearly_report(year=YEAR, cut_off=default_cut_off(YEAR), generated_by="bench")
    template, context = page_template(made, answer)
    whole, sql, alone, build = seconds(
        get,
        sql_alone,
        lambda: template.render(context, answer.wsgi_request),
        lambda: build_yearly_report(year=YEAR, cut_off=default_cut_off(YEAR), generated_by="bench"),
    )
    return {
        "page": whole,
        "queries": len(statements),
        "sql": sql,
        "template": alone,
        "bytes": len(answer.content),
        "build": build,
    }


def page_template(made: Any, answer: Any) -> tuple[Any, dict[str, Any]]:
    """The template of the page with what it shows, all of it worked out beforehand."""
    from funding.models import BudgetYear
    from reporting.views.yearly import CutOffForm

    return loader.get_template("reporting/yearly/detail.html"), {
        "report": made,
        "sections": report_sections(made),
        "provenance": provenance(made, content_hash(made)),
        "may_make_edition": True,
        "form": CutOffForm(None),
        "stand": None,
        "years": list(BudgetYear.objects.values_list("year", flat=True)),
    }


def sheets(folder: Path) -> dict[str, Any]:
    made = build_yearly_report(year=YEAR, cut_off=default_cut_off(YEAR), generated_by="bench")
    workbook = report_workbook(made)
    rows = sum(len(list(sheet.rows)) for sheet in workbook.sheets)
    ours, bare = seconds(
        lambda: write_workbook(workbook, folder / "ours.xlsx", folder),
        lambda: bare_workbook(workbook, folder),
    )
    return {"rows": rows, "ours": ours, "bare": bare}


def bare_workbook(workbook: Workbook, folder: Path) -> None:
    """The same values through XlsxWriter as its own documentation writes them."""
    book = xlsxwriter.Workbook(
        str(folder / "bare.xlsx"), {"constant_memory": True, "tmpdir": str(folder)}
    )
    for number, sheet in enumerate(workbook.sheets):
        target = book.add_worksheet(f"Blad {number}")
        target.write_row(0, 0, [str(column.label) for column in sheet.columns])
        for place, row in enumerate(sheet.rows, 1):
            for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                if column.formula and value is not None:
                    target.write_formula(place, index, "=A1", None, float(value))
                elif isinstance(value, Link):
                    target.write_number(place, index, float(value.value))
                elif isinstance(value, int | Decimal):
                    target.write_number(place, index, float(value))
                elif column.kind is Kind.DATE and value:
                    target.write_datetime(place, index, value)
                elif value is not None:
                    target.write_string(place, index, str(value))
    book.close()


def main(folder: Path) -> None:
    with translation.override("nl"):
        made = build_yearly_report(year=YEAR, cut_off=default_cut_off(YEAR), generated_by="bench")
        html = loader.get_template(TEMPLATE).render(report_context(made))
        (folder / "report.html").write_text(html)
        figures = {**page(folder), "sheets": sheets(folder)}
    (folder / "page.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
