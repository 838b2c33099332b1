"""The PDF: the whole of it as the worker makes it, or WeasyPrint alone on the same HTML."""

import gc
import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import django

django.setup()

from django.template.loader import render_to_string  # noqa: E402 - only after setup
from django.utils import translation  # noqa: E402

from benchmarks.report import YEAR  # noqa: E402
from documents import rendering  # noqa: E402
from documents.conformance import structural_faults  # noqa: E402
from reporting.documents import TEMPLATE, report_context  # noqa: E402
from reporting.yearly.building import build_yearly_report, default_cut_off  # noqa: E402

EMPTY_YEAR = 2009


def ours(target: Path) -> float:
    """From the database to the file; answers the processor seconds up to the HTML."""
    began = time.process_time()
    html = html_of_report(YEAR)
    took = time.process_time() - began
    rendering.html_to_pdf(html, target)
    return took


def html_of_report(year: int) -> str:
    with translation.override("nl"):
        made = build_yearly_report(year=year, cut_off=default_cut_off(year), generated_by="bench")
        return render_to_string(TEMPLATE, report_context(made))


def bare(html: str, target: Path) -> None:
    """WeasyPrint with the same style sheet, and no garbage collection while it works."""
    stylesheets, fonts = rendering._shared_style()
    gc.disable()
    page = rendering.HTML(
        string=html, base_url=rendering.BASE_URL, url_fetcher=rendering.StaticFilesFetcher()
    )
    document = page.render(font_config=fonts, stylesheets=stylesheets, pdf_variant="pdf/a-3a")
    document.write_pdf(str(target), pdf_variant="pdf/a-3a")
    gc.enable()
    del page, document
    gc.collect()  # the other half of the trick: what was left behind is cleared away at once


def main(way: str, number: str, folder: Path) -> None:
    warnings.simplefilter("ignore", ResourceWarning)
    # A worker has made documents before: fonts and templates are read.
    rendering.html_to_pdf("<html lang=nl><title>Warm</title><h1>Warm</h1>", folder / "warm.pdf")
    html_of_report(EMPTY_YEAR)
    html = (folder / "report.html").read_text()
    target = folder / f"{way}.pdf"
    gc.collect()
    began, processor = time.perf_counter(), time.process_time()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    until_html = 0.0
    if way == "ours":
        until_html = ours(target)
    else:
        bare(html, target)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures: dict[str, Any] = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "page_faults": used.ru_minflt - faults,
        "until_html": until_html,
        "memory": used.ru_maxrss / 1000,
    }
    if way == "ours":
        figures["faults"] = structural_faults(target)
    (folder / f"{way}-{number}.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
