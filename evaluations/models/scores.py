"""What the scores of one reader and common scores have in common."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import Criterion
from evaluations.scoring import MAX_SCORE


class CriterionScore(models.Model):
    """0 (not addressed) to 5 (excellent) for one criterion, with the reason (domain.md 5.3)."""

    criterion = models.ForeignKey(
        Criterion, models.RESTRICT, related_name="+", verbose_name=_("criterium")
    )
    value = models.DecimalField(
        _("score"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_SCORE)],
    )
    motivation = models.TextField(_("motivering"), blank=True, max_length=4000)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


def stays_with(parent: str, *, name: str, what: str) -> pgtrigger.Trigger:
    """The trigger of rows that stay as they are once their `parent` is final.

    `parent` is a model of this app in lower case, which is the name of the key too.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
                    IF EXISTS (
                        SELECT 1 FROM evaluations_{parent}
                        WHERE id IN (NEW.{parent}_id, OLD.{parent}_id)
                        AND finalised_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: the {what} of a final {parent} stay';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,  # noqa: S608 - names of our own
    )
