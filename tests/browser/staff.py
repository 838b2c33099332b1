"""What staff do: check, assign, score, advise, decide, and the way of the money."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.applicant import PDF
from tests.browser.people import Person
from tests.browser.server import Portal

CONFIRM = "Ik heb alles nagekeken."
CRITERIA = (
    ("Past bij het programma", "4 – goed", "Een echte behoefte van de stad."),
    ("Relevantie en mogelijke impact", "5 – uitstekend", "Alle fietsers merken het."),
    ("Kwaliteit van de aanpak", "3 – voldoende", "De planning is krap."),
)


class Staff(Person):
    """Someone of the programme, in the pages under Beheer."""

    def works_at(self, name: str) -> None:
        self.goes_to("Beheer")
        self.goes_to(name, menu="Beheer")

    def opens_file(self, reference: str) -> None:
        self.works_at("Dossiers")
        self.part.get_by_role("textbox", name="Zoekwoorden", exact=True).fill(reference)
        self.press("Filteren")
        self.follow(reference)

    def opens_project(self, reference: str, title: str) -> None:
        self.works_at("Projecten")
        self.fill("Titel, nummer of organisatie", reference)
        self.press("Filteren")
        self.follow(f"{reference} – {title}")

    # --- The file ---------------------------------------------------------------------------------

    def finds_it_complete(self, reference: str) -> None:
        self.opens_file(reference)
        self.follow("Volledigheid controleren")
        for point in self.part.get_by_role("radio", name="Ja, in orde", exact=True).all():
            point.check()
        self.choose("Is het voorstel volledig?", "Ja, volledig")
        self.press("Controle opslaan")

    def assigns(self, reference: str, adviser: str) -> None:
        self.opens_file(reference)
        self.follow("Adviseur toewijzen")
        # Behind the name stands how much somebody has in hand.
        option = self.field("Adviseur").locator("option").filter(has_text=adviser)
        self.field("Adviseur").select_option(value=option.get_attribute("value"))
        expect(self.field("Schrijft het advies")).to_be_checked()
        self.press("Uitnodigen")
        self.sees(f"{adviser} krijgt een uitnodiging.")

    def declares_no_conflict(self, reference: str) -> None:
        self.opens_file(reference)
        self.sees("U leest het voorstel nadat u hebt aanvaard")
        self.does_not_see("Fietspaden slijten zonder dat wij het zien.")
        self.follow("Uitnodiging beantwoorden")
        self.tick("Ik verklaar dat ik geen belangenconflict heb")
        self.press("Aanvaarden")
        self.sees("U hebt aanvaard. U kunt nu scores geven.")

    def scores(self, total: str) -> None:
        """From the page on which one lands after accepting; `total` is the weighted percentage."""
        for criterion, score, motivation in CRITERIA:
            panel = self.within("region", criterion)
            panel.select("Score", score)
            panel.fill("Motivering", motivation)
        for point in self.part.get_by_role("radio", name="Ja, voldaan", exact=True).all():
            point.check()
        self.sees(f"Gewogen totaal: {total}")  # before anything was saved
        self.press("Opslaan")
        self.sees("Uw scores zijn opgeslagen.")
        end = self.within("region", "Scores definitief maken")
        end.tick(CONFIRM)
        end.press("Definitief maken")
        self.sees("Uw scores zijn definitief")

    def advises(self, reference: str, strengths: str, points: str, note: str) -> None:
        self.opens_file(reference)
        self.follow("Advies schrijven")
        self.fill("Sterke punten", strengths)
        self.fill("Aandachtspunten", points)
        self.fill("Interne nota", note)
        self.select("Besluit", "Positief met aandachtspunten")
        self.press("Ontwerp opslaan")
        self.sees("Het ontwerp van het advies is opgeslagen.")
        end = self.within("region", "Advies definitief maken")
        end.tick(CONFIRM)
        end.press("Definitief maken")
        self.sees("Het advies is definitief.")

    def selects(self, reference: str, grounds: str) -> None:
        self.opens_file(reference)
        self.follow("Beslissen")
        self.choose("Beslissing", "Geselecteerd")
        self.fill("Motivering", grounds)
        self.tick("Ik heb het dossier en het advies gelezen en beslis in eigen naam.")
        self.press("Beslissen")
        self.sees("U hebt beslist.")

    def notifies(self, reference: str, folder: Path) -> Path:
        """Read the letter that a worker made, then tell; gives the letter as the staff saw it."""
        self.opens_file(reference)
        self.follow("Beslissing meedelen")
        letter = self.within("region", "De brief").downloads(re.compile("^Download"), folder)
        self.press("Mails klaarzetten")
        self.sees("De mails staan klaar. De aanvrager weet nog niets.")
        tell = self.within("region", "Beslissing meedelen")
        tell.tick("Ik heb de brieven en de mails gelezen.")
        tell.press("Beslissing meedelen")
        self.sees("De beslissing is meegedeeld.")
        return letter

    # --- The project and its money ----------------------------------------------------------------

    def adds_procurement(self, reference: str, title: str, procurement: str, amount: str) -> None:
        self.opens_project(reference, title)
        self.follow("Opdracht toevoegen")
        self.fill("Titel van de opdracht", procurement)
        self.select("Fase", "Opdracht: ontwikkeling")
        self.fill("Geraamd bedrag exclusief btw", amount)
        self.press("Opdracht toevoegen")
        self.sees("De opdracht is toegevoegd.")

    def requests_cofinancing(self, procurement: str, asked: str, advised: str) -> None:
        """From the page of the project; `advised` is what the rule gives, in words."""
        self.row(procurement).get_by_role("link", name="Cofinanciering aanvragen").click()
        self.sees(advised)
        self.fill("Gevraagd bedrag", asked)
        self.field("Opdrachtdocument").set_input_files(
            {"name": "bestek.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        self.press("Aanvragen")
        self.sees("De aanvraag tot cofinanciering is geregistreerd.")

    def opens_request(self, procurement: str, reference: str) -> None:
        self.works_at("Cofinanciering")
        self.fill("Project, opdracht of organisatie", reference)
        self.press("Filteren")
        self.row(procurement).get_by_role("link", name=procurement).click()

    def records_grant(self, procurement: str, reference: str, day: str) -> None:
        """The committee's decision of `day` (ISO): the whole amount."""
        self.opens_request(procurement, reference)
        form = self.within("region", "Beslissing noteren")
        form.choose("Beslissing", "Goedgekeurd")
        form.fill("Beslist op", day)
        form.press("Beslissing noteren")
        self.sees("De beslissing van het comité is genoteerd.")

    def commits(self, procurement: str, reference: str) -> str:
        """The number of the commitment."""
        self.opens_request(procurement, reference)
        self.follow("Vastleggen")
        self.press("Vastleggen")
        self.sees("Het bedrag is vastgelegd.")
        link = self.page.get_by_role("link", name=re.compile("^Vastlegging "))
        return link.inner_text().removeprefix("Vastlegging ")

    def plans_and_opens(self, reference: str, title: str, commitment: str, first: str) -> None:
        """Keep the plan that the portal proposes; open the first instalment, of `first`."""
        self.opens_project(reference, title)
        self.goes_to("Cofinanciering", menu="Onderdelen")
        self.follow(commitment)
        self.follow("Schijven plannen")
        self.press("Plan opslaan")
        self.sees("De schijven zijn gepland.")
        self.row("Overeenkomst getekend", first).get_by_role(
            "link", name="Opvraagbaar maken"
        ).click()
        self.press("Opvraagbaar maken")
        self.sees("De schijf is opvraagbaar.")

    def opens_claim(self, title: str) -> None:
        self.works_at("Schuldvorderingen")
        self.fill("Project, organisatie of vastlegging", title)
        self.press("Filteren")
        self.follow(title)

    def checks_claim(self, title: str) -> None:
        self.opens_claim(title)
        self.follow("Controleren")
        self.press("Controle opslaan")
        self.sees("De schuldvordering is gecontroleerd.")

    def approves_claim(self, title: str) -> None:
        self.opens_claim(title)
        self.follow("Goedkeuren")
        self.press("Goedkeuren")
        self.sees("De schuldvordering is goedgekeurd")

    def pays_claim(self, title: str) -> None:
        self.opens_claim(title)
        self.follow("Betaling registreren")
        self.fill("Kenmerk van de betaling", "BET-2026-0815")
        self.press("Betaling registreren")
        self.sees("De betaling is geboekt.")

    # --- The yearly report ------------------------------------------------------------------------

    def exports_report(self, year: int, button: str, portal: Portal, folder: Path) -> Path:
        """A worker makes it; the page shows how far it is, and then the file, by itself."""
        self.works_at("Jaarrapport")
        self.follow(str(year))
        with portal.worker_asleep():
            self.press(button)
            progress = self.page.get_by_role("progressbar", name="Voortgang")
            expect(progress).to_be_visible()
        return self.downloads(re.compile("^Download"), folder)
