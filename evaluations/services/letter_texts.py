"""The texts of the decision letter: first filled here, then in the hands of staff."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from evaluations.letter_words import LetterWords, check_words
from evaluations.models import LetterText, LetterTextVersion, SelectionDecision
from evaluations.policies import may_edit_letters

APPEAL = (
    "U kunt tegen deze beslissing beroep instellen bij de Raad van State, afdeling "
    "Bestuursrechtspraak. U doet dat met een verzoekschrift binnen 60 dagen na de dag waarop u "
    "deze beslissing ontving: met een aangetekende brief naar de griffie, Wetenschapsstraat 33, "
    "1040 Brussel, of via de elektronische procedure op de website van de Raad van State."
)
"""Own wording of domain.md 9.8; a lawyer should approve it before use."""

DEFAULT_TEXTS = {
    SelectionDecision.Outcome.SELECTED: {
        "opening": (
            "U diende een projectvoorstel in bij het Programma Innovatieve Overheidsopdrachten. "
            "Wij hebben goed nieuws: uw voorstel is geselecteerd."
        ),
        "closing": (
            "Het PIO-team neemt contact met u op om de begeleiding van uw project te starten. De "
            "selectie is een principieel engagement: over de cofinanciering van de opdracht "
            "beslist het Beslissingscomité later, als het bestek klaar is."
        ),
        "appeal": APPEAL,
    },
    SelectionDecision.Outcome.NOT_SELECTED: {
        "opening": (
            "U diende een projectvoorstel in bij het Programma Innovatieve Overheidsopdrachten. "
            "Wij moeten u meedelen dat uw voorstel niet geselecteerd is."
        ),
        "closing": (
            "U kunt het PIO-team om feedback vragen. U mag een aangepast voorstel indienen bij een "
            "volgende oproep."
        ),
        "appeal": APPEAL,
    },
}


class LetterTextChanged(ValidationError):
    """Somebody else saved the texts since this form was opened."""


@transaction.atomic
def save_letter_text(*, outcome: str, by: User, words: LetterWords, version: int) -> LetterText:
    """Keep new texts as the next version; letters that were made keep the text they have.

    `version` as it was when the form was read. Saving what stood there already makes no version.

    Raises:
        PermissionDenied: when `by` may not edit letters.
        LetterTextChanged: when the stored version is another one.
        ValidationError: beside each text that is missing or has an unknown field.
    """
    may_edit_letters.check(by)
    text = LetterText.objects.select_for_update().get(outcome=outcome)
    if text.version != version:
        raise LetterTextChanged(
            _(
                "Iemand anders heeft deze teksten intussen gewijzigd. Hieronder staan beide; wat u "
                "nu opslaat, geldt."
            )
        )
    words = LetterWords(
        **{name: value.strip().replace("\r\n", "\n") for name, value in asdict(words).items()}
    )
    _refuse_wrong_words(words)
    if words == LetterWords(text.opening, text.closing, text.appeal):
        return text
    for name, value in asdict(words).items():
        setattr(text, name, value)
    text.version += 1
    text.updated_at, text.updated_by = clock.now(), by
    text.save()
    LetterTextVersion.objects.create(
        text=text, version=text.version, saved_at=text.updated_at, saved_by=by, **asdict(words)
    )
    record(
        actor=by,
        action="letter_text.saved",
        label=_("Brieftekst “%(outcome)s” gewijzigd: versie %(version)d")
        % {"outcome": text.get_outcome_display(), "version": text.version},
        about=text,
    )
    return text


def _refuse_wrong_words(words: LetterWords) -> None:
    problems: dict[str, Any] = {}
    for name, value in asdict(words).items():
        try:
            check_words(value)
        except ValidationError as error:
            problems[name] = error.messages
    if not words.opening:
        problems["opening"] = [_("Schrijf een inleiding.")]
    if not words.appeal:
        problems["appeal"] = [_("Elke beslissing zegt hoe men in beroep kan gaan.")]
    if problems:
        raise ValidationError(problems)


def seed_letter_texts(**_: Any) -> None:
    """Add the texts that are not there yet (listener of `post_migrate`)."""
    LetterText.objects.bulk_create(
        [LetterText(outcome=outcome, **texts) for outcome, texts in DEFAULT_TEXTS.items()],
        ignore_conflicts=True,
    )
    LetterTextVersion.objects.bulk_create(
        [
            LetterTextVersion(
                text=text,
                version=text.version,
                opening=text.opening,
                closing=text.closing,
                appeal=text.appeal,
                saved_at=text.updated_at,
                saved_by=text.updated_by,
            )
            for text in LetterText.objects.filter(versions__isnull=True)
        ],
        ignore_conflicts=True,
    )
