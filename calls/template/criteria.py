"""Who may apply, the criteria and the co-financing rules of the default call.

The three main questions are published; weights, thresholds and the words of the guidance are
defaults of ours (domain.md 5.1, 5.3). Rates and ceilings as published (domain.md 6.1, 6.2).
"""

from dataclasses import dataclass
from decimal import Decimal

from calls.models import CostPhase

ELIGIBILITY = """\
Alle Vlaamse publieke organisaties die structureel de wet op de overheidsopdrachten moeten volgen:

- departementen en agentschappen van de Vlaamse overheid
- steden, gemeenten, OCMW's en provincies
- organisaties die van hen afhangen, zoals intergemeentelijke samenwerkingsverbanden en \
zorginstellingen
- Vlaamse ziekenhuizen

Heeft uw organisatie ook economische activiteiten? Dan kunt u alleen indienen voor uw taken van \
algemeen belang, en mogen uw aankopen de markt niet verstoren.

U kunt alleen indienen, of samen met andere publieke organisaties.
"""


@dataclass(frozen=True)
class CriterionSpec:
    """Weight and threshold in percent; `about` are the parts of the form to judge it by."""

    title: str
    applicant: str
    evaluator: str
    weight: Decimal
    about: tuple[str, ...]
    threshold: Decimal = Decimal(50)


CRITERIA: tuple[CriterionSpec, ...] = (
    CriterionSpec(
        "Past bij het programma",
        "We kijken of de doelen van uw project passen bij PIO: een publieke organisatie koopt"
        " onderzoek, ontwikkeling of innovatie aan, voor een behoefte die de markt vandaag nog niet"
        " goed invult.",
        "Is er een echte behoefte van de organisatie zelf? Gaat het om onderzoek, ontwikkeling,"
        " validatie of een eerste gebruik, en niet om een gewone aankoop, maatwerk of productie in"
        " grote aantallen? Is de oplossing nog niet ruim beschikbaar? Kan meer dan één leverancier"
        " ze aanbieden?",
        Decimal(20),
        ("D", "E", "F"),
    ),
    CriterionSpec(
        "Relevantie en mogelijke impact",
        "We kijken hoe groot het probleem is en welk verschil uw project kan maken: voor uw"
        " organisatie, voor inwoners, voor bedrijven en voor het milieu. Kunnen andere besturen de"
        " oplossing ook gebruiken?",
        "Hoe groot en dringend is het probleem? Is de verwachte impact aannemelijk en meetbaar, met"
        " een waarde van vandaag en een doel? Draagt het project bij tot een betere werking van de"
        " overheid, sterkere bedrijven of een maatschappelijke uitdaging? Is de oplossing bruikbaar"
        " voor andere besturen?",
        Decimal(40),
        ("D", "G"),
    ),
    CriterionSpec(
        "Kwaliteit van de aanpak",
        "We kijken of uw aanpak haalbaar is: planning, team, betrokkenheid van de markt, raming en"
        " omgang met risico's.",
        "Is de planning realistisch? Zijn de nodige mensen en het eigen budget er? Wordt de markt"
        " op tijd en op een eerlijke manier betrokken? Is de raming onderbouwd? Zijn de grootste"
        " risico's gekend, met een maatregel? Welke begeleiding is nodig?",
        Decimal(40),
        ("C", "H", "I", "J"),
    ),
)


@dataclass(frozen=True)
class RuleSpec:
    """`rate` is a share between 0 and 1; ceiling in EUR."""

    phase: CostPhase
    ceiling: Decimal | None
    legal_basis: str
    rate: Decimal = Decimal("0.5000")
    ceiling_is_indicative: bool = True


_PUBLISHED = "Richtbedrag gepubliceerd door het programma en VVSG (kennisitem PIO)"
_RATE = "50 % in principe (EWI, stap 3b, 2017)"

RULES: tuple[RuleSpec, ...] = (
    RuleSpec(CostPhase.PREPARATION, Decimal("30000.00"), f"{_PUBLISHED}; {_RATE}"),
    RuleSpec(
        CostPhase.FEASIBILITY,
        None,
        f"Middelen voor haalbaarheidsstudies (VVSG, 10-06-2020), geen bedrag gepubliceerd; {_RATE}",
    ),
    RuleSpec(CostPhase.DEVELOPMENT, Decimal("1000000.00"), f"{_PUBLISHED}; {_RATE}"),
    RuleSpec(CostPhase.VALIDATION, Decimal("1000000.00"), f"{_PUBLISHED}; {_RATE}"),
    RuleSpec(CostPhase.PILOT, Decimal("1000000.00"), f"{_PUBLISHED}; {_RATE}"),
)


@dataclass(frozen=True)
class MilestoneSpec:
    """A date that most calls have, in calendar days from the first opening or the last close."""

    label: str
    days: int
    after_closing: bool = True
    is_public: bool = True


# A decision came some two and a half to three months after closing (domain.md 7).
MILESTONES: tuple[MilestoneSpec, ...] = (
    MilestoneSpec("Infosessie voor aanvragers", 14, after_closing=False),
    MilestoneSpec("Volledigheidscontrole klaar", 14, is_public=False),
    MilestoneSpec("Adviezen klaar", 60, is_public=False),
    MilestoneSpec("Beslissing over de selectie (verwacht)", 80),
)

# When who works on a draft is reminded of the closing (domain.md 7): days and hours before it.
REMINDERS: tuple[tuple[int, int], ...] = ((14, 0), (7, 0), (2, 0), (0, 3))
