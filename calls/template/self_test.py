"""The questions of "Is dit iets voor mij?" of the default call: the checklist of domain.md 5.2."""

from dataclasses import dataclass

from calls.models import SelfTestQuestion

EXCLUDES, DOUBT = SelfTestQuestion.Weight.EXCLUDES, SelfTestQuestion.Weight.DOUBT


@dataclass(frozen=True)
class SelfTestSpec:
    """`reason` is read by who does not give the good answer."""

    question: str
    help: str
    reason: str
    good: bool = True
    weight: SelfTestQuestion.Weight = EXCLUDES


SELF_TEST: tuple[SelfTestSpec, ...] = (
    SelfTestSpec(
        "Moet uw organisatie voor haar aankopen altijd de wet op de overheidsopdrachten volgen?",
        "Bijvoorbeeld een gemeente, een agentschap, een intercommunale of een ziekenhuis. Moet u de"
        " wet maar voor één gesubsidieerde opdracht volgen? Antwoord dan nee.",
        "Alleen organisaties die de wet op de overheidsopdrachten structureel moeten volgen, kunnen"
        " indienen. U kunt wel partner zijn van zo'n organisatie.",
    ),
    SelfTestSpec(
        "Past het project bij de taken van algemeen belang van uw organisatie?",
        "Dat zijn de taken die u voor de samenleving doet, niet om geld te verdienen.",
        "Het project en de aankoop moeten horen bij uw taken van algemeen belang.",
    ),
    SelfTestSpec(
        "Verkoopt uw organisatie zelf producten of diensten, en zou deze aankoop haar een"
        " voorsprong geven op bedrijven?",
        "Heeft uw organisatie geen economische activiteiten? Antwoord dan nee.",
        "Uw aankoop mag de markt niet verstoren. Bespreek met ons hoe u uw economische activiteiten"
        " apart houdt.",
        good=False,
        weight=DOUBT,
    ),
    SelfTestSpec(
        "Wilt u onderzoek, ontwikkeling of innovatie aankopen?",
        "Bijvoorbeeld een haalbaarheidsstudie, een prototype, een test in de praktijk of het eerste"
        " gebruik van iets nieuws.",
        "Het programma is er voor de aankoop van onderzoek, ontwikkeling of innovatie. Voor een"
        " andere aankoop is er geen cofinanciering.",
    ),
    SelfTestSpec(
        "Gaat het alleen om een grote hoeveelheid van iets dat bestaat, om maatwerk of om een"
        " gewone verbetering?",
        "Bijvoorbeeld 500 laptops, een bestaand softwarepakket dat u laat instellen, of een nieuwe"
        " versie van wat u al hebt.",
        "Productie in grote aantallen, maatwerk en gewone verbeteringen komen niet in aanmerking.",
        good=False,
    ),
    SelfTestSpec(
        "Is er nog geen oplossing die u zo op de markt kunt kopen?",
        "Wordt iets al ruim verkocht of gebruikt, ook in het buitenland? Dan is het niet nieuw"
        " genoeg.",
        "Een oplossing die al ruim te koop is, komt niet in aanmerking. Misschien is een deel van"
        " uw behoefte wel nieuw: bespreek het met ons.",
    ),
    SelfTestSpec(
        "Kan meer dan één leverancier de oplossing maken?",
        "U hoeft ze nog niet te kennen.",
        "Een aankoop die op één gekende leverancier mikt, is twijfelachtig: de markt moet eerlijk"
        " kunnen meedoen. Een marktconsultatie kan helpen.",
        weight=DOUBT,
    ),
    SelfTestSpec(
        "Is de opdracht al gepubliceerd?",
        "Een aankondiging of een bestek dat al bekendgemaakt is.",
        "Een opdracht die al gepubliceerd is, komt niet meer in aanmerking. Dien in vóór u"
        " publiceert.",
        good=False,
    ),
)
