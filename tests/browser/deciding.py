"""What project leaders and their team do at a meeting and with the letters."""

from playwright.sync_api import expect

from tests.browser.staff import Staff


class Leader(Staff):
    """Someone who prepares decisions and tells them."""

    # --- The meeting ------------------------------------------------------------------------------

    def plans_meeting(self, call: str, title: str, moment: str, place: str) -> None:
        """`moment` as YYYY-MM-DDTHH:MM; lands on the page of the meeting."""
        self.works_at("Rangschikking")
        self.follow(f"Vergaderingen over {call}")
        self.follow("Vergadering plannen")
        self.fill("Titel", title)
        self.fill("Begint op", moment)
        self.fill("Plaats of link", place)
        self.press("Opslaan")
        self.sees("De vergadering is gepland. Vul nu de agenda.")

    def puts_on_agenda(self, *references: str) -> None:
        self.fill("Dossiernummers", " ".join(references))
        self.press("Aan de agenda toevoegen")
        self.sees("De agenda is aangevuld.")
        for reference in references:
            expect(self.part.get_by_role("link", name=reference)).to_be_visible()

    def invites(self, colleague: str) -> None:
        self.select("Medewerker", colleague)
        self.press("Deelnemer toevoegen")
        self.row(colleague, "Medewerker", "Ja")

    def invites_guest(self, name: str) -> None:
        self.fill("Of een gast", name)
        self.press("Deelnemer toevoegen")
        self.row(name, "Gast", "Ja")

    def opens_meeting(self) -> None:
        self.press("Vergadering openen")
        self.sees("De vergadering is geopend.")

    def discusses(self, reference: str) -> None:
        """From the page of the meeting."""
        self.follow(reference)
        self.press("Dit dossier bespreken")
        expect(self.field("Verslag")).to_be_visible()

    def minutes(self, text: str, leaning: str) -> None:
        self.fill("Verslag", text)
        self.select("Voorstel van de vergadering", leaning)
        self.press("Opslaan")
        self.sees("Het verslag is opgeslagen.")

    def notes_departure(self, name: str, reason: str) -> None:
        self.select("Wie verlaat de zaal?", name)
        self.fill("Reden", reason)
        self.press("Vertrek noteren")
        self.sees("Het vertrek is genoteerd.")

    def seat(self, name: str) -> str:
        """What the list of people in the room says of somebody."""
        room = self.within("region", "In de zaal").part
        return room.get_by_role("listitem").filter(has_text=name).inner_text()

    def closes_meeting(self, title: str) -> None:
        self.follow(title)
        self.press("Vergadering afsluiten")
        dialog = self.page.get_by_role("dialog", name="Vergadering afsluiten")
        dialog.get_by_role("button", name="Vergadering afsluiten").click()
        self.sees("De vergadering is afgesloten.")

    # --- Letters ----------------------------------------------------------------------------------

    def previews_letter(self, kind: str, reference: str, opening: str) -> None:
        """The letter as it would read with another opening; nothing is stored."""
        self.works_at("Brieven")
        self.follow(kind)
        self.fill("Inleiding", opening)
        self.fill("Dossiernummer", reference)
        self.press("Toon wat ik typte")
        example = self.within("region", "VOORBEELD: dit is geen brief en geen beslissing")
        example.sees(opening)
        example.sees(reference)

    def picks_only(self, reference: str) -> None:
        """Of the files with a tick: this one."""
        for box in self.page.get_by_role("checkbox").all():
            if box.get_attribute("name") == "dossier":
                box.set_checked(box.get_attribute("value") == reference)

    def opens_letters(self, call: str) -> None:
        self.works_at("Brieven")
        self.follow(call)

    def report(self, reference: str) -> str:
        """What was done to one file, in words."""
        report = self.within("region", "Verslag")
        return report.row(reference).inner_text()
