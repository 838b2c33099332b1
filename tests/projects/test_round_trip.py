"""Whatever an applicant typed stands unchanged in the frozen text, and readable in its PDF.

Any form, any answers: through the pages and forms that people use, to the frozen version, to its
canonical JSON, and to the PDF of the whole proposal. What is promised:

- JSON: every answer exactly, apart from what the form says it does to a text (one kind of line end,
  no control characters, no white space around it).
- PDF: the frozen JSON itself is enclosed, byte for byte. On the pages every character stands there
  or is spelled out ("[U+1F9FF]"), in the order in which it was typed; only of texts written from
  right to left, or with accents that Unicode has not joined to a letter, the order is not compared,
  because it depends on who reads the PDF. White space is not compared: lines break.
"""

import json
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from accounts.roles import MemberRole
from calls.models import FormQuestion, FormSection, QuestionType, RequiredFrom
from documents.models import Job
from documents.printable import INVISIBLE, printable
from documents.services import request_document, run_job
from projects.content import canonical_text, fingerprint
from projects.models import Proposal, ProposalVersion
from projects.services.submission import DOSSIER_KIND
from tests.accounts.factories import MembershipFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import signed_in
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

# --- What people type ----------------------------------------------------------------------------

TELLING = [
    "“Slimme” riolering – 12 m³/s, 40 °C, € 5,–",
    "1 < 2 && 3 > 2; \\ '\" `{{ 7 * 7 }}` <script>alert(1)</script> {% now %}",
    '=HYPERLINK("x")',
    "tweede\r\nregel\n\n\nen nog een",
    "e\N{COMBINING ACUTE ACCENT}e\N{COMBINING ACUTE ACCENT}n A\N{COMBINING VERTICAL LINE BELOW}",
    "مرحبا بالعالم 123 שלום",
    "a\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe\N{POP DIRECTIONAL FORMATTING}b",
    "👩\N{ZERO WIDTH JOINER}👧 🏳\N{VARIATION SELECTOR-16} 🫠 😀",
    "Ελλάδα Україна Ĳsland İstanbul ﬁ ﬂ ½ ∑ → ☑",
    "日本語のテキスト",
    "zacht\N{SOFT HYPHEN}koppelteken\N{NO-BREAK SPACE}en\N{ZERO WIDTH SPACE}nul",
    "Rioolwaterzuiveringsinstallatie" * 9,
    "https://www.voorbeeld.test/" + "a" * 180,
]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WRITTEN = st.lists(
    st.one_of(st.sampled_from(TELLING), st.text(CHARACTERS, max_size=60)), max_size=3
).map(" ".join)
LINE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=40
).filter(lambda text: bool(text.strip()))


def kept(typed: str) -> str:
    """What is left of a text by the rules of the form."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


@dataclass(frozen=True)
class Given:
    """What is typed in a field (None: nothing is sent), and what must be kept of it."""

    typed: str | None
    kept: Any

    @property
    def says_something(self) -> bool:
        """An empty field does not, nor a box without a tick; "no" does."""
        return self.typed is not None and self.kept not in (None, "")


def dutch(value: Decimal, places: int | None = None) -> str:
    text = f"{value:,.{places}f}" if places is not None else f"{value:,f}"
    return text.translate(str.maketrans(",.", ".,"))


def numbers() -> st.SearchStrategy[Given]:
    values = st.decimals(-(10**12), 10**12, places=3)

    def plain(value: Decimal) -> str:
        text = f"{value:f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return values.flatmap(
        lambda v: st.sampled_from([dutch(v), dutch(v).replace(".", ""), f" {dutch(v)} "]).map(
            lambda typed: Given(typed, plain(v))
        )
    )


def amounts() -> st.SearchStrategy[Given]:
    return st.decimals(0, 10**9, places=2).flatmap(
        lambda v: st.sampled_from([dutch(v, 2), f"{v:.2f}", f"€ {dutch(v, 2)}"]).map(
            lambda typed: Given(typed, f"{v:.2f}")
        )
    )


def days() -> st.SearchStrategy[Given]:
    return st.dates(date(1900, 1, 1), date(2199, 12, 31)).flatmap(
        lambda day: st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]).map(
            lambda form: Given(day.strftime(form), day.isoformat())
        )
    )


def answers(kind: str, choices: list[str]) -> st.SearchStrategy[Given]:
    """An answer to a question or cell of this kind, or nothing."""
    match kind:
        case QuestionType.TEXT:
            return WRITTEN.map(lambda text: Given(text, kept(text)))
        case QuestionType.CHOICE:
            return st.sampled_from(["", *choices]).map(lambda one: Given(one, one))
        case QuestionType.YES_NO:
            typed = [Given("yes", True), Given("no", False), Given("", None)]
            return st.sampled_from(typed)
        case QuestionType.NUMBER:
            return numbers() | st.just(Given("", None))
        case QuestionType.MONEY:
            return amounts() | st.just(Given("", None))
        case QuestionType.DATE:
            return days() | st.just(Given("", None))
        case _:
            return st.sampled_from([Given("on", True), Given(None, False)])


# --- A form with its answers ---------------------------------------------------------------------

IN_CELLS = [
    QuestionType.TEXT,
    QuestionType.CHOICE,
    QuestionType.YES_NO,
    QuestionType.NUMBER,
    QuestionType.MONEY,
    QuestionType.DATE,
    QuestionType.DECLARATION,
]
CHOICES = st.lists(LINE.map(str.strip), min_size=2, max_size=4, unique=True)


@dataclass
class Asked:
    """A question as staff would make it, with what one applicant answers."""

    kind: str
    label: str
    choices: list[str] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    answer: Given = Given("", "")
    rows: list[list[Given]] = field(default_factory=list)

    def typed(self, name: str) -> dict[str, str]:
        """The fields that a browser sends for it."""
        if self.kind != QuestionType.TABLE:
            return {} if self.answer.typed is None else {name: sent(self.answer.typed)}
        fields = {f"{name}-TOTAL_FORMS": str(len(self.rows)), f"{name}-INITIAL_FORMS": "0"}
        for number, row in enumerate(self.rows):
            for column, cell in zip(self.columns, row, strict=True):
                if cell.typed is not None:
                    fields[f"{name}-{number}-{column['key']}"] = sent(cell.typed)
        return fields

    @property
    def kept(self) -> Any:
        """The canonical answer that must stand in the frozen text."""
        if self.kind != QuestionType.TABLE:
            return self.answer.kept
        keys = [column["key"] for column in self.columns]
        says = [row for row in self.rows if any(cell.says_something for cell in row)]
        return [dict(zip(keys, (cell.kept for cell in row), strict=True)) for row in says]


def sent(text: str) -> str:
    """As a browser sends a text: each line end as two characters."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


@st.composite
def tables(draw: st.DrawFn) -> Asked:
    kinds = draw(st.lists(st.sampled_from(IN_CELLS), min_size=1, max_size=5))
    columns = []
    for number, kind in enumerate(kinds):
        column = {"key": f"k{number}", "label": draw(LINE), "type": kind}
        columns.append(column | ({"choices": draw(CHOICES)} if kind == "choice" else {}))
    row = st.tuples(*(answers(c["type"], c.get("choices", [])) for c in columns)).map(list)
    rows = draw(st.lists(row, max_size=3))
    return Asked(QuestionType.TABLE, draw(LINE), columns=columns, rows=rows)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    kind = draw(st.sampled_from(IN_CELLS))
    choices = draw(CHOICES) if kind == QuestionType.CHOICE else []
    return Asked(kind, draw(LINE), choices, answer=draw(answers(kind, choices)))


FORMS = st.lists(questions() | tables(), min_size=1, max_size=6)


def everything_telling() -> list[Asked]:
    """All the texts of TELLING, in answers and in narrow cells."""
    texts = [Given(text, kept(text)) for text in TELLING]
    columns = [{"key": f"k{n}", "label": f"Kolom {n}", "type": "text"} for n in range(5)]
    rows = [[texts[(row + n) % len(texts)] for n in range(5)] for row in range(len(texts))]
    asked = [Asked(QuestionType.TEXT, f"Vraag {n}", answer=t) for n, t in enumerate(texts)]
    return [*asked, Asked(QuestionType.TABLE, "Alles", columns=columns, rows=rows)]


# --- The way through the portal ------------------------------------------------------------------


class Applicant:
    """Fills in one proposal by its pages, and hands it in."""

    def __init__(self, form: list[Asked], summary: str) -> None:
        self.form, self.summary = form, summary
        self.call = CallFactory(content=False)
        self.section = FormSection.objects.create(
            call=self.call, code="D", title="Vragen", kind="questions", position=2
        )
        FormSection.objects.create(
            call=self.call, code="A", title="Titel", kind="general", position=1
        )
        FormQuestion.objects.bulk_create(
            FormQuestion(
                section=self.section,
                key=f"vraag{number}",
                label=asked.label,
                type=asked.kind,
                required_from=RequiredFrom.NEVER,
                max_length=4000 if asked.kind == QuestionType.TEXT else None,
                choices=asked.choices,
                columns=asked.columns,
                position=number,
            )
            for number, asked in enumerate(form, 1)
        )
        self.proposal: Proposal = ProposalFactory(call=self.call)
        self.user = MembershipFactory(
            organisation=self.proposal.organisation, role=MemberRole.SUBMITTER
        ).user
        self.client: Client = signed_in(self.user)

    def hand_in(self) -> ProposalVersion:
        self._save(
            "A",
            {
                "title": "Slimme riolering",
                "summary": sent(self.summary),
                "contact_name": "An Peeters",
                "contact_email": "an@voorbeeld.test",
                "signatory_name": "Jan Maes",
                "signatory_function": "Directeur",
            },
        )
        fields: dict[str, str] = {}
        for number, asked in enumerate(self.form, 1):
            fields |= asked.typed(f"q_vraag{number}")
        self._save("D", fields)
        self.client.post(reverse("projects:submit", args=[self.proposal.reference]))
        return self.proposal.versions.get()

    def _save(self, code: str, fields: dict[str, str]) -> None:
        url = reverse("projects:section", args=[self.proposal.reference, code])
        version = self.client.get(url).context["form"]["version"].value()
        response = self.client.post(url, {**fields, "version": version})
        assert response.status_code == 302, errors_of(response)

    def answered(self, version: ProposalVersion) -> list[dict[str, Any]]:
        section = next(s for s in version.content["sections"] if s["code"] == "D")
        return list(section["items"])


def errors_of(response: Any) -> Any:
    form = response.context["form"]
    return form.errors, [table.errors for table in form.tables.values()]


def dossier(version: ProposalVersion) -> Path:
    """The PDF of the whole proposal, as the worker makes it."""
    job: Job = request_document(
        kind=DOSSIER_KIND,
        params={"version": version.pk},
        requested_by=version.submitted_by,
        about=version.proposal,
    )
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.file is not None, job.error
    return Path(job.file.path)


# --- Reading the PDF -----------------------------------------------------------------------------

TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""What pdftotext adds around text from right to left."""


def squashed(text: str) -> str:
    """Only what has a shape, in the one form of Unicode."""
    shapes = (c for c in text if not c.isspace() and c not in INVISIBLE | TURNS)
    return unicodedata.normalize("NFC", "".join(shapes))


def printed(path: Path) -> str:
    """The text between the running lines at the top and bottom of each page, in drawing order."""
    area = ["-x", "0", "-y", "62", "-W", "595", "-H", "712"]
    done = subprocess.run(
        ["pdftotext", "-raw", *area, path, "-"], capture_output=True, text=True, check=True
    )
    return squashed(done.stdout)


def depends_on_reader(text: str) -> bool:
    """Whether the order of the characters depends on who reads the PDF."""
    return any(
        unicodedata.bidirectional(c) in {"R", "AL", "AN"} or unicodedata.combining(c)
        for c in unicodedata.normalize("NFC", text)
    )


def texts_of(items: list[dict[str, Any]]) -> Iterator[str]:
    """What a reader must find of these questions, as the pages spell it."""
    for item in items:
        if item["type"] != QuestionType.TABLE:
            yield from (item["label"], item["text"])
        elif item["rows"]:
            yield item["label"]
            yield from (column["label"] for column in item["columns"])
            yield from (cell for row in item["rows"] for cell in row)


def missing_from(page: str, texts: list[str]) -> list[str]:
    """Which of these texts cannot be read there."""
    spelled = [squashed(printable(text)) for text in texts]
    lost = [text for text in spelled if not depends_on_reader(text) and text not in page]
    characters = Counter("".join(spelled)) - Counter(page)
    return [*lost, *map(repr, characters)]


def enclosed(path: Path) -> dict[str, bytes]:
    """The files inside a PDF, each said to be its source."""
    with pikepdf.open(path) as pdf:
        kinds = [str(one.AFRelationship) for one in pdf.Root.AF]
        assert kinds == ["/Source"] * len(pdf.attachments)
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


def assert_nothing_is_lost(form: list[Asked], summary: str) -> None:
    applicant = Applicant(form, summary)
    version = applicant.hand_in()

    answered = applicant.answered(version)
    assert [item["value"] for item in answered] == [asked.kept for asked in form]
    assert [item["label"] for item in answered] == [asked.label for asked in form]
    text = canonical_text(version.content)
    assert json.loads(text) == version.content
    assert version.sha256 == fingerprint(version.content) == sha256(text.encode()).hexdigest()

    path = dossier(version)
    name = f"{version.proposal.reference}-versie-1.json"
    assert enclosed(path) == {name: text.encode()}
    assert missing_from(printed(path), [kept(summary), *texts_of(answered)]) == []


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failing form is readable without shrinking it
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(form=FORMS, summary=WRITTEN.map(lambda text: kept(text)[:900] or "Kort."))
@example(form=everything_telling(), summary=TELLING[0])
def test_any_form_and_any_answers_come_through(form: list[Asked], summary: str) -> None:
    with transaction.atomic():
        assert_nothing_is_lost(form, summary)
        transaction.set_rollback(True)


def test_a_row_that_is_taller_than_a_page_is_not_cut_off() -> None:
    """Cells of the greatest length, side by side, without a space to break at."""
    columns = [{"key": f"k{n}", "label": f"Kolom {n}", "type": "text"} for n in range(6)]
    cells = ["".join(chr(65 + (n * 7 + place) % 26) for place in range(1000)) for n in range(6)]
    row = [Given(cell, cell) for cell in cells]
    form = [Asked(QuestionType.TABLE, "Breed", columns=columns, rows=[row, row])]
    applicant = Applicant(form, "Kort.")
    version = applicant.hand_in()
    page = printed(dossier(version))
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        typed = 2 * sum(cell.count(letter) for cell in cells)
        assert page.count(letter) >= typed, letter
