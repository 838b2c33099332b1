"""The application form of a call: sections and questions (domain.md 4)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from common.constraints import unique

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class SectionKind(models.TextChoices):
    """Most sections hold questions; some have a screen of their own."""

    GENERAL = "general", _("Titel, samenvatting en contact")
    QUESTIONS = "questions", _("Vragen")
    PARTNERS = "partners", _("Partners")
    BUDGET = "budget", _("Raming")
    ATTACHMENTS = "attachments", _("Bijlagen")


class FormSection(models.Model):
    """A part of the application form (domain.md 4)."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="sections", verbose_name=_("oproep")
    )
    code = models.CharField(_("letter"), max_length=3)
    title = models.CharField(_("titel"), max_length=150)
    intro = models.TextField(_("inleiding"), blank=True)
    kind = models.CharField(
        _("soort"), max_length=20, choices=SectionKind, default=SectionKind.QUESTIONS
    )
    position = models.PositiveSmallIntegerField(_("volgorde"))

    if TYPE_CHECKING:
        questions: RelatedManager["FormQuestion"]

    class Meta:
        verbose_name = _("deel van het formulier")
        verbose_name_plural = _("delen van het formulier")
        ordering = ["call", "position", "pk"]
        constraints = [
            unique(
                "calls_section_code_once",
                "call",
                "code",
                message=_("Deze oproep heeft al een deel met deze letter."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class QuestionType(models.TextChoices):
    TEXT = "text", _("Tekst")
    CHOICE = "choice", _("Keuze uit een lijst")
    YES_NO = "yes_no", _("Ja of nee")
    NUMBER = "number", _("Getal")
    MONEY = "money", _("Bedrag in euro")
    DATE = "date", _("Datum")
    TABLE = "table", _("Tabel")
    FILE = "file", _("Bestand")
    DECLARATION = "declaration", _("Verklaring om aan te vinken")


class FormQuestion(models.Model):
    """A question. `key` names its answer in drafts, frozen versions and exports."""

    section = models.ForeignKey(
        FormSection, models.CASCADE, related_name="questions", verbose_name=_("deel")
    )
    key = models.SlugField(_("sleutel"), max_length=60)
    label = models.CharField(_("vraag"), max_length=300)
    help_text = models.TextField(_("uitleg"), blank=True)
    type = models.CharField(_("soort"), max_length=20, choices=QuestionType)
    is_required = models.BooleanField(_("verplicht bij het indienen"), default=True)
    max_length = models.PositiveIntegerField(
        _("hoogste aantal tekens"), null=True, blank=True, help_text=_("Alleen voor tekst.")
    )
    choices = models.JSONField(
        _("keuzes"), default=list, blank=True, help_text=_("Een lijst van teksten.")
    )
    columns = models.JSONField(
        _("kolommen"),
        default=list,
        blank=True,
        help_text=_("Voor een tabel: een lijst van {key, label, type, choices?}."),
    )
    position = models.PositiveSmallIntegerField(_("volgorde"))

    class Meta:
        verbose_name = _("vraag")
        verbose_name_plural = _("vragen")
        ordering = ["section", "position", "pk"]
        constraints = [
            unique(
                "calls_question_key_once",
                "section",
                "key",
                message=_("Dit deel heeft al een vraag met deze sleutel."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """What a question needs depends on its type.

        Raises:
            ValidationError: by field.
        """
        if self.type == QuestionType.CHOICE and len(self.choices) < 2:
            raise ValidationError({"choices": _("Geef minstens twee keuzes, elk op een lijn.")})
        if self.type == QuestionType.TABLE and not self.columns:
            raise ValidationError({"columns": _("Geef minstens één kolom.")})
        if self.type == QuestionType.TEXT and not self.max_length:
            raise ValidationError(
                {"max_length": _("Een tekst heeft een hoogste aantal tekens nodig.")}
            )
