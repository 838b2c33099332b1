"""What stands in the letters and agreements about money until staff write something else."""

from evaluations.services.letter_texts import APPEAL

DEFAULT_TEXTS = {
    "granted_opening": (
        "U vroeg cofinanciering voor de opdracht “{opdracht}”. Wij hebben goed nieuws: het "
        "{comite} kent u {bedrag} toe."
    ),
    "granted_terms": (
        "- U ondertekent de samenwerkingsovereenkomst ten laatste op {ondertekenen_tegen}.\n"
        "- U krijgt het bedrag in schijven, telkens als een voorwaarde is vervuld. De schijven "
        "staan in de overeenkomst.\n"
        "- Gunt u de opdracht voor minder dan geraamd, dan daalt de cofinanciering mee. Wordt de "
        "opdracht duurder, dan blijft het toegekende bedrag gelijk.\n"
        "- Kosten van vóór de beslissing komen niet in aanmerking."
    ),
    "refused_opening": (
        "U vroeg cofinanciering voor de opdracht “{opdracht}”. Wij moeten u meedelen dat het "
        "{comite} uw aanvraag weigert."
    ),
    "postponed_opening": (
        "U vroeg cofinanciering voor de opdracht “{opdracht}”. Het {comite} stelt de beslissing "
        "over uw aanvraag uit. U hoeft niet opnieuw aan te vragen."
    ),
    "appeal": APPEAL,
    "signatory": "Namens het {comite}",
    "agreement": (
        "1. De begunstigde voert de opdracht uit volgens het opdrachtdocument dat het comité "
        "kreeg.\n"
        "2. De begunstigde meldt de gunning binnen een maand in het portaal, met de opdrachtnemer "
        "en het bedrag.\n"
        "3. De begunstigde bewaart alle bewijsstukken tot tien jaar na de laatste betaling.\n"
        "4. Verandert er iets aan het bedrag, de periode, de inhoud of de partners, dan vraagt de "
        "begunstigde vooraf een wijziging.\n"
        "5. Wat te veel is betaald, betaalt de begunstigde terug."
    ),
}
"""Own wording; the model agreement of the programme was not found (domain.md, limits)."""
