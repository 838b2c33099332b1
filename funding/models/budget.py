"""Credits per year: VAK (what may be committed) and VEK (what may be paid). Domain.md 6.6."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, refusal, unique
from common.money import ZERO, MoneyField
from funding.models.chain import ChainedRow, link

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def only_the_ledger_writes(*columns: str) -> pgtrigger.Trigger:
    """Totals start at nothing and change inside the trigger of an added row only."""
    filled = " OR ".join(f"NEW.{column} <> 0" for column in columns)
    moved = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)
    return pgtrigger.Trigger(
        name="totals_follow_rows_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF (TG_OP = 'INSERT' AND ({filled}))
                OR (TG_OP = 'UPDATE' AND pg_trigger_depth() < 2 AND ({moved})) THEN
                {refusal("funding_totals_follow_rows", _("Een totaal volgt uit de boekingen."))}
            END IF;
            RETURN NEW;
        """,
    )


def _opens_again_with_two() -> pgtrigger.Trigger:
    """A closed year opens again only when a second person allowed it since it was last closed."""
    alone = refusal(
        "funding_year_reopened_by_two",
        _("Een afgesloten jaar opent alleen weer als een tweede persoon dat toestaat."),
    )
    return pgtrigger.Trigger(
        name="opens_again_with_two",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__is_closed=True, new__is_closed=False),
        func=f"""
            PERFORM 1 FROM funding_yearreopening r JOIN funding_yearclosing c ON c.id = r.closing_id
                WHERE r.is_granted AND c.budget_year_id = NEW.id AND c.number = (
                    SELECT max(number) FROM funding_yearclosing WHERE budget_year_id = NEW.id);
            IF NOT FOUND THEN {alone} END IF;
            RETURN NEW;
        """,  # noqa: S608 - names of our own
    )


class BudgetYear(models.Model):
    """A calendar year of the programme's budget."""

    year = models.PositiveSmallIntegerField(
        _("jaar"),
        unique=True,
        validators=[MinValueValidator(2008), MaxValueValidator(2100)],
        error_messages={"unique": _("Dit begrotingsjaar bestaat al.")},
    )
    is_closed = models.BooleanField(_("afgesloten"), default=False, editable=False)
    is_fictional = models.BooleanField(_("voorbeelddata"), default=False)

    if TYPE_CHECKING:
        lines: RelatedManager["BudgetLine"]

    class Meta:
        verbose_name = _("begrotingsjaar")
        verbose_name_plural = _("begrotingsjaren")
        ordering = ["-year"]
        triggers = [_opens_again_with_two()]

    def __str__(self) -> str:
        return str(self.year)

    def get_absolute_url(self) -> str:
        return reverse("funding:budget_year", args=[self.year])


class BudgetLine(models.Model):
    """The credits of one money stream in one year, with running totals.

    `vak` and `vek` are the latest version; `committed` and `paid` are the net sums of the ledger.
    A database trigger keeps all four, and CHECK constraints bound them: no euro can be committed or
    paid twice, whatever the code above does.
    """

    class Stream(models.TextChoices):
        """Two streams that are never mixed (domain.md 0.3)."""

        COFINANCING = "cofinancing", _("Cofinanciering van opdrachten")
        PREPARATION = "preparation", _("Voortraject (werkingsmiddelen)")

    budget_year = models.ForeignKey(
        BudgetYear, models.RESTRICT, related_name="lines", verbose_name=_("begrotingsjaar")
    )
    stream = models.CharField(
        _("geldstroom"), max_length=20, choices=Stream, default=Stream.COFINANCING
    )
    article = models.CharField(_("begrotingsartikel"), max_length=40, blank=True)
    vak = MoneyField(_("VAK"), default=ZERO, editable=False)
    vek = MoneyField(_("VEK"), default=ZERO, editable=False)
    committed = MoneyField(_("vastgelegd"), default=ZERO, editable=False)
    paid = MoneyField(_("vereffend"), default=ZERO, editable=False)

    if TYPE_CHECKING:
        versions: RelatedManager["BudgetVersion"]

    class Meta:
        verbose_name = _("begrotingslijn")
        verbose_name_plural = _("begrotingslijnen")
        ordering = ["-budget_year__year", "stream"]
        constraints = [
            unique(
                "funding_line_once",
                "budget_year",
                "stream",
                message=_("Dit jaar heeft al een lijn voor deze geldstroom."),
            ),
            check(
                "funding_line_vak_not_overdrawn",
                models.Q(committed__gte=0) & models.Q(committed__lte=models.F("vak")),
                _("Er is niet genoeg vastleggingskrediet (VAK) over."),
            ),
            check(
                "funding_line_vek_not_overdrawn",
                models.Q(paid__gte=0) & models.Q(paid__lte=models.F("vek")),
                _("Er is niet genoeg vereffeningskrediet (VEK) over."),
            ),
        ]
        triggers = [only_the_ledger_writes("vak", "vek", "committed", "paid")]

    def __str__(self) -> str:
        return f"{self.budget_year.year} {self.get_stream_display()}"

    @property
    def vak_available(self) -> Decimal:
        return self.vak - self.committed

    @property
    def vek_available(self) -> Decimal:
        return self.vek - self.paid


HASHED = (
    *("id", "line_id", "number", "label", "vak", "vek", "effective_on", "legal_basis"),
    *("counterpart_id", "recorded_by_id", "recorded_at", "sequence", "previous_hash"),
)


def _version_is_sound() -> pgtrigger.Trigger:
    """Refuse credits in a closed year, and chain the version to the former one of its line."""
    closed = refusal("funding_version_year_is_open", _("Dit begrotingsjaar is afgesloten."))
    return pgtrigger.Trigger(
        name="version_is_sound",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("closed", "boolean")],
        func=f"""
            PERFORM 1 FROM funding_budgetline WHERE id = NEW.line_id FOR NO KEY UPDATE;
            SELECT y.is_closed INTO closed FROM funding_budgetyear y
                JOIN funding_budgetline l ON l.budget_year_id = y.id
                WHERE l.id = NEW.line_id FOR SHARE OF y;
            IF closed THEN {closed} END IF;
            {link("funding_budgetversion", "line_id", HASHED)}
            RETURN NEW;
        """,  # noqa: S608 - names of our own
    )


class BudgetVersion(ChainedRow):
    """The credits as voted (BO), adjusted (BA), transferred or carried over; rows are only added.

    Each row holds the new totals of its line, so the last one is what counts. Of a transfer, both
    lines get a row; the receiving one names the other.
    """

    class Label(models.TextChoices):
        INITIAL = "BO", _("Begrotingsopmaak (BO)")
        ADJUSTMENT = "BA", _("Begrotingsaanpassing (BA)")
        TRANSFER = "transfer", _("Herverdeling")
        CARRY_OVER = "carry_over", _("Overdracht van het vorige jaar")

    HASHED = HASHED

    line = models.ForeignKey(
        BudgetLine, models.RESTRICT, related_name="versions", verbose_name=_("begrotingslijn")
    )
    number = models.PositiveSmallIntegerField(_("volgnummer"))
    label = models.CharField(_("soort"), max_length=10, choices=Label)
    vak = MoneyField(_("VAK"))
    vek = MoneyField(_("VEK"))
    effective_on = models.DateField(_("geldig vanaf"))
    legal_basis = models.CharField(_("rechtsgrond of toelichting"), max_length=300, blank=True)
    counterpart = models.OneToOneField(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="received_as",
        verbose_name=_("afgestaan door"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingevoerd door"),
    )
    recorded_at = models.DateTimeField(_("ingevoerd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("begrotingsversie")
        verbose_name_plural = _("begrotingsversies")
        ordering = ["line", "number"]
        constraints = [
            unique(
                "funding_version_number_once",
                "line",
                "number",
                message=_("Iemand anders voegde net een versie toe. Bekijk ze en probeer opnieuw."),
            ),
            check(
                "funding_version_not_negative",
                models.Q(vak__gte=0) & models.Q(vek__gte=0),
                _("Een krediet kan niet negatief zijn."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            _version_is_sound(),
            pgtrigger.Trigger(
                name="credits_follow_latest",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE funding_budgetline SET vak = NEW.vak, vek = NEW.vek
                    WHERE id = NEW.line_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.get_label_display()}"
