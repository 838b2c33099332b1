"""What is checked of each file of the default call.

The completeness list follows the form (domain.md 4) and is ours; the exclusion list follows what
the programme says it funds and whom (domain.md 5.2), with the sources in the guidance.
"""

from dataclasses import dataclass

from calls.models import ChecklistKind


@dataclass(frozen=True)
class ChecklistSpec:
    """One point, answered yes (in order) or no with a reason."""

    label: str
    guidance: str = ""


_WHO = "Bron: VLAIO, “Welke organisaties en projecten komen in aanmerking voor PIO”."
_WHAT = "Bron: EWI, “Wat zijn innovatieve overheidsopdrachten”."

CHECKLISTS: dict[ChecklistKind, tuple[ChecklistSpec, ...]] = {
    ChecklistKind.COMPLETENESS: (
        ChecklistSpec(
            "De aanvrager is juist vermeld: organisatie, contactpersoon en verantwoordelijke"
            " ondertekenaar.",
            "Kijk de naam en het ondernemingsnummer na, en of de ondertekenaar een functie heeft.",
        ),
        ChecklistSpec(
            "Van elke partner staan de rol en de bijdrage er, en een intentieverklaring als ze"
            " beloofd is.",
            "Zonder partners is dit punt in orde.",
        ),
        ChecklistSpec(
            "Elke vraag van het formulier heeft een antwoord dat over de vraag gaat.",
            "Alleen de vorm: of het antwoord overtuigt, beoordeelt de adviseur.",
        ),
        ChecklistSpec(
            "De planning, de indicatoren en de risico's zijn ingevuld, met data en waarden.",
        ),
        ChecklistSpec(
            "De raming is volledig: bedragen per fase, btw, andere subsidies en eigen budget.",
            "Vraagt de aanvrager meer dan een richtbedrag? Dan staat de reden erbij.",
        ),
        ChecklistSpec(
            "Alle verklaringen zijn afgelegd.",
            "Aanbestedende overheid, algemeen belang, geen marktverstoring, geen dubbele"
            " financiering, juistheid en privacy.",
        ),
        ChecklistSpec(
            "De bijlagen waarnaar het voorstel verwijst, zijn er en zijn leesbaar.",
            "Bijvoorbeeld intentieverklaringen, een beslissing van het bevoegde orgaan of een"
            " marktverkenning.",
        ),
    ),
    ChecklistKind.EXCLUSION: (
        ChecklistSpec(
            "De aanvrager valt structureel onder de wet op de overheidsopdrachten.",
            "Niet wie de wet alleen voor één gesubsidieerde opdracht moet volgen. De rechtsvorm"
            f" beslist niet: ook een vzw kan een aanbestedende overheid zijn. {_WHO}",
        ),
        ChecklistSpec(
            "Het project en de opdracht passen binnen zijn taken van algemeen belang.",
            f"Belangrijk voor wie ook economische activiteiten heeft. {_WHO}",
        ),
        ChecklistSpec("De aanvrager verstoort met de aankoop de markt niet.", _WHO),
        ChecklistSpec(
            "De aankoop is een dienst, levering of werk voor onderzoek, ontwikkeling of innovatie.",
            f"Bijvoorbeeld een haalbaarheidsstudie, ontwikkeling, validatie of een test. {_WHAT}",
        ),
        ChecklistSpec(
            "Het gaat niet louter om productie in grote aantallen, maatwerk of routinematige"
            " verbetering.",
            _WHAT,
        ),
        ChecklistSpec(
            "De oplossing is nog niet ruim beschikbaar.",
            "Bij een eerste gebruik: geheel of gedeeltelijk ontwikkeld, met minder dan 20 %"
            " marktaandeel. Bij precommercieel aankopen: hoogstens tot een beperkte testreeks"
            f" (TRL 7). {_WHAT}",
        ),
        ChecklistSpec(
            "De aankoop mikt niet op één bekende leverancier.",
            "Niet gepubliceerd door het programma: een regel van het portaal, in de geest van de"
            " wet op de overheidsopdrachten.",
        ),
        ChecklistSpec(
            "De opdracht was bij het indienen nog niet bekendgemaakt.",
            "Niet gepubliceerd door het programma: een regel van het portaal. Wat al loopt, heeft"
            " geen begeleiding vooraf meer nodig.",
        ),
    ),
}
