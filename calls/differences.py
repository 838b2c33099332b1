"""What differs between two definitions of a form, in plain Dutch sentences. Pure functions."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from calls.conditions import in_words
from calls.definition import Definition
from calls.models import QuestionType, SectionKind
from calls.required import MOMENTS, RequiredFrom
from common.formatting import format_number

Part = dict[str, Any]


def differences(old: Definition, new: Definition) -> list[str]:
    """A sentence for each thing that changed from `old` to `new`; none when nothing did.

    Parts are the same part when their `id` is the same. The order is that of the new form.
    """
    return [*_sections(old["sections"], new["sections"]), *_questions(old, new)]


def _sections(old: list[Part], new: list[Part]) -> Iterator[str]:
    before, after = _by_id(old), _by_id(new)
    for part in old:
        if part["id"] not in after:
            yield _("Deel %(section)s is verwijderd.") % {"section": _name(part)}
    for part in new:
        was = before.get(part["id"])
        if was is None:
            yield _("Nieuw: deel %(section)s.") % {"section": _name(part)}
        else:
            yield from _section(was, part)
    if _moved(old, new):
        yield _("De delen staan in een andere volgorde.")


def _section(was: Part, now: Part) -> Iterator[str]:
    if (was["code"], was["title"]) != (now["code"], now["title"]):
        yield _("Deel %(old)s heet nu %(new)s.") % {"old": _name(was), "new": _name(now)}
    if was["intro"] != now["intro"]:
        yield _text_changed(
            was["intro"],
            now["intro"],
            _("Deel %(section)s heeft nu een inleiding."),
            _("De inleiding van deel %(section)s is verwijderd."),
            _("De inleiding van deel %(section)s is herschreven."),
        ) % {"section": _name(now)}
    if was["kind"] != now["kind"]:
        yield _("Deel %(section)s bevat nu: %(kind)s.") % {
            "section": _name(now),
            "kind": SectionKind(now["kind"]).label,
        }


def _questions(old: Definition, new: Definition) -> Iterator[str]:
    before = {q["id"]: (q, section) for section in old["sections"] for q in section["questions"]}
    after = {q["id"] for section in new["sections"] for q in section["questions"]}
    kept = _by_id(old["sections"])
    for section in old["sections"]:
        for question in section["questions"]:
            if question["id"] not in after:
                yield _("De vraag %(question)s in deel %(section)s is verwijderd.") % {
                    "question": _quoted(question),
                    "section": section["code"],
                }
    for section in new["sections"]:
        for question in section["questions"]:
            was, home = before.get(question["id"], (None, None))
            if was is None or home is None:
                yield _("Nieuwe vraag in deel %(section)s: %(question)s (%(moment)s).") % {
                    "question": _quoted(question),
                    "section": section["code"],
                    "moment": _moment(question),
                }
                continue
            if home["id"] != section["id"]:
                yield _("De vraag %(question)s staat nu in deel %(section)s.") % {
                    "question": _quoted(question),
                    "section": _name(section),
                }
            yield from _question(was, question)
        if section["id"] in kept and _moved(kept[section["id"]]["questions"], section["questions"]):
            yield _("De vragen van deel %(section)s staan in een andere volgorde.") % {
                "section": section["code"]
            }


def _question(was: Part, now: Part) -> Iterator[str]:
    said = [
        *_label(was, now),
        *_limit(was, now),
        *_need(was, now),
        *_help(was, now),
        *_condition(was, now),
        *_choices(was, now),
        *_columns(was, now),
    ]
    if not said and _without_reference(was) != _without_reference(now):
        said.append(_("De vraag %(question)s is gewijzigd.") % {"question": _quoted(now)})
    yield from said


def _label(was: Part, now: Part) -> Iterator[str]:
    if was["label"] != now["label"]:
        yield _("De vraag %(old)s luidt nu: %(new)s.") % {
            "old": _quoted(was),
            "new": _quoted(now),
        }
    if was["type"] != now["type"]:
        yield _("Op %(question)s antwoordt u nu anders: %(type)s.") % {
            "question": _quoted(now),
            "type": str(QuestionType(now["type"]).label).lower(),
        }


def _limit(was: Part, now: Part) -> Iterator[str]:
    old, new = was["max_length"], now["max_length"]
    if old == new:
        return
    words = {"question": _quoted(now), "old": format_number(old or 0), "new": ""}
    if new is None:
        yield _("%(question)s heeft geen hoogste aantal tekens meer.") % words
        return
    words["new"] = format_number(new)
    if old is None:
        yield _("%(question)s: u mag nu hoogstens %(new)s tekens schrijven.") % words
    elif new < old:
        yield (
            _("%(question)s: u mag nu hoogstens %(new)s tekens schrijven in plaats van %(old)s.")
            % words
        )
    else:
        yield _("%(question)s: u mag nu %(new)s tekens schrijven in plaats van %(old)s.") % words


def _need(was: Part, now: Part) -> Iterator[str]:
    if was["required_from"] != now["required_from"]:
        yield _("%(question)s is nu: %(moment)s (vroeger: %(old)s).") % {
            "question": _quoted(now),
            "moment": _moment(now),
            "old": _moment(was),
        }


def _help(was: Part, now: Part) -> Iterator[str]:
    if was["help_text"] != now["help_text"]:
        yield _text_changed(
            was["help_text"],
            now["help_text"],
            _("%(question)s heeft nu uitleg."),
            _("De uitleg bij %(question)s is verwijderd."),
            _("De uitleg bij %(question)s is herschreven."),
        ) % {"question": _quoted(now)}


def _condition(was: Part, now: Part) -> Iterator[str]:
    old, new = was["visible_if"], now["visible_if"]
    if _reference(old) == _reference(new):
        return
    if new is None:
        yield _("%(question)s staat nu altijd in het formulier.") % {"question": _quoted(now)}
    else:
        yield _("%(question)s staat nu onder een voorwaarde. %(condition)s") % {
            "question": _quoted(now),
            "condition": in_words(new["type"], new["label"], new["value"]),
        }


def _choices(was: Part, now: Part) -> Iterator[str]:
    question = _quoted(now)
    old, new = was["choices"], now["choices"]
    for choice in new:
        if choice not in old:
            yield _("Nieuw antwoord bij %(question)s: “%(choice)s”.") % {
                "question": question,
                "choice": choice,
            }
    for choice in old:
        if choice not in new:
            yield _("Bij %(question)s kunt u “%(choice)s” niet meer kiezen.") % {
                "question": question,
                "choice": choice,
            }
    if [c for c in old if c in new] != [c for c in new if c in old]:
        yield _("De antwoorden bij %(question)s staan in een andere volgorde.") % {
            "question": question
        }


def _columns(was: Part, now: Part) -> Iterator[str]:
    question = _quoted(now)
    before = {column["key"]: column for column in was["columns"]}
    after = {column["key"]: column for column in now["columns"]}
    for key, column in after.items():
        old = before.get(key)
        words = {"question": question, "column": column["label"], "old": (old or column)["label"]}
        if old is None:
            yield _("Nieuwe kolom in de tabel %(question)s: “%(column)s”.") % words
        elif old["label"] != column["label"]:
            yield _("In de tabel %(question)s heet “%(old)s” nu “%(column)s”.") % words
        elif old != column:
            yield _("In de tabel %(question)s is de kolom “%(column)s” gewijzigd.") % words
    for key, column in before.items():
        if key not in after:
            yield _("In de tabel %(question)s is de kolom “%(column)s” verwijderd.") % {
                "question": question,
                "column": column["label"],
            }
    if [k for k in before if k in after] != [k for k in after if k in before]:
        yield _("De kolommen van de tabel %(question)s staan in een andere volgorde.") % {
            "question": question
        }


# --- Pieces --------------------------------------------------------------------------------------


def _by_id(parts: list[Part]) -> dict[Any, Part]:
    return {part["id"]: part for part in parts}


def _moved(old: Sequence[Part], new: Sequence[Part]) -> bool:
    """Whether what stands in both stands in another order."""
    before, after = [part["id"] for part in old], [part["id"] for part in new]
    return [i for i in before if i in after] != [i for i in after if i in before]


def _text_changed(old: str, new: str, added: str, removed: str, rewritten: str) -> str:
    if not old:
        return added
    return rewritten if new else removed


def _reference(condition: Part | None) -> tuple[Any, str] | None:
    """A condition without the words of the other question: their change is told there."""
    return (condition["id"], condition["value"]) if condition else None


def _without_reference(question: Part) -> Part:
    return {**question, "visible_if": _reference(question["visible_if"])}


def _name(section: Part) -> str:
    return f"{section['code']} “{section['title']}”"


def _quoted(question: Part) -> str:
    return f"“{question['label']}”"


def _moment(question: Part) -> str:
    return str(MOMENTS[RequiredFrom(question["required_from"])].words)
