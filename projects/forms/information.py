"""Forms of further information: staff ask, the applicant answers."""

import hashlib
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from documents.upload_fields import LaterCheckedField
from projects.answers import TextAnswerField, normalise_text
from projects.forms.base import Leftover
from projects.forms.unsaved import words
from projects.frozen import Content, items_of
from projects.models import InformationItem
from projects.services.information import Answer, Asked


@dataclass(frozen=True)
class Choice:
    """One question of the frozen version on the page where staff choose."""

    item: Content
    wanted: Any
    question: Any
    is_about: bool = False
    place: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the page unfolds it: something was filled in or is wrong there."""
        return self.is_about or bool(
            self.wanted.value()
            or self.question.value()
            or self.wanted.errors
            or self.question.errors
        )


class AskForm(PortalForm):
    """Which questions of the frozen version, what one wants to know of each, and until when."""

    due_on = DayField(
        label=_("Antwoorden kan tot en met"),
        help_text=_("Een werkdag, tot 24.00 uur."),
        error_messages={"required": _("Kies tot wanneer de aanvrager kan antwoorden.")},
    )
    message = TextAnswerField(
        label=_("Boodschap"),
        required=False,
        limit=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("De aanvrager leest deze tekst boven de vragen."),
    )

    def __init__(self, *args: Any, content: Content, about: str = "", **kwargs: Any) -> None:
        """`about` is the code of a section ("D") or of a question ("D.probleem") that one came
        from: the section is unfolded, the question is chosen already."""
        super().__init__(*args, **kwargs)
        self.frozen = list(items_of(content))
        self.about = about
        for number, (section, item) in enumerate(self.frozen):
            self.fields[f"wanted_{number}"] = forms.BooleanField(
                label=f"{section['code']}. {item['label']}",
                required=False,
                initial=about == _code_of(section, item),
            )
            self.fields[f"question_{number}"] = TextAnswerField(
                label=_("Wat wilt u hierover weten?"),
                required=False,
                limit=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """A chosen question needs a text, and a text needs its question chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(len(self.frozen)):
            wanted, text = cleaned.get(f"wanted_{number}"), cleaned.get(f"question_{number}", "")
            if wanted and not text and f"question_{number}" not in self.errors:
                self.add_error(f"question_{number}", _("Schrijf wat u hierover wilt weten."))
            elif text and not wanted:
                self.add_error(f"wanted_{number}", _("Vink dit aan, of wis uw vraag."))
        return cleaned

    @property
    def asked(self) -> list[Asked]:
        return [
            Asked(section["code"], item["key"], self.cleaned_data[f"question_{number}"])
            for number, (section, item) in enumerate(self.frozen)
            if self.cleaned_data.get(f"wanted_{number}")
        ]

    def knows(self, about: str) -> bool:
        """Whether this version has such a section or question."""
        return any(about in {s["code"], _code_of(s, item)} for s, item in self.frozen)

    def sections(self) -> list[tuple[Content, list[Choice]]]:
        """The choices by section, in the order of the form."""
        found: dict[str, tuple[Content, list[Choice]]] = {}
        for number, (section, item) in enumerate(self.frozen):
            code = _code_of(section, item)
            choice = Choice(
                item,
                self[f"wanted_{number}"],
                self[f"question_{number}"],
                is_about=self.about in {section["code"], code},
                place=f"over-{code}",
            )
            found.setdefault(section["code"], (section, []))[1].append(choice)
        return list(found.values())


def _code_of(section: Content, item: Content) -> str:
    return f"{section['code']}.{item['key']}"


class AnswersForm(PortalForm):
    """An answer and an optional file per item. Nothing is required until one sends.

    Two hidden fields per item say from what the person started: the version of the answer, and a
    sign of its text, so that an answer that somebody did not touch never writes over another's.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, items: list[InformationItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"version_{item.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, min_value=0, initial=item.version
            )
            self.fields[f"base_{item.pk}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=sign_of(item.answer)
            )
            self.fields[f"answer_{item.pk}"] = TextAnswerField(
                label=_("Uw antwoord"),
                required=False,
                limit=10000,
                initial=item.answer,
                widget=forms.Textarea(attrs={"rows": 8}),
            )
            self.fields[f"answer_{item.pk}"].marker = _("nodig om te versturen")  # type: ignore[attr-defined]
            self.fields[f"file_{item.pk}"] = LaterCheckedField(
                label=_("Bestand"),
                required=False,
                help_text=_("PDF, DOCX, XLSX, ODT, PNG of JPG, hoogstens 20 MB."),
            )
            if item.file_id is not None:
                self.fields[f"remove_{item.pk}"] = forms.BooleanField(
                    label=_("Verwijder het bestand dat er staat"), required=False
                )

    @property
    def answers(self) -> dict[int, Answer]:
        """What was filled in and is in order, by id of the item."""
        return {
            item.pk: Answer(
                text=self._text(item),
                file=self.cleaned_data.get(f"file_{item.pk}"),
                remove_file=bool(self.cleaned_data.get(f"remove_{item.pk}")),
                version=self.cleaned_data.get(f"version_{item.pk}") or 0,
            )
            for item in self.items
        }

    def _text(self, item: InformationItem) -> str | None:
        """What was typed; None when the person did not touch it, or it is wrong."""
        typed = self.cleaned_data.get(f"answer_{item.pk}")
        return None if typed is None or self._is_untouched(item) else str(typed)

    def _is_untouched(self, item: InformationItem) -> bool:
        typed = self.cleaned_data.get(f"answer_{item.pk}")
        return typed is not None and sign_of(typed) == self.cleaned_data.get(f"base_{item.pk}")

    def again(self, items: list[InformationItem]) -> "AnswersForm":
        """The form after a save in which not all was in order, over `items` as they are now.

        It shows what was typed, with its errors, and the next save counts as made with knowledge
        of what is stored.
        """
        data = cast(Any, self.data).copy()
        for item in items:
            data[f"version_{item.pk}"] = str(item.version)
            data[f"base_{item.pk}"] = sign_of(item.answer)
            data.pop(f"remove_{item.pk}", None)
            if self._is_untouched(item):
                data[f"answer_{item.pk}"] = item.answer
        form = AnswersForm(data, items=items)
        form.is_valid()
        for name, errors in self.errors.as_data().items():
            if name not in form.errors:
                form.add_error(name if name in form.fields else None, errors)
        return form

    def unsaved(self, items: list[InformationItem]) -> list[Leftover]:
        """What was typed and differs from what stands in `items`, to copy."""
        return [
            Leftover(f"{item.section_code}. {item.label}", text)
            for item in items
            if (text := words(self[f"answer_{item.pk}"]))
            and normalise_text(text) != item.answer
            and not self._is_untouched(item)
        ]

    def lost_files(self, items: list[InformationItem]) -> str:
        """The names of the files that came along and that `items` do not hold."""
        names = [
            str(uploaded.name)
            for item in items
            if (uploaded := self.files.get(f"file_{item.pk}")) is not None
            and (item.file is None or item.file.name != uploaded.name)
        ]
        return ", ".join(names)

    def rows(self) -> list[dict[str, Any]]:
        """Each item with its fields, for the page."""
        return [
            {
                "item": item,
                "hidden": [self[f"version_{item.pk}"], self[f"base_{item.pk}"]],
                "answer": self[f"answer_{item.pk}"],
                "file": self[f"file_{item.pk}"],
                "remove": self[f"remove_{item.pk}"] if item.file_id is not None else None,
            }
            for item in self.items
        ]


def sign_of(text: str) -> str:
    """A short sign of a text, equal for equal texts."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]
