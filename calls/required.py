"""From which moment an answer is needed: the one table that all read.

What refuses a submission, what the check page lists, and the words in the builder, on the blank
form and beside the box follow from `MOMENTS`; nothing else knows what a moment means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RequiredFrom(models.TextChoices):
    """From which moment an answer is needed."""

    NEVER = "never", _("Niet verplicht")
    SUBMISSION = "submission", _("Bij het indienen")
    COMPLETENESS = "completeness", _("Bij het aanvullen, voor de volledigheidscontrole")
    SELECTION = "selection", _("Na de selectie")


class Stage(models.TextChoices):
    """What a working text is on its way to."""

    FIRST = "first", _("Indienen")
    COMPLETING = "completing", _("Opnieuw indienen na “onvolledig”")


@dataclass(frozen=True)
class Moment:
    """`blocks`: handing in at that stage is refused without the answer. `announced`: the check page
    says at that stage that the answer is still to come.
    """

    words: "StrOrPromise"
    marker: "StrOrPromise"
    blocks: frozenset[Stage] = frozenset()
    announced: frozenset[Stage] = frozenset()


MOMENTS: Mapping[RequiredFrom, Moment] = {
    RequiredFrom.NEVER: Moment(_("niet verplicht"), _("niet verplicht")),
    RequiredFrom.SUBMISSION: Moment(
        _("verplicht bij het indienen"),
        _("nodig om in te dienen"),
        blocks=frozenset(Stage),
    ),
    RequiredFrom.COMPLETENESS: Moment(
        _("mag later, uiterlijk bij het aanvullen"),
        _("mag later, uiterlijk bij het aanvullen"),
        blocks=frozenset({Stage.COMPLETING}),
        announced=frozenset({Stage.FIRST}),
    ),
    # Asked through an information request once the proposal is selected.
    RequiredFrom.SELECTION: Moment(_("pas nodig na de selectie"), _("pas nodig na de selectie")),
}
