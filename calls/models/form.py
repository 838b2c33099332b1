"""The application form of a call: sections and questions (domain.md 4)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls import conditions
from calls.models.call import Call
from calls.required import MOMENTS, Moment, RequiredFrom, Stage
from common import clock
from common.constraints import check, unique

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class FormVersion(models.Model):
    """The form of a call as it was fixed: number 1 when the call was published, then each change.

    While `published_at` is empty it is a change in the making. Its sections and questions are
    copies that hang on it (`FormSection.change`) until publication writes them over the live ones.
    """

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="form_versions", verbose_name=_("oproep")
    )
    number = models.PositiveSmallIntegerField(_("versie"))
    reason = models.TextField(_("reden van de wijziging"), blank=True, max_length=2000)
    differences = models.JSONField(
        _("wat er wijzigde"),
        default=list,
        blank=True,
        help_text=_("Zinnen in gewone woorden, voor wie aan een ontwerp werkt."),
    )
    definition = models.JSONField(
        _("het formulier"), default=dict, blank=True, help_text=_("Zoals het toen gold.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        related_name="+",
        verbose_name=_("gemaakt door"),
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=clock.now, editable=False)
    published_at = models.DateTimeField(_("geldt sinds"), null=True, blank=True, editable=False)

    if TYPE_CHECKING:
        sections: RelatedManager["FormSection"]

    class Meta:
        verbose_name = _("versie van het formulier")
        verbose_name_plural = _("versies van het formulier")
        ordering = ["call", "number"]
        constraints = [
            unique(
                "calls_form_version_once",
                "call",
                "number",
                message=_("Iemand anders wijzigt dit formulier al. Herlaad de pagina."),
            ),
            unique(
                "calls_form_one_change_at_a_time",
                "call",
                condition=models.Q(published_at__isnull=True),
                message=_("Er loopt al een wijziging van dit formulier."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Formulier versie %(number)s") % {"number": self.number})


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
        Call,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("oproep"),
        help_text=_("Leeg voor een deel van een wijziging, en voor een deel dat vervallen is."),
    )
    change = models.ForeignKey(
        FormVersion,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="sections",
        verbose_name=_("wijziging"),
        help_text=_("De wijziging waarin dit deel klaarstaat, of waarmee het verviel."),
    )
    origin = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("kopie van"),
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
            ),
            unique(
                "calls_section_code_once_in_change",
                "change",
                "code",
                message=_("Deze oproep heeft al een deel met deze letter."),
            ),
            check(
                "calls_section_belongs_somewhere",
                models.Q(call__isnull=False) ^ models.Q(change__isnull=False),
                _("Een deel hoort bij een oproep of bij een wijziging van haar formulier."),
            ),
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
    required_from = models.CharField(
        _("nodig vanaf"), max_length=20, choices=RequiredFrom, default=RequiredFrom.SUBMISSION
    )
    visible_if = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="dependants",
        verbose_name=_("alleen tonen als deze vraag"),
        help_text=_(
            "Een keuze, een ja/nee-vraag of een verklaring die eerder in het formulier staat."
        ),
    )
    visible_if_value = models.CharField(
        _("dit antwoord heeft"), max_length=300, blank=True, help_text=_("Voor ja of nee: ja, nee.")
    )
    origin = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("kopie van"),
    )
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

    @property
    def moment(self) -> Moment:
        """What `required_from` means, and its words."""
        return MOMENTS[RequiredFrom(self.required_from)]

    @property
    def is_required(self) -> bool:
        """Whether a proposal cannot be handed in a first time without it."""
        return Stage.FIRST in self.moment.blocks

    @property
    def condition(self) -> str:
        """When the question is shown, in words; "" when it always is."""
        if self.visible_if is None:
            return ""
        return conditions.in_words(
            self.visible_if.type, self.visible_if.label, self.visible_if_value
        )

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
