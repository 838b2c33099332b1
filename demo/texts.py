"""Invented proposals: titles, needs and answers, all marked as example data."""

from dataclasses import dataclass

from calls.models import CostPhase


@dataclass(frozen=True)
class Idea:
    """What an invented authority would like to buy, and what that may cost (EUR, excl. VAT)."""

    title: str
    theme: str
    problem: str
    goal: str
    costs: tuple[tuple[CostPhase, str, str], ...]


PREPARATION, DEVELOPMENT, VALIDATION, PILOT = (
    CostPhase.PREPARATION,
    CostPhase.DEVELOPMENT,
    CostPhase.VALIDATION,
    CostPhase.PILOT,
)

IDEAS = [
    Idea(
        "Slimme verlichting voor schoolroutes",
        "energie",
        "Straatverlichting brandt de hele nacht op routes waar na middernacht bijna niemand komt. "
        "Doven geeft klachten over veiligheid bij jongeren die laat van een training komen.",
        "De verlichting volgt wie er is, herkent fietsers en voetgangers en verbruikt 60 % minder.",
        (
            (PREPARATION, "Behoefteanalyse en marktverkenning", "24000.00"),
            (DEVELOPMENT, "Ontwikkeling van de sturing", "380000.00"),
            (PILOT, "Proef op drie routes gedurende een winter", "145500.00"),
        ),
    ),
    Idea(
        "Vroege opsporing van lekken in rioolbuizen",
        "water",
        "Lekken in oude rioolbuizen worden pas gevonden als een straat verzakt. Inspectie met een "
        "camera is traag en vraagt een omleiding van het verkeer.",
        "Lekken vinden zonder de weg te sluiten, met hoogstens 5 % vals alarm.",
        (
            (PREPARATION, "Marktconsultatie en begeleiding bestek", "28750.00"),
            (DEVELOPMENT, "Onderzoek en prototype van de sensor", "512000.00"),
            (VALIDATION, "Validatie in drie wijken", "96333.33"),
        ),
    ),
    Idea(
        "Herbruikbare verpakking voor maaltijden aan huis",
        "circulaire economie",
        "Elke dag gaan 1.400 maaltijden naar oudere inwoners in wegwerpschalen. Bestaande "
        "herbruikbare schalen passen niet in de warmhoudwagens.",
        "Een schaal die 200 keer meegaat, gewassen kan worden op 85 graden en warm blijft.",
        (
            (PREPARATION, "Behoefteanalyse met koks en inwoners", "18500.00"),
            (DEVELOPMENT, "Ontwerp en kleine testreeks", "164000.00"),
            (PILOT, "Proeftuin in twee keukens", "72000.00"),
        ),
    ),
    Idea(
        "Voorspellen waar het water bij stortregen blijft staan",
        "water",
        "Bij stortregen weten de diensten pas na oproepen welke straten onder water staan.",
        "Twee uur vooraf per straat weten waar water blijft staan, met een bekende zekerheid.",
        (
            (PREPARATION, "Haalbaarheid en beschikbare gegevens", "30000.00"),
            (DEVELOPMENT, "Ontwikkeling van het model", "275000.00"),
            (VALIDATION, "Toets aan drie regenseizoenen", "84000.00"),
        ),
    ),
    Idea(
        "Begrijpelijke brieven met hulp van taaltechnologie",
        "digitalisering",
        "Inwoners bellen over brieven die ze niet begrijpen. Herschrijven door mensen lukt maar "
        "voor een klein deel van de modellen.",
        "Medewerkers krijgen een voorstel in klare taal dat juridisch klopt, en beslissen zelf.",
        (
            (PREPARATION, "Marktverkenning en juridisch kader", "22000.00"),
            (DEVELOPMENT, "Ontwikkeling en training", "310000.00"),
        ),
    ),
    Idea(
        "Stille bouwplaats voor werken bij nacht",
        "mobiliteit en infrastructuur",
        "Werken aan spoor en brug gebeuren bij nacht. De buurt klaagt over lawaai van aggregaten.",
        "Een bouwplaats onder 45 dB aan de gevel, ook bij vorst.",
        (
            (PREPARATION, "Gesprekken met de markt", "26400.00"),
            (DEVELOPMENT, "Onderzoek naar stille energie op de werf", "890000.00"),
            (PILOT, "Proef op één werf", "1240000.00"),
        ),
    ),
    Idea(
        "Valpreventie zonder camera in het woonzorgcentrum",
        "zorg en welzijn",
        "Bewoners vallen vooral 's nachts. Camera's willen zij en hun familie niet.",
        "Een val herkennen binnen tien seconden, zonder beeld en zonder iets te dragen.",
        (
            (PREPARATION, "Behoefteanalyse met bewoners", "15250.00"),
            (DEVELOPMENT, "Ontwikkeling van de sensor", "228000.00"),
            (VALIDATION, "Klinische validatie", "67000.00"),
        ),
    ),
    Idea(
        "Bluswater hergebruiken na een oefening",
        "circulaire economie",
        "Na een oefening gaat 40 m³ bluswater met schuimresten naar de verwerker.",
        "Het water ter plaatse zuiveren tot het opnieuw bruikbaar is.",
        (
            (PREPARATION, "Haalbaarheidsstudie", "29000.00"),
            (DEVELOPMENT, "Mobiele zuiveringsinstallatie", "433250.50"),
        ),
    ),
]


def answers_for(idea: Idea) -> dict[str, object]:
    """An answer to every question of the default form, by key."""
    return {
        "probleem": idea.problem,
        "huidige_werkwijze": "Vandaag lossen we dit op met vaste contracten en manueel werk. Dat "
        "kost naar schatting 180.000 euro per jaar en wordt elk jaar duurder.",
        "betrokkenen": "Zo'n 12.000 inwoners, onze buitendiensten en drie naburige besturen.",
        "doelen": idea.goal + "\n\nDe oplossing werkt met open standaarden, zodat andere besturen "
        "ze kunnen overnemen.",
        "markt": "We spraken met vier bedrijven en twee kennisinstellingen. Er bestaan "
        "deelproducten, maar geen daarvan haalt het doel in onze omstandigheden.",
        "een_leverancier": False,
        "onzekerheid": "Niemand weet of de gewenste nauwkeurigheid haalbaar is buiten het labo, en "
        "wat het onderhoud na vijf jaar kost.",
        "impact": "Minder kosten en klachten voor ons, een nieuwe markt voor Vlaamse bedrijven en "
        "minder verbruik. De Vlaamse centrumsteden vroegen al om de resultaten te delen.",
        "indicatoren": [
            {"indicator": "Kost per jaar", "nu": "€ 180.000", "doel": "€ 110.000"},
            {"indicator": "Klachten per maand", "nu": "42", "doel": "10"},
        ],
        "aanpak": "Een kernteam van drie mensen bereidt de markt voor, consulteert breed en "
        "schrijft een functioneel bestek. Het PIO-team denkt mee over de procedure.",
        "al_gepubliceerd": False,
        "risicos": [
            {
                "risico": "Te weinig inschrijvers",
                "kans": "Gemiddeld",
                "gevolg": "Hoog",
                "maatregel": "Vroege marktconsultatie en een realistische planning.",
            },
            {
                "risico": "De technologie haalt de norm niet",
                "kans": "Gemiddeld",
                "gevolg": "Gemiddeld",
                "maatregel": "Twee partijen naast elkaar in de eerste fase.",
            },
        ],
    }
