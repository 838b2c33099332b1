"""What an authority does: fill in a proposal, hand it in, read the answer, claim money."""

import re
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.people import Person

# A page of a PDF of the smallest kind; the portal looks inside a file before it keeps it.
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000054 00000 n 
0000000105 00000 n 
trailer<</Size 4/Root 1 0 R>>
startxref
167
%%EOF
"""  # noqa: W291 - the format wants that space

EUR = "\N{EURO SIGN}\N{NO-BREAK SPACE}"
DECLARATIONS = (
    "Onze organisatie moet structureel de wet op de overheidsopdrachten volgen.",
    "Het project past binnen onze taken van algemeen belang.",
    "Met deze aankopen verstoren wij de markt niet.",
    "Wij krijgen voor dezelfde kosten geen andere subsidie die we hier niet vermelden.",
    "Alle gegevens in dit voorstel zijn juist en volledig.",
    "Wij hebben de privacyverklaring van het portaal gelezen.",
)


class Applicant(Person):
    """A member of an authority. Without script, rows are added and sums made by pressing."""

    has_script = True

    def starts_a_proposal(self, title: str) -> str:
        """From the open call on the public list to an empty draft; returns its number."""
        self.goes_to("Oproepen")
        self.page.get_by_role("link", name=re.compile("Najaarsoproep")).first.click()
        self.follow("Start een voorstel")
        self.sees_heading("Begin een voorstel")
        self.fill("Titel van uw voorstel", title)
        self.press("Begin het ontwerp")
        expect(self.page).to_have_url(re.compile(r"/voorstellen/[^/]+/(deel/A/)?$"))
        return self.page.url.split("/voorstellen/")[1].split("/")[0]

    def fills_in(self, reference: str, title: str) -> None:
        """Every required part, each saved with "Opslaan en verder"."""
        self.page.goto(f"/voorstellen/{reference}/deel/A/")
        self.sees_heading("A. Oproep, titel en aanvrager")
        self.fill("Titel", title)
        self.fill("Publieke samenvatting", "Sensoren melden waar paden onderhoud nodig hebben.")
        self.field("Thema").select_option(index=1)
        self.fill("Telefoon van de contactpersoon", "09 000 00 00")
        self.fill("Verantwoordelijke ondertekenaar", "Bert Stadsbeheerder")
        self.fill("Functie van de ondertekenaar", "Algemeen directeur")
        self._goes_on("C. Partners")
        self._goes_on("D. Probleem en behoefte")
        self.fill("Welk probleem wilt u oplossen?", "Fietspaden slijten zonder dat wij het zien.")
        self.fill("Hoe werkt u vandaag en wat kost dat?", "Twee ploegen, € 80.000 per jaar.")
        self.fill("Wie heeft last van dit probleem?", "Alle 20.000 fietsers van de stad.")
        self.select("In welk beleidsdomein past uw project?", "Mobiliteit en openbare werken")
        self._goes_on("E. Gewenste oplossing")
        self.fill("Wat moet de oplossing kunnen?", "Schade vinden binnen een week.")
        self.fill("Wat bestaat er al op de markt, en waarom volstaat dat niet?", "Enkel proeven.")
        level = "5 – Getest in een relevante omgeving"
        self.select("Hoe rijp is de technologie vandaag (TRL)?", level)
        level = "7 – Prototype werkt in de echte omgeving"
        self.select("Hoe rijp moet ze zijn op het einde van het project (TRL)?", level)
        self.choose("Kan maar één bekende leverancier de oplossing leveren?", "Nee")
        self._goes_on("F. Innovatie")
        kind = "Onderzoek en ontwikkeling van iets nieuws"
        self.select("Waar gaat uw opdracht vooral over?", kind)
        self.fill("Wat is nog onzeker?", "Of de sensoren schade in de winter herkennen.")
        self._goes_on("G. Impact en relevantie")
        self.fill("Welk verschil maakt het project?", "Minder valpartijen, lagere kosten.")
        row = self.within("group", "Hoe meet u of het project slaagt?").within("group", "Rij 1")
        row.fill("Indicator", "Dagen tot herstel")
        row.fill("Waarde nu", "60")
        row.fill("Doel", "14")
        self._goes_on("H. Aanpak en planning")
        self.fill("Hoe pakt u het project aan?", "Eerst de markt bevragen, dan een pilot.")
        self.select("Welke plaatsingsprocedure denkt u te gebruiken?", "Openbare procedure")
        self.choose("Is de opdracht al bekendgemaakt?", "Nee")
        self.fill("Wanneer wilt u starten met de voorbereiding?", "2027-02-01")
        row = self.within("group", "Welke mijlpalen voorziet u?").within("group", "Rij 1")
        row.fill("Mijlpaal", "Gunning")
        row.fill("Datum", "2027-09-01")
        self._goes_on("I. Risico's")
        risks = self.within("group", "Welke risico's ziet u, en wat doet u eraan?")
        row = risks.within("group", "Rij 1")
        row.fill("Risico", "Te weinig meetpunten")
        row.select("Kans", "Laag")
        row.select("Gevolg", "Hoog")
        row.fill("Maatregel", "Fietsers doen mee")
        self._goes_on("J. Raming")
        self.estimates()
        self._goes_on("K. Verklaringen")
        for declaration in DECLARATIONS:
            self.tick(declaration)
        self._goes_on("L. Bijlagen")
        self.field("Bestand").set_input_files(
            {"name": "marktverkenning.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        self.fill("Omschrijving", "Marktverkenning")
        self.press("Voeg toe")
        expect(self.page.get_by_role("link", name="marktverkenning.pdf")).to_be_visible()

    def estimates(self) -> None:
        """Two lines; 50 % with VAT of 24.200 is 12.100 and of 121.000 is 60.500."""
        costs = self.within("group", "Kosten")
        line = costs.within("group", "Rij 1")
        line.select("Fase", "Voortraject")
        line.fill("Omschrijving", "Begeleiding van het bestek")
        line.fill("Bedrag exclusief btw", "20000")
        costs.press("Rij toevoegen")
        line = type(self)(self.page, costs.part.get_by_role("group").nth(1))
        line.select("Fase", "Opdracht: ontwikkeling")
        line.fill("Omschrijving", "Prototype")
        line.fill("Bedrag exclusief btw", "100.000,00")
        self.choose("Ligt uw eigen budget vast?", "Ja")
        if not self.has_script:
            self.press("Herbereken")
        self.sees(f"U vraagt {EUR}72.600,00. Met {EUR}0,00 aan andere subsidies")

    def goes_to_check(self, reference: str) -> None:
        self.page.goto(f"/voorstellen/{reference}/")
        self.follow("Nakijken en indienen")
        self.sees("Alle verplichte antwoorden zijn ingevuld")

    def checks_and_submits(self, reference: str) -> None:
        self.goes_to_check(reference)
        self.press("Indienen")
        self.sees_heading("Ontvangstbewijs")
        self.sees("Uw voorstel is ingediend")

    # --- Afterwards -------------------------------------------------------------------------------

    def knows_of_no_decision(self, title: str) -> None:
        self.goes_to("Mijn dossiers")
        waiting = self.within("region", "Ingediend en in behandeling")
        card = waiting.part.get_by_role("article").filter(has_text=title)
        expect(card).not_to_contain_text(re.compile("geselecteerd", re.IGNORECASE))

    def reads_decision(self, title: str, folder: Path) -> Path:
        """From one's files to the decision; gives the letter."""
        self.goes_to("Mijn dossiers")
        over = self.within("region", "Beslist, ingetrokken of vervallen")
        over.part.get_by_role("article").filter(has_text=title).get_by_role("link").first.click()
        self.follow("Lees de beslissing")
        self.sees_heading("De beslissing over uw voorstel")
        return self.downloads(re.compile("^Brief downloaden"), folder)

    def claims_first_instalment(self, title: str, amount: str) -> None:
        """`amount` as the form proposes it."""
        self.goes_to("Mijn dossiers")
        self.within("region", "Projecten").follow(title)
        self.follow("Cofinanciering en schijven")
        self.follow("Schijf 1 aanvragen")
        expect(self.field("Gevraagd bedrag")).to_have_value(amount)
        self.fill("Verantwoording", "De overeenkomst is getekend en de opdracht is gegund.")
        self.field("Bewijsstukken bij de hele schuldvordering").set_input_files(
            {"name": "overeenkomst.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        self.press("Schijf aanvragen")
        self.sees("U hebt schijf 1 aangevraagd.")

    def gets_mail(self, subject: str) -> None:
        """In the mailbox of the demo, where mail lands that has left the outbox."""
        self.follow("Lees de mails")
        mail = self.page.get_by_role("row").filter(has_text=subject).first
        expect(mail).to_contain_text("Verzonden")

    def _goes_on(self, heading: str) -> None:
        self.press("Opslaan en verder")
        self.sees_heading(heading)


class WithoutScript(Applicant):
    """The same, in a browser that runs no script."""

    has_script = False

    def downloads(self, name: str | re.Pattern[str], folder: Path, *, patience: int = 60) -> Path:
        self.follow("Toon de voortgang")
        expect(self.page).to_have_url(re.compile("/documenten/taak/"))
        made = self.page.get_by_role("link", name=name)
        until = time.monotonic() + patience
        while not made.is_visible() and time.monotonic() < until:
            self.page.reload()
        return super().downloads(name, folder)
