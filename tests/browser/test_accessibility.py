"""Every page of everybody: nothing that axe can see, one h1, no sideways scrolling, all by Tab."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from inspect import getclosurevars
from itertools import chain
from typing import Any

from django.urls import resolve, reverse
from playwright.sync_api import FilePayload, Page, expect

from common.moments import today
from tests.browser.conftest import Windows
from tests.browser.deciding import Leader
from tests.browser.looking import AXE, findings, out_of_reach, pages_behind
from tests.browser.people import Person
from tests.browser.server import Portal
from tests.portal.world import all_addresses

YEAR = today().year
CALL_IN_THE_MAKING = f"pio-{YEAR + 1}-1"
OPEN_CALL, DRAFT = f"pio-{YEAR}-3", f"PIO-{YEAR}-3-0001"
LONG_AGO = YEAR - 2
CONFLICTED_FILE = f"/beheer/dossiers/PIO-{LONG_AGO}-1-0001/"
SETTLEMENT = f"/beheer/vastleggingen/VL-{LONG_AGO}-00002/eindafrekening/"
REHEARSAL = "6f1b3a52-0d1c-4b8a-9e57-2c1f4d7a9b10"
ASSESSED_CALL, FILES = f"pio-{YEAR}-2", f"/beheer/dossiers/PIO-{YEAR}-2-"
SUMMER, DISCUSSED = "Zomeroproep (voorbeelddata)", f"PIO-{YEAR}-2-0013"

# Where each begins to follow links. "" is a visitor. A kind of page that somebody before saw is not
# looked at again, unless it is named here: because it shows more to this person, or in this state.
VISITORS = {
    "": ["/", "/oproepen/?q=water&fase=open&soort=ocmw", f"/oproepen/{OPEN_CALL}/"],
    "indiener@voorbeeldegem.example": [
        "/mijn/",
        f"/oproepen/{OPEN_CALL}/",
        f"/oproepen/{OPEN_CALL}/zelftest/?soort=ocmw",
        f"/voorstellen/{DRAFT}/",
    ],
}
STAFF = {
    "teamlid@pio.example": [
        "/beheer/",
        f"/beheer/oproepen/{OPEN_CALL}/",
        f"/beheer/oproepen/{OPEN_CALL}/gestelde-vragen/",
        f"/beheer/oproepen/{CALL_IN_THE_MAKING}/",
        f"/beheer/oefeningen/{REHEARSAL}/",
        "/beheer/werk/?tab=alles",
        "/beheer/werk/?q=kleur:rood",
        "/beheer/werk/weergaven/nieuw/?words=voor:mij",
        f"{FILES}0006/?lijst=dossiers%3Fsort%3Dreference",
        f"/beheer/projecten/PIO-{YEAR}-1-0004/",
        "/beheer/projecten/PIO-H-014/",
        "/beheer/projecten/PIO-H-014/cofinanciering/",
        f"/beheer/vastleggingen/VL-{YEAR}-00016/schijven/",
    ],
    "projectleider@pio.example": [
        "/beheer/",
        f"{FILES}0006/beslissing/",
        f"{FILES}0016/toewijzing/",
        f"{CONFLICTED_FILE}toewijzing/",
        "/beheer/schuldvorderingen/14/",
    ],
    "adviseur@pio.example": ["/beheer/", f"{FILES}0004/toewijzing/", f"{FILES}0004/beoordelen/"],
    "adviseur3@pio.example": [
        "/beheer/mijn-dossiers/",
        "/beheer/adviseurs/belangen/",
    ],
    "manager@pio.example": [
        "/beheer/",
        "/beheer/schuldvorderingen/26/",
        "/beheer/cofinanciering/17/",
        f"/beheer/begroting/{YEAR}/",
        f"/beheer/vastleggingen/VL-{YEAR}-00016/",
        f"/beheer/vastleggingen/VL-{YEAR}-00014/",
        "/beheer/schuldvorderingen/27/",
        f"/beheer/projecten/PIO-{YEAR - 1}-1-0004/cofinanciering/",
    ],
    "teamlid2@pio.example": [f"/beheer/begroting/{LONG_AGO}/heropenen/antwoord/"],
    "beheerder@pio.example": ["/beheer/personen/"],
    "secretaris@pio.example": ["/beheer/", "/beheer/beslissingscomite/nieuw/"],
}

AGREEMENT = "SELECT id FROM funding_agreement ORDER BY id"
MEETING = "SELECT id FROM funding_committeemeeting WHERE state = 'planned' ORDER BY id"
ITEM = """
SELECT i.meeting_id, i.id FROM funding_committeeitem i
JOIN funding_committeemeeting m ON m.id = i.meeting_id
WHERE m.state = 'planned' ORDER BY i.id
"""
CLAIM = """
SELECT c.id FROM funding_claim c JOIN funding_instalment i ON i.id = c.instalment_id
WHERE i.state = 'approved' AND c.rejected_at IS NULL ORDER BY c.id
"""
OF_A_ROW = {
    "teamlid@pio.example": {
        "funding:agreement": AGREEMENT,
        "funding:agreement_send": AGREEMENT,
        "funding:agreement_sign": AGREEMENT,
        "funding:claim_recheck": CLAIM,
        "funding:request_tender_document": (
            "SELECT id FROM funding_cofinancingrequest WHERE state = 'requested' ORDER BY id"
        ),
        "projects:follow_up": (
            "SELECT reference FROM projects_project WHERE state = 'finished' ORDER BY id"
        ),
    },
    "manager@pio.example": {"funding:claim_pay": CLAIM},
    "secretaris@pio.example": {
        "funding:committee_meeting": MEETING,
        "funding:committee_edit": MEETING,
        "funding:committee_cancel": MEETING,
        "funding:committee_close": MEETING,
        "funding:committee_hold": MEETING,
        "funding:committee_item_decide": ITEM,
    },
}
"""Also where each begins: an address about the first row of the demo that the query finds."""


PLAYED = """
WITH played AS (
  INSERT INTO rehearsals_rehearsal (id, call_id, state, applicants, seed, requested_by_id,
    requested_at, attempt, percent, message, started_at, finished_at, error, summary)
  SELECT %s, calls_call.id, 'done', 3, 1, accounts_user.id, now(), 1, 100, '', now(), now(), '',
    jsonb_build_object('counts', '{}'::jsonb,
      'remarks', '[{"level": "warning", "sentence": "Ronde 1 sluit op een zondag."}]'::jsonb,
      'moments', jsonb_build_object('published', now(), 'end', now() + interval '9 days'))
  FROM calls_call, accounts_user WHERE slug = %s AND email = 'teamlid@pio.example'
  RETURNING id)
INSERT INTO rehearsals_rehearsalitem (rehearsal_id, kind, code, at, known_at, outcome, reason,
  recipient, address, role, title, text, html, about, from_state, to_state)
SELECT id, kind, 'projects.receipt', now(), now(), '', '', 'Bea Beheerder', 'bea@bestuur.example',
  'Aanvrager: beheerder', 'Ontvangen', 'Tekst', '<p>Tekst</p>', '', '', ''
FROM played, unnest(ARRAY['mail', 'reminder', 'event']) AS kind
"""
"""A rehearsal as it stands after playing, which takes a worker half a minute."""

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


class Colleague(Leader):
    """Somebody of staff, who makes what the demo has nothing of and shows each page of it."""

    def divides_files(self) -> Iterator[str]:
        self.page.goto(f"/beheer/oproepen/{ASSESSED_CALL}/verdeling/")
        self.press("Verdeling uitrekenen")
        self.sees("Niemand is al uitgenodigd.")
        yield ""

    def prepares_something_for_many_files(self) -> Iterator[str]:
        self.page.goto("/beheer/werk/?tab=alles")
        self.page.get_by_role("checkbox", name=re.compile(r"^Alle \d+ dossiers")).check()
        self.select("Actie met de gekozen dossiers", "Dag van het advies wijzigen")
        self.press("Voorbereiden")
        self.sees_heading("Dag van het advies wijzigen")
        yield ""
        self.fill("Klaar tegen", (today() + timedelta(days=30)).isoformat())
        self.press("Tonen wat er zou gebeuren")
        expect(self.page).to_have_url(re.compile(r"/acties/\d+/$"))
        yield ""

    def runs_a_meeting(self) -> Iterator[str]:
        self.plans_meeting(SUMMER, "Overleg over de zomer", f"{today()}T10:00", "Zaal 1")
        self.puts_on_agenda(DISCUSSED)
        self.invites_guest("Gerda Gast")
        yield ""
        self.opens_meeting()
        yield ""
        self.discusses(DISCUSSED)
        yield ""

    def asks_information(self) -> Iterator[str]:
        self.page.goto(f"{FILES}0003/informatie/vragen/")
        self.tick("A. Titel")
        self.page.get_by_text("Lees wat er staat en schrijf uw vraag").first.click()
        self.field("Wat wilt u hierover weten?").filter(visible=True).fill("Kan hij korter?")
        self.press("Stel de vragen")
        self.sees("Kan hij korter?")
        yield ""

    def declares_a_conflict(self) -> Iterator[str]:
        self.page.goto(f"{CONFLICTED_FILE}toewijzing/")
        self.page.get_by_text("Ik heb een belangenconflict").click()
        self.fill("Welk belangenconflict hebt u?", "Mijn zus werkt er.")
        yield ""
        self.press("Belangenconflict melden")
        expect(self.page).not_to_have_url(re.compile(CONFLICTED_FILE))
        yield ""

    def closes_a_year(self) -> Iterator[str]:
        """And asks to open it again, which somebody else answers."""
        self.page.goto(f"/beheer/begroting/{LONG_AGO}/afsluiten/")
        yield ""
        self.press("Jaar afsluiten")
        self.sees("Het jaar is afgesloten.")
        self.follow("Heropening vragen")
        yield ""
        self.fill("Reden", "Een boeking ontbreekt.")
        self.press("Heropening vragen")
        self.sees("Een tweede persoon van het programma moet dit nu toestaan.")
        yield ""

    def asks_money_back(self) -> Iterator[str]:
        """A settlement of what was paid in full, of which hardly any cost is accepted."""
        self.page.goto(f"{SETTLEMENT}voorstellen/")
        yield ""
        self.fill("Aanvaarde kosten, in totaal", "1.000,00")
        self.fill("Toelichting", "De facturen ontbreken.")
        self.press("Eindafrekening voorstellen")
        self.sees("De eindafrekening is voorgesteld.")
        self.page.goto(f"{SETTLEMENT}intrekken/")
        yield ""

    def confirms_what_is_asked_back(self) -> Iterator[str]:
        self.page.goto(f"{SETTLEMENT}bevestigen/")
        yield ""
        self.press("Bevestigen")
        self.sees("De eindafrekening is bevestigd.")
        yield ""
        self.page.goto(f"{SETTLEMENT}ontvangst/")
        yield ""

    def reads_in_a_file_of_the_bank(self) -> Iterator[str]:
        self.page.goto("/beheer/betalingen/bevestigingen/")
        rows = "end-to-end-id;uitvoeringsdatum;bedrag;iban;status;bankreferentie\nX;vandaag;;;;\n"
        self.field("Bestand (CSV)").set_input_files(file("bank.csv", rows.encode()))
        self.press("Bekijken")
        expect(self.page).to_have_url(re.compile(r"/bevestigingen/\d+/$"))
        yield ""

    def makes_an_edition(self) -> Iterator[str]:
        self.page.goto(f"/beheer/jaarrapport/{LONG_AGO}/")
        self.press("Maak een editie om te ondertekenen")
        self.sees("Een tweede persoon ondertekent.")
        yield ""

    def adds_a_document(self) -> Iterator[str]:
        self.page.goto(f"/beheer/oproepen/{CALL_IN_THE_MAKING}/documenten/nieuw/")
        yield ""
        self.fill("Titel", "Handleiding")
        self.field("Bestand").set_input_files(file("handleiding.png", PICTURE))
        self.press("Opslaan")
        self.sees("Het document staat bij de oproep.")
        yield ""

    def uploads_scores(self) -> Iterator[str]:
        self.page.goto("/beheer/mijn-dossiers/")
        with self.page.expect_download() as sheet:
            self.follow("Download het rekenblad (XLSX)")
        upload = file("scores.xlsx", sheet.value.path().read_bytes())
        self.field("Ingevuld rekenblad").set_input_files(upload)
        self.press("Uploaden en bekijken")
        self.sees_heading("Kijk na wat er zou veranderen")
        yield ""


MAKES = {
    "teamlid@pio.example": [
        Colleague.prepares_something_for_many_files,
        Colleague.asks_information,
        Colleague.declares_a_conflict,
        Colleague.adds_a_document,
        Colleague.asks_money_back,
    ],
    "projectleider@pio.example": [Colleague.divides_files, Colleague.runs_a_meeting],
    "adviseur3@pio.example": [Colleague.uploads_scores],
    "manager@pio.example": [
        Colleague.makes_an_edition,
        Colleague.confirms_what_is_asked_back,
        Colleague.reads_in_a_file_of_the_bank,
        Colleague.closes_a_year,
    ],
}

SHOWS_ANOTHER_PAGE_AGAIN = {
    "evaluations:absence",
    "evaluations:accept",
    "evaluations:conflict",
    "evaluations:decline",
    "evaluations:notify",
}
"""Where a form is sent: these answer with the page that holds the form when it is not right."""
OF_A_FORM_THAT_CHANGES = {
    "calls:form_change",
    "calls:form_change_discard",
    "calls:form_change_publish",
    "projects:preview_change",
}
"""Looked at in test_conditions.py, while a form changes."""

NO_PAGES = {
    "evaluations:board_export",
    "evaluations:division_status",
    "evaluations:list_export",
    "dashboard:audit_export",
    "dashboard:mail_export",
    "evaluations:numbers_csv",
    "evaluations:numbers_xlsx",
    "evaluations:scores_sheet",
    "funding:ledger_csv",
    "reporting:question_export",
    "reporting:report_csv",
    "rehearsals:file",
    "rehearsals:status",
}
"""Files, and what a page asks for by itself."""

NOT_IN_THE_DEMO = {"operations:answer_outage"}
"""About an outage just before a closing; the demo has none, and no round that closes so soon."""


def page_with_axe(new_context: Windows) -> Page:
    """Every page of this window begins with axe: to hand it to each page takes twice as long."""
    context = new_context()
    context.add_init_script(AXE)
    return context.new_page()


def wrongs(person: Person, starts: Iterable[str], known: set[str], within: str) -> list[str]:
    """What is wrong with the pages behind the links that this person gets."""
    page, found, part = person.page, [], "body"
    for path in pages_behind(page, starts, known, within):
        found += [f"{path} {fault}" for fault in findings(page) + out_of_reach(page, part)]
        part = "main"  # around it, every page of one person has the same
    return found


def test_every_page_of_visitors_can_be_used(new_context: Windows) -> None:
    known: set[str] = set()
    wrong: list[str] = []
    for email, starts in VISITORS.items():
        person = Person(page_with_axe(new_context))
        if email:
            person.sign_in(email)
        wrong += wrongs(person, starts, known, "/")
    assert "\n".join(wrong) == ""


def test_every_page_of_staff_can_be_used(new_context: Windows, portal: Portal) -> None:
    portal.database.execute(PLAYED, [REHEARSAL, CALL_IN_THE_MAKING])
    known: set[str] = set()
    wrong: list[str] = []
    for email, starts in STAFF.items():
        person = Colleague(page_with_axe(new_context))
        person.sign_in(email)
        rows = [
            reverse(name, args=portal.database.rows(query)[0])
            for name, query in OF_A_ROW.get(email, {}).items()
        ]
        made = chain.from_iterable(make(person) for make in MAKES.get(email, []))
        wrong += wrongs(person, chain(starts, rows, made), known, "/beheer/")
    assert "\n".join(wrong) == ""
    assert "\n".join(sorted(unseen_pages(known))) == ""


def unseen_pages(known: set[str]) -> set[str]:
    """Staff addresses that answer a GET with a page, and that no link led to."""
    elsewhere = known | SHOWS_ANOTHER_PAGE_AGAIN | OF_A_FORM_THAT_CHANGES | NO_PAGES
    elsewhere |= NOT_IN_THE_DEMO
    return {
        address.name
        for address in all_addresses()
        if address.route.startswith("beheer/") and address.name not in elsewhere
        if answers_get(resolve(somewhere(address.route)).func)
    }


def answers_get(view: Callable[..., Any]) -> bool:
    """What `require_POST` and its like, somewhere around the view, say of a GET."""
    while True:
        methods = getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "GET" in methods
        if not hasattr(view, "__wrapped__"):
            return True
        view = view.__wrapped__


def somewhere(route: str) -> str:
    """An address of this kind, of nothing that exists."""
    made_up = {"int": "0", "uuid": REHEARSAL, "call_part": "criteria"}
    return "/" + re.sub(r"<(\w+):\w+>", lambda part: made_up.get(part[1], "x"), route)
