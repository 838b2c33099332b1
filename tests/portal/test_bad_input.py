"""Every form of applicants, of the public and of setting a call up, and what a clumsy hand types.

The forms are read from the pages, so a new form is tried without being named here. Expected of
each: no server error; a page that comes back says what is wrong, in Dutch, beside the field that
it is about; and what was typed still stands in that field.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import django
import pikepdf
import polib
import pytest
from django.conf import settings as project_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from pikepdf import Dictionary, Name, String

from accounts.roles import StaffRole
from calls.models import Call
from documents.models import StoredFile
from evaluations.models import ScoreUpload
from payments.models import BankFile
from projects.models import Proposal
from tests.documents.attacks import active_pdf
from tests.portal.walk import attempt, browser, links, signed_in, visit, what_went_wrong
from tests.portal.world import World

pytestmark = pytest.mark.django_db

LEFT_ALONE = {"/afmelden/", "/taal/setlang/"}
"""These would end the session or change the language of all that follows."""

NOT_FOR_PEOPLE = {"pages:design"}
"""The style page of developers."""

TRAPS = {"website"}
"""Fields that people do not see and robots fill in."""

# --- What is typed -------------------------------------------------------------------------------

TYPED = {
    "pasted from Word": "“Slimme” dijken –\N{NO-BREAK SPACE}nu\N{SOFT HYPHEN}tig… ‘ja’\v•\tpunt",
    "amount with a comma": "1.234,56",
    "amount with a point": "1234.56",
    "a thousand or one": "1.000",
    "day with slashes": "14/06/2027",
    "day with dashes": "14-06-2027",
    "day as computers write it": "2027-06-14",
    "a day that does not exist": "31/02/2027",
    "a day that does not exist either": "2027-02-31",
    "emoji": "🫠👩\N{ZERO WIDTH JOINER}👧",
    "right to left": "a\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
    "negative": "-5",
    "huge": "9" * 40,
    "long": "woord " * 2000,
    "zero byte": "a\0b",
}

WORDS_OF_NOTHING = {"zero byte"}
"""What a page cannot show again."""


def exe() -> bytes:
    return b"MZ\x90\0" + b"\0" * 200


def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def script_pdf() -> bytes:
    return active_pdf("/OpenAction", Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


@cache
def bomb() -> bytes:
    """A Word file of a quarter of a megabyte that unpacks to 250 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 250_000_000)
    return out.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a program": ("offerte.pdf", exe),
    "a bomb": ("offerte.docx", bomb),
    "locked": ("offerte.pdf", encrypted_pdf),
    "empty": ("offerte.pdf", lambda: b""),
    "a strange kind": ("macro.docm", exe),
}


# --- Reading a page ------------------------------------------------------------------------------

SHOWN = {"text", "search", "email", "tel", "url", "number", "date", "datetime-local", "textarea"}
CHOSEN = {"select", "radio"}
FILLERS = {
    "text": "Tekst",
    "textarea": "Tekst",
    "email": "an@voorbeeld.test",
    "date": "2027-06-14",
    "number": "5",
}


@dataclass
class Control:
    """A field of a form as the browser knows it."""

    name: str
    kind: str
    value: str = ""
    ident: str = ""
    described_by: list[str] = field(default_factory=list)
    is_invalid: bool = False


@dataclass
class Form:
    """A form that posts: where to, its fields, and the button that a person would press."""

    target: str
    controls: list[Control] = field(default_factory=list)
    button: tuple[str, str] | None = None

    def completed(self) -> dict[str, Any]:
        """What a browser would send of somebody who wrote something in each field."""
        return {
            c.name: c.value or FILLERS.get(c.kind, c.value)
            for c in self.controls
            if c.kind not in {"file", "radio"}
        } | self._pressed()

    def filled(self) -> dict[str, Any]:
        """What a browser would send now."""
        values = {c.name: c.value for c in self.controls if c.kind not in {"file", "radio"}}
        return values | self._pressed()

    def _pressed(self) -> dict[str, str]:
        return dict([self.button]) if self.button else {}


class Page(HTMLParser):
    """The forms of a page, and the text of each element that has an id."""

    VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "source", "wbr", "path", "use"})

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.forms, self.texts = url, [], {}
        self._form: Form | None = None
        self._open: list[tuple[str, str]] = []
        self._group: list[str] = []
        self._area: Control | None = None
        self._select: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = None
            if given.get("method", "").lower() == "post":
                self._form = Form(given.get("action") or self.url)
                self.forms.append(self._form)
        if ident := given.get("id"):
            self.texts.setdefault(ident, "")
        if tag == "fieldset":  # speaks for the choices in it
            self._group = given.get("aria-describedby", "").split()
        if tag not in self.VOID:
            self._open.append((tag, given.get("id", "")))
        if self._form is None:
            return
        name = given.get("name", "")
        if tag == "button" and self._form.button is None and name:
            self._form.button = (name, given.get("value", ""))
        if tag == "option" and self._select is not None:
            if "selected" in given:
                self._select.value = given.get("value", "")
            return
        is_field = tag in {"input", "textarea", "select"} and name not in {"", *TRAPS}
        if not is_field or "disabled" in given:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "checkbox" and "checked" not in given:
            return
        control = Control(
            name,
            kind,
            given.get("value", ""),
            given.get("id", ""),
            [*given.get("aria-describedby", "").split(), *self._group],
            given.get("aria-invalid") == "true",
        )
        self._form.controls.append(control)
        self._area = control if tag == "textarea" else None
        self._select = control if tag == "select" else None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        for _tag, ident in self._open:
            if ident:
                self.texts[ident] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "fieldset":
            self._group = []
        if tag == "textarea":
            if self._area is not None:
                self._area.value = self._area.value.removeprefix("\n")
            self._area = None
        if tag == "select":
            self._select = None
        while self._open and self._open.pop()[0] != tag:
            pass


def page_of(url: str, response: Any) -> Page | None:
    """The page, when it is one."""
    if response.status_code not in {200, 422} or response.streaming:
        return None
    if not response["Content-Type"].startswith("text/html"):
        return None
    return Page(url, response.content.decode())


@cache
def english() -> list[re.Pattern[str]]:
    """What Django says of a field when neither we nor its own Dutch say it."""
    catalogue = polib.pofile(
        str(Path(django.__file__).parent / "conf/locale/nl/LC_MESSAGES/django.po")
    )
    about_fields = [
        entry
        for entry in catalogue
        if len(entry.msgid) > 14
        and any(
            re.match(r"(core/validators|forms/|db/models|contrib/auth)", place.replace("\\", "/"))
            for place, _line in entry.occurrences
        )
    ]
    texts = {text for e in about_fields for text in (e.msgid, e.msgid_plural) if text}
    if not texts:  # the catalogue that Django ships names no files
        texts = {
            text
            for e in catalogue
            for text in (e.msgid, e.msgid_plural)
            if len(text) > 14 and text.endswith(".")
        }
    holes = re.compile(r"%\\\(\w+\\\)[sd]")
    return [re.compile(holes.sub(".+?", re.escape(text))) for text in sorted(texts)]


def english_in(texts: str) -> list[str]:
    return [found.group()[:60] for one in english() if (found := one.search(texts))]


def same(typed: str, shown: str) -> bool:
    """Line ends and white space at the ends may differ, and what has no form at all."""

    def plain(text: str) -> str:
        return re.sub(r"[\r\n\v]+", "\n", text).strip()

    return plain(typed) == plain(shown)


def faults_of(
    url: str, response: Any, sent: dict[str, Any], *, shows: bool = True
) -> Iterator[str]:
    """What is wrong with the answer to this post."""
    if response.status_code >= 500:
        yield what_went_wrong(response)
        return
    page = page_of(url, response)
    if page is None:
        return
    controls = [c for form in page.forms for c in form.controls]
    wrong = [c for c in controls if c.is_invalid]
    for control in wrong:
        said = [page.texts.get(ident, "").strip() for ident in control.described_by]
        if not any(said):
            yield f"{control.name}: invalid without a sentence"
        yield from (f"{control.name}: English: {text}" for text in english_in(" ".join(said)))
    for control in controls if shows else []:
        typed = sent.get(control.name)
        if isinstance(typed, str) and control.kind in SHOWN and not same(typed, control.value):
            yield f"{control.name}: {typed[:20]!r} became {control.value[:20]!r}"


# --- The walk ------------------------------------------------------------------------------------


def forms_seen_by(client: Client, world: World, who: str) -> Iterator[tuple[str, Form]]:
    """Each form once, with the name of its address."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for name, url in links(world):
        if (who == "team" and not name.startswith("calls:")) or name in NOT_FOR_PEOPLE:
            continue
        response = visit(client, url)
        page = page_of(url, response)
        for form in page.forms if page else []:
            key = (form.target, tuple(sorted({c.name for c in form.controls})))
            if form.target not in LEFT_ALONE and key not in seen:
                seen.add(key)
                yield name, form


def listed(faults: set[tuple[str, ...]]) -> str:
    return "\n".join(" | ".join(fault) for fault in sorted(faults))


def visitor(world: World, who: str) -> Client:
    if who == "nobody":
        return browser()
    return signed_in(world.staff[StaffRole.TEAM_MEMBER] if who == "team" else world.member)


@pytest.mark.parametrize("who", ["nobody", "member", "team"])
def test_what_is_typed_gets_a_sentence_and_stays(world: World, who: str) -> None:
    Call.objects.update(last_proposal_number=500)  # the factories number proposals themselves
    client, faults = visitor(world, who), set()
    for name, form in forms_seen_by(client, world, who):
        shown = [c.name for c in form.controls if c.kind in SHOWN]
        for what, text in TYPED.items() if shown else ():
            sent = form.filled() | dict.fromkeys(shown, text)
            response = attempt(client, form.target, sent)
            shows = what not in WORDS_OF_NOTHING
            found = faults_of(form.target, response, dict.fromkeys(shown, text), shows=shows)
            faults |= {(name, what, one) for one in found}
    assert not faults, listed(faults)


@pytest.mark.parametrize("who", ["nobody", "member", "team"])
def test_a_choice_that_is_not_there_gets_a_sentence(world: World, who: str) -> None:
    client, faults = visitor(world, who), set()
    for name, form in forms_seen_by(client, world, who):
        chosen = [c.name for c in form.controls if c.kind in CHOSEN]
        counts = [c.name for c in form.controls if c.name.endswith("_FORMS")]
        for changed in (dict.fromkeys(chosen, "nergens"), dict.fromkeys(counts)):
            sent = {k: v for k, v in (form.filled() | changed).items() if v is not None}
            if changed:
                response = attempt(client, form.target, sent)
                faults |= {(name, one) for one in faults_of(form.target, response, {})}
    assert not faults, listed(faults)


COMPARED = {"documents:control"}
"""Takes any file that is called a PDF, says whether it is the same one, and keeps nothing."""


@pytest.mark.parametrize("who", ["member", "team"])
def test_a_file_that_cannot_be_taken_gets_a_sentence_beside_its_field(
    world: World, who: str
) -> None:
    client, faults, tried = visitor(world, who), set(), 0
    for name, form in forms_seen_by(client, world, who):
        places = [c.name for c in form.controls if c.kind == "file" and name not in COMPARED]
        for what, (called, content) in FILES.items() if places else ():
            tried += 1
            files = {place: SimpleUploadedFile(called, content()) for place in places}
            response = attempt(client, form.target, form.completed() | files)
            faults |= {(name, what, one) for one in faults_of(form.target, response, {})}
            page = page_of(form.target, response)
            wrong = {c.name for f in page.forms for c in f.controls if c.is_invalid} if page else {}
            if not wrong & set(places) if page else True:
                faults.add((name, what, "no sentence beside the file"))
    assert not faults, listed(faults)
    assert tried


SURROGATES = b"%ED%A0%80 %F0%28%8C%28 %FF"
"""Bytes that are no text: half a sign, and what no encoding has."""


def test_bytes_that_are_no_text_are_no_server_error(world: World) -> None:
    client, faults = visitor(world, "member"), set()
    for name, form in forms_seen_by(client, world, "member"):
        fields = b"&".join(c.name.encode() + b"=" + SURROGATES for c in form.controls)
        response = client.generic(
            "POST", form.target, fields, content_type="application/x-www-form-urlencoded"
        )
        if response.status_code >= 500:
            faults.add((name, what_went_wrong(response)))
    assert not faults, listed(faults)


def test_nine_megabytes_of_text_come_back_with_a_sentence(world: World) -> None:
    draft: Proposal = world.draft
    url = reverse("projects:section", args=[draft.reference, "D"])
    client = visitor(world, "member")
    text = "woord " * 1_500_000
    response = attempt(client, url, {"q_probleem": text, "version": "0"})
    page = page_of(url, response)
    assert page is not None
    [wrong] = [c for form in page.forms for c in form.controls if c.is_invalid]
    assert wrong.name == "q_probleem"
    assert "te lang" in " ".join(page.texts[ident] for ident in wrong.described_by)
    assert same(wrong.value, text)


# --- A file that acts, at every entrance ---------------------------------------------------------

NOT_HERE = {
    *COMPARED,
    "funding:request_rule",  # asked by htmx from within such a form, without the file
    "funding:claim_new",  # no instalment can be claimed in this world: see tests/funding
}


def clients(world: World) -> list[Client]:
    roles = (StaffRole.PROGRAMME_MANAGER, StaffRole.TEAM_MEMBER, StaffRole.ADVISER)
    people = [world.member, world.partner_access.user, *(world.staff[role] for role in roles)]
    made = []
    for person in people:
        made.append(Client(raise_request_exception=False))
        made[-1].force_login(person)
    return made


def kept() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (StoredFile, BankFile, ScoreUpload))


def forms_with_files(client: Client, url: str) -> list[Any]:
    page = page_of(url, visit(client, url))
    forms = page.forms if page else []
    return [form for form in forms if any(one.kind == "file" for one in form.controls)]


def view_of(form: Any) -> str:
    return str(resolve(form.target.split("?")[0]).view_name)


def test_every_entrance_refuses_what_acts(world: World) -> None:
    before, faults, reached, people = kept(), set(), set(), clients(world)
    # That of scores stands on a page of its own, and attachments are one section of many.
    pages = project_settings.UPLOAD_VIEWS | {"evaluations:offline"}
    urls = [url for name, url in links(world) if name in pages]
    urls.append(reverse("projects:section", args=[world.draft.reference, "L"]))
    for url in urls:
        for client in people:
            found = [
                form
                for form in forms_with_files(client, url)
                if view_of(form) not in reached | NOT_HERE
            ]
            for form in found:
                reached.add(view_of(form))
                places = [one.name for one in form.controls if one.kind == "file"]
                sent: dict[str, Any] = form.completed()
                sent.pop("calculate", None)  # a button that saves nothing
                sent |= {one: SimpleUploadedFile("offerte.pdf", script_pdf()) for one in places}
                page = page_of(form.target, client.post(form.target, sent))
                back = [one for form in (page.forms if page else []) for one in form.controls]
                if not set(places) & {one.name for one in back if one.is_invalid}:
                    faults.add(view_of(form))
            if found:
                break
    assert faults == set()
    assert kept() == before
    assert reached == project_settings.UPLOAD_VIEWS - NOT_HERE
