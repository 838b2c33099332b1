"""The texts of the decision letter: first filled here, then in the hands of staff."""

from typing import Any

from evaluations.models import LetterText, SelectionDecision

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


def seed_letter_texts(**_: Any) -> None:
    """Add the texts that are not there yet (listener of `post_migrate`)."""
    LetterText.objects.bulk_create(
        [LetterText(outcome=outcome, **texts) for outcome, texts in DEFAULT_TEXTS.items()],
        ignore_conflicts=True,
    )
