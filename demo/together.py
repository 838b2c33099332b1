"""Work that waits for people of the invented city, made by the real services (voorbeelddata)."""

from common.moments import add_working_days
from demo.organisations import MARK
from demo.people import Cast
from demo.timing import Calendar
from projects.draft import load_draft
from projects.fields import PARTNER_FIELDS
from projects.models import Proposal
from projects.services import (
    ask_information,
    assign_section,
    invite_to_partner,
    save_partners,
)
from projects.services.information import Asked, default_due_on

ASKED = (
    Asked("D", "huidige_werkwijze", "Telt u eigen uren mee? Geef het bedrag met en zonder."),
    Asked("H", "aanpak", "Wie leidt het kernteam, en wie valt in bij afwezigheid?"),
)
PARTNER = "C"
ASSIGNED = "I"


def staff_ask(proposal: Proposal, cast: Cast) -> None:
    """One open request about two answers of a file in assessment."""
    ask_information(
        proposal=proposal,
        asked=ASKED,
        due_on=default_due_on(),
        by=cast.team,
        message=f"De adviseur heeft nog twee vragen. {MARK}",
    )


def colleagues_share(proposal: Proposal, cast: Cast, calendar: Calendar) -> None:
    """A draft that a colleague and a partner of another organisation work on too."""
    draft = load_draft(proposal)
    section, partners = draft.section(ASSIGNED), draft.section(PARTNER)
    assert section is not None
    assert partners is not None
    assign_section(
        proposal=proposal,
        section=section,
        assignee=cast.editor,
        due_on=add_working_days(calendar.today, 5),
        note="Kijk jij de risico's na? (voorbeelddata)",
        by=cast.submitter,
    )
    hospital = cast.hospital.memberships.get().organisation
    new = {
        "name": hospital.name,
        "kbo": "",
        "role": "Test de oplossing op zijn terrein",
        "contribution": "",
        "has_letter_of_intent": False,
    }
    standing = [
        {"id": partner.pk, **{name: getattr(partner, name) for name in PARTNER_FIELDS}}
        for partner in proposal.partners.all()
    ]
    save_partners(
        proposal=proposal,
        section=partners,
        rows=[*standing, new],
        version=draft.version(partners),
        by=cast.submitter,
    )
    invite_to_partner(
        partner=proposal.partners.get(name=hospital.name),
        email=cast.hospital.email,
        by=cast.submitter,
    )
