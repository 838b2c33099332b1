"""Every form of the portal, fed with whatever hypothesis makes up.

Somebody opens each address once. That says which forms there are, with the things that they are
about, and what answers JSON. Then each form is fed: nonsense, the ends of what a field can hold,
foreign numbers, fields that are missing or come twice. Expected: never an exception; every refusal
is a sentence in Dutch; what was typed still stands in the form. What could be right is posted to
the page, so that the services behind it meet it too. A form that nobody fed fails.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from urllib.parse import urlencode

import lxml.html
import pytest
from django import forms
from django.apps import apps
from django.conf import settings as portal_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse
from django.utils.datastructures import MultiValueDict
from django_filters.filterset import BaseFilterSet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import StaffRole
from calls.forms import QuestionForm
from evaluations.forms.assessing import ConsensusForm
from evaluations.forms.completeness import CompletenessForm, CorrectionForm, targets
from evaluations.selectors.checking import points_to_check
from funding.forms.claims import CostForm
from funding.forms.committee import AgendaRequestForm, ItemDecisionForm
from funding.models import CofinancingRequest
from reporting.views.open_data import DESCRIPTION
from tests.funding.factories import upload
from tests.portal.test_bad_input import english_in
from tests.portal.walk import ENGLISH, browser, kind_of, what_went_wrong
from tests.portal.world import Address, World, all_addresses

pytestmark = pytest.mark.django_db

few = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
twice = settings(few, max_examples=2)

# --- What is typed -------------------------------------------------------------------------------

NONSENSE = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "a\N{RIGHT-TO-LEFT OVERRIDE}b",
        "🫠👩\u200d👧",
        "²",
        "٣",
        "½",
    ),
    *("on", "null", "True", "[]", "{}", "-", ".", ",", "0", "-5", "007", "1_000", "0x10", "1 000"),
    *("9" * 40, "9" * 5000, "1e999", "1E-400", "1e5", "-0", "0.005", "1.000", "1.234.567,891"),
    *("NaN", "sNaN", "Infinity", "-inf", "€ 5", "2147483648", "9223372036854775808"),
    *("31/02/2027", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "14/06/27"),
    *("2027-06-14T25:61", "9999-12-31T23:59", "0001-01-01T00:00", "2027-03-28T02:30"),
    *(
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "' OR 1=1 --",
        "%s%n%(a)s {0} {{ a }}",
        "a\r\nb",
    ),
    *("an@voorbeeld.test\r\nBcc: x@y.be", "an@" + "a" * 300 + ".be", "http://[::1", "x" * 100_000),
    *("00000000-0000-0000-0000-000000000000", "BE00 0000 0000 0000", "0000.000.000", "..\\..\\a"),
]

FILES: list[Callable[[], SimpleUploadedFile]] = [
    lambda: SimpleUploadedFile("leeg.pdf", b""),
    lambda: SimpleUploadedFile("..\\map/é\n.pdf", b"MZ\x90\0" * 50, "application/pdf"),
    lambda: SimpleUploadedFile("x" * 300 + ".csv", b'\xff\xfe;\0;;\r\n"' * 20, "text/csv"),
    lambda: SimpleUploadedFile("cijfers.xlsx", b"PK\x03\x04" + b"\0" * 100),
    lambda: SimpleUploadedFile("\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", b"%PDF-1.7\n%%EOF"),
]

typed = st.one_of(
    st.sampled_from(NONSENSE),
    st.text(max_size=12),
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals(places=2, allow_nan=False, allow_infinity=False).map(str),
    st.dates().map(str),
)


def likely(one: forms.Field) -> list[str]:
    """What could be right in this field, up to the ends of what it can hold."""
    if isinstance(one, forms.ModelChoiceField):
        name = one.to_field_name or "pk"
        return [str(getattr(row, name)) for row in one.queryset.all()[:3]]  # type: ignore[union-attr]
    if isinstance(one, forms.ChoiceField):
        return [str(value) for value, _label in flat(one.choices) if value not in {"", None}][:4]
    if isinstance(one, forms.DateField):
        return ["1900-01-01", "2026-12-31", "2199-12-31"]
    if isinstance(one, forms.DateTimeField):
        return ["1900-01-01T00:00", "2026-10-25T02:30", "2199-12-31T23:59"]
    if isinstance(one, forms.BooleanField):
        return ["on"]
    if isinstance(one, forms.EmailField):
        return ["an@voorbeeld.test"]
    if isinstance(one, forms.IntegerField | forms.DecimalField | forms.FloatField):
        return ["1", "100", "99999999999,99"]
    longest = getattr(one, "max_length", None) or getattr(one, "limit", None) or 4000
    return ["Een zin.", ("é🫠" * longest)[:longest]]


def flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


# --- Which forms there are -----------------------------------------------------------------------


@cache
def all_forms() -> list[type[Any]]:
    """Each class of a form, a set of forms or a filter in our rooms."""
    found: dict[type[Any], None] = {}
    base = str(portal_settings.BASE_DIR)
    rooms = [one.name for one in apps.get_app_configs() if str(Path(one.path).parent) == base]
    for room in rooms:
        package = import_module(room)
        names = (one.name for one in walk_packages(package.__path__, f"{room}."))
        for name in names:
            if re.search(r"\.(migrations|management|tasks)\b", name):
                continue
            for thing in vars(import_module(name)).values():
                if inspect.isclass(thing) and issubclass(
                    thing, BaseForm | BaseFormSet | BaseFilterSet
                ):
                    is_set = issubclass(thing, BaseFormSet) and thing is not BaseFormSet
                    if thing.__module__.partition(".")[0] in rooms or is_set:
                        found[thing] = None
    return [one for one in found if not one.__module__.startswith("django_filters")]


@dataclass
class Made:
    """A form as a page made it: its class, and what it is about."""

    kind: type[Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def again(self, data: Any, files: Any) -> Any:
        """The same form with this typed in it."""
        kwargs = dict(self.kwargs)
        if "instance" in kwargs:
            kwargs["instance"] = copy(kwargs["instance"])
        kwargs.pop("data", None)
        kwargs.pop("files", None)
        known = list(inspect.signature(self.kind).parameters.values())
        names = [one.name for one in known]
        takes_more = any(one.kind == one.VAR_POSITIONAL for one in known)
        if takes_more or "files" in names:
            kwargs["files"] = files
        # What stands before the data, by its place.
        first = "data" if "data" in names else "args"
        before = self.args[: names.index(first)] if first in names else ()
        return self.kind(*before, data=data, **kwargs)


@dataclass
class Sent:
    """A form in a page: who sees it, where it goes, and its controls."""

    client: Client
    target: str
    controls: list[Any]


@dataclass
class Look:
    """What was seen on the way past all addresses."""

    made: dict[type[Any], Made] = field(default_factory=dict)
    sent: dict[Any, Sent] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)
    faults: set[tuple[str, str]] = field(default_factory=set)
    """What became of posting what could be right."""
    done: set[str] = field(default_factory=set)
    """Names of the addresses where it was done."""

    def keep(self, form: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        ours = next(one for one in type(form).__mro__ if one in KNOWN)
        self.made.setdefault(ours, Made(type(form), args, kwargs))


KNOWN = set(all_forms())
ANYBODY = [StaffRole.TEAM_MEMBER, StaffRole.ADVISER, StaffRole.PROJECT_LEADER]
ORDER: dict[str, list[str]] = {
    "staff": [StaffRole.PROGRAMME_MANAGER, *ANYBODY, StaffRole.ADMINISTRATOR],
    "public": ["nobody", "member", *ANYBODY],
}
"""Who tries to open an address, by its kind, else a member first; the first who may."""
LEFT_ALONE = {"/afmelden/", "/taal/setlang/"}
"""These would end the session or change the language of all that follows."""


@pytest.fixture(scope="module")
def look(world: World) -> Look:
    """Opens each address once, as the first of these people who may."""
    seen = Look()
    clients = {
        "nobody": browser(),
        **{
            who: signed_in(person)
            for who, person in {"member": world.member, **world.staff}.items()
        },
    }
    with noticed(seen):
        for address, url in with_each_section(world):
            response: Any = None
            for who in ORDER.get(kind_of(address), ["member", *ANYBODY]):
                response = clients[who].get(url)
                if response.status_code in {200, 405}:
                    break
            if "json" in response.headers.get("Content-Type", ""):
                seen.json.add(f"/{address.route}")
            if response.streaming:
                b"".join(response.streaming_content)
            elif response.status_code == 200 and b"<form" in response.content:
                keep_forms(seen, clients[who], url, response.content)
        for (name, _names), sent in seen.sent.items():
            post(name, sent, seen)
    return seen


def with_each_section(world: World) -> Iterator[tuple[Address, str]]:
    """Every address, and that of a section for every section of the form."""
    for address in all_addresses():
        if address.name == "projects:section":
            for code in world.call.sections.values_list("code", flat=True):
                yield address, reverse(address.name, args=[world.draft.reference, code])
        else:
            yield address, address.url(world)


def signed_in(person: User) -> Client:
    client = browser()
    client.force_login(person)
    return client


class noticed:  # noqa: N801 - used as a function
    """While this lasts each form that is made is kept, with what it was made of."""

    def __init__(self, seen: Look) -> None:
        self._seen = seen
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> None:
        for kind in KNOWN:
            self._patch.setattr(kind, "__init__", self._noticing(kind, kind.__init__))

    def _noticing(self, kind: type[Any], original: Any) -> Any:
        def init(form: Any, *args: Any, **kwargs: Any) -> None:
            if next(one for one in type(form).__mro__ if one in KNOWN) is kind:
                self._seen.keep(form, args, kwargs)
            original(form, *args, **kwargs)

        return init

    def __exit__(self, *_why: object) -> None:
        self._patch.undo()


def keep_forms(seen: Look, client: Client, url: str, page: bytes) -> None:
    for form in lxml.html.fromstring(page).forms:
        target = form.action or url
        path = target.partition("?")[0]
        if form.method == "POST" and path not in LEFT_ALONE:
            controls = [one for one in form.iter(*CONTROLS) if one.get("name")]
            key = resolve(path).view_name, frozenset(one.get("name") for one in controls)
            seen.sent.setdefault(key, Sent(client, target, controls))


CONTROLS = ("input", "textarea", "select", "button")

# --- Feeding -------------------------------------------------------------------------------------

Faults = set[tuple[str, str]]
Box = tuple[str, forms.Field | None]


def sets_in(form: Any) -> list[BaseFormSet]:
    """The tables that a form carries with it."""
    held = vars(form).values()
    inside = [one for thing in held if isinstance(thing, dict) for one in thing.values()]
    return [one for one in [*held, *inside] if isinstance(one, BaseFormSet)]


def boxes_of(form: Any) -> list[Box]:
    """Everything that can be typed in, by its name."""
    if isinstance(form, BaseFilterSet):
        return boxes_of(form.form)
    if isinstance(form, BaseFormSet):
        rows = [
            (name.replace("__prefix__", str(number)), one)
            for number in range(2)
            for name, one in boxes_of(form.empty_form)
        ]
        counts = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
        return [*((f"{form.prefix}-{name}", None) for name in counts), *rows]
    own: list[Box] = []
    for name, one in form.fields.items():
        parts = getattr(one.widget, "widgets_names", [""])
        own += [(form.add_prefix(name) + part, one) for part in parts]
    return own + [box for table in sets_in(form) for box in boxes_of(table)]


def one_box(box: forms.Field | None) -> st.SearchStrategy[Any]:
    """Nothing, something, or two things for one name."""
    if isinstance(box, forms.FileField):
        return st.sampled_from([None, *FILES])
    fits = st.sampled_from((likely(box) if box else ["1", "2", "0"]) or [""])
    return st.one_of(
        fits.map(lambda value: [value]),
        typed.map(lambda value: [value]),
        st.lists(st.one_of(typed, fits), min_size=2, max_size=2),
        fits.map(lambda value: [value]),
        st.just([]),
    )


# --- Posting -------------------------------------------------------------------------------------


def values_of(control: Any) -> list[str]:
    """What a person could choose or write here, the most likely first."""
    now, kind = control.get("value") or "", control.get("type")
    if control.tag == "select":
        chosen = control.value
        options = [one for one in control.value_options if one]
        return [*([chosen] if isinstance(chosen, str) and chosen else []), *options[:4]] or [""]
    if kind in {"hidden", "radio", "checkbox"} or control.tag == "button":
        return [now or "on"]
    if kind == "date":
        return [now or "2026-12-31", "2199-12-31", "1900-01-01"]
    if kind == "datetime-local":
        return [now or "2026-12-31T10:00", "2199-12-31T23:59"]
    if kind == "number" or control.get("inputmode") in {"decimal", "numeric"}:
        return [now or "1", control.get("max") or "99999999999,99", control.get("min") or "0"]
    if kind == "email":
        return [now or "an@voorbeeld.test"]
    longest = int(control.get("maxlength") or control.get("data-maxlength") or 3000)
    return [now or (control.text or "").strip() or "Een zin.", ("é🫠" * longest)[:longest]]


def post(name: str, sent: Sent, seen: Look) -> None:
    """A form is sent twice with what could be right; what it changed is undone."""
    groups: dict[str, list[Any]] = {}
    for control in sent.controls:
        groups.setdefault(control.get("name"), []).append(control)
    files = {key for key, group in groups.items() if group[0].get("type") == "file"}
    ways = {
        key: st.sampled_from([value for one in group for value in values_of(one)])
        for key, group in groups.items()
        if key not in files
    }

    @twice
    @given(st.fixed_dictionaries(ways))
    def once(data: dict[str, Any]) -> None:
        attached = {key: upload("bijlage.pdf") for key in files}
        with transaction.atomic():
            response: Any = sent.client.post(sent.target, data | attached)
            transaction.set_rollback(True)
        if response.streaming:
            b"".join(response.streaming_content)
        elif response.status_code >= 500:
            seen.faults.add((name, f"{sent.target}: {what_went_wrong(response)}"))
        elif response.status_code == 302:
            seen.done.add(name)
        elif english := english_on(response):
            seen.faults.add((name, english))

    once()


def english_on(response: Any) -> str:
    """Words of Django itself in an answer."""
    found = ENGLISH.search(response.content)
    return found.group().decode() if found else ""


def test_what_could_be_right_never_breaks_a_page(look: Look) -> None:
    assert sorted(look.faults) == []
    assert len(look.done) > 60  # so the services behind the pages had something to do


Filled = tuple[QueryDict, MultiValueDict[str, SimpleUploadedFile]]


def filled(draw: Any, boxes: list[Box]) -> Filled:
    """What a browser sends, decoded as Django does it."""
    values = draw(st.fixed_dictionaries({name: one_box(one) for name, one in boxes}))
    files = MultiValueDict({name: [value()] for name, value in values.items() if callable(value)})
    texts = {name: value for name, value in values.items() if isinstance(value, list)}
    return QueryDict(urlencode(texts, doseq=True, errors="surrogatepass")), files


def refusals(form: Any) -> list[str]:
    """Every sentence about what is wrong."""
    if isinstance(form, BaseFormSet):
        return [*map(str, form.non_form_errors()), *chain(*map(refusals, form.forms))]
    own = [str(text) for texts in form.errors.values() for text in texts]
    return own + [text for table in sets_in(form) for text in refusals(table)]


def shown(form: Any) -> None:
    """Every field is drawn with what was typed in it."""
    for one in form if isinstance(form, BaseForm) else []:
        one.as_widget()


def forgotten(form: Any, data: QueryDict) -> list[str]:
    """Fields that do not show what was typed in them."""
    if not isinstance(form, BaseForm):
        return []
    texts = [one for one in form if isinstance(one.field.widget, forms.TextInput | forms.Textarea)]
    return [
        one.html_name
        for one in texts
        if not one.field.disabled and one.html_name in data and one.value() != data[one.html_name]
    ]


NAME_OF_CODE = re.compile(
    r"[A-Za-z]+_[A-Za-z_]+|\b[A-Z][a-z]+[A-Z][a-z]\w*|Europe/|\bNone\b|%\(|\{\w*\}"
)
SENTENCE = re.compile(r"^[^a-z].*[.?!”)]$", re.DOTALL)


def fault_of_sentence(text: str) -> str:
    """Why this is no sentence for a clerk; "" when it is one."""
    if english := english_in(text):
        return f"English: {english}"
    if found := NAME_OF_CODE.search(text):
        return f"{found.group()} in: {text[:80]}"
    return "" if SENTENCE.match(text) else f"no sentence: {text[:80]}"


def said_without(text: str, data: QueryDict) -> str:
    """The sentence without the words that it quotes."""
    for value in sorted(chain(*(data.getlist(name) for name in data)), key=len, reverse=True):
        if len(value) > 1:
            text = text.replace(value, "…")
    return text


def feed(name: str, made: Made, faults: Faults, sentences: Faults) -> None:
    """A form gets a few fillings; what it says is kept to be judged."""
    boxes = boxes_of(made.again(QueryDict(""), MultiValueDict()))

    @few
    @given(st.data())
    def once(drawn: Any) -> None:
        data, files = filled(drawn.draw, boxes)
        try:
            form = made.again(data, files)
            form.is_valid()
            told = refusals(form)
            if drawn.draw(st.integers(0, 3)) == 0:
                shown(form)
            if isinstance(form, BaseFilterSet):
                list(form.qs[:2])
        except Exception as error:
            faults.add((name, f"{error!r}"[:200]))
            return
        sentences.update((name, said_without(text, data)) for text in told)
        faults.update((name, f"forgot {box}") for box in forgotten(form, data))

    once()


def test_no_form_falls_over_what_is_typed(world: World, look: Look) -> None:
    faults: Faults = set()
    sentences: Faults = set()
    for kind, made in {**look.made, **by_hand(world, look)}.items():
        feed(f"{kind.__module__}.{kind.__name__}", made, faults, sentences)
    faults |= {(name, found) for name, text in sentences if (found := fault_of_sentence(text))}
    assert len(sentences) > 300  # as many were said, so the judge above had something to judge
    assert sorted(faults) == []


def by_hand(world: World, look: Look) -> dict[type[Any], Made]:
    """Forms that no page showed on the way: those that need nothing, and these."""
    made: dict[type[Any], Made] = {}
    for kind in KNOWN - set(look.made):
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # it is about something
            Made(kind, (), {}).again(QueryDict(""), MultiValueDict())
            made[kind] = Made(kind, (), {})
    call, content = world.call, world.case.proposal.latest_version.content  # type: ignore[union-attr]
    about: dict[type[Any], dict[str, Any]] = {
        QuestionForm: {"holder": call},
        ConsensusForm: {"consensus": None, "call": call, "criteria": list(call.criteria.all())},
        CompletenessForm: {"points": points_to_check(world.case.proposal), "content": content},
        CorrectionForm: {"choices": targets(content)},
        CostForm: {"vat_counts": True},
        AgendaRequestForm: {"waiting": CofinancingRequest.objects.all()},
        ItemDecisionForm: {"meeting": world.committee},
    }
    return made | {kind: Made(kind, (), kwargs) for kind, kwargs in about.items()}


def test_no_form_was_left_out(world: World, look: Look) -> None:
    """Each class is fed, or others derive from it and nobody makes it as it is."""
    fed = set(look.made) | set(by_hand(world, look))
    left = [
        one for one in KNOWN - fed if not any(issubclass(other, one) for other in KNOWN - {one})
    ]
    assert sorted(f"{one.__module__}.{one.__qualname__}" for one in left) == []


def test_whatever_answers_json_is_described(look: Look) -> None:
    described = {re.sub(r"{\w+}", "*", path) for path in json.loads(DESCRIPTION)["paths"]}
    assert {re.sub(r"<[^>]+>", "*", route) for route in look.json} - described == set()
