"""Makes 200 files with a decision, each with its letter waiting.

Up to the advice they are rows that nobody wrote, so that preparing stays short; each is decided by
the service that people use, which asks for the letter. Fictional authorities, texts as long as a
thorough adviser writes.
"""

from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.contrib.auth.models import Group  # noqa: E402 - only after setup
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from accounts.models import Organisation, OrganisationType, User  # noqa: E402
from accounts.roles import StaffRole  # noqa: E402
from benchmarks.letters import LETTERS  # noqa: E402
from calls.lifecycle import CallState  # noqa: E402
from calls.models import Call  # noqa: E402
from calls.services import create_call  # noqa: E402
from common import clock  # noqa: E402
from evaluations.models import Advice  # noqa: E402
from evaluations.services import decide  # noqa: E402
from projects.content import fingerprint, proposal_content  # noqa: E402
from projects.draft import load_draft  # noqa: E402
from projects.lifecycle import ProposalState  # noqa: E402
from projects.models import Proposal, ProposalVersion  # noqa: E402

SENTENCES = (
    "Het voorstel vertrekt van een behoefte die het bestuur met cijfers van drie jaren onderbouwt.",
    "De markt werd verkend, maar nog niet bij aanbieders uit de andere gewesten en de buurlanden.",
    "De planning laat zes weken voor de gunning; dat is krap als er veel kandidaten zijn.",
    "Wie de oplossing na de proef onderhoudt, en met welk budget, moet vooraf vastliggen.",
    "De raming – € 1.250.000,00 inclusief btw – houdt rekening met een tweede proefopstelling.",
)


def words(length: int, first: int) -> str:
    """Paragraphs of about this many characters; each letter begins with another sentence."""
    text = ""
    number = first
    while len(text) < length:
        end = "\n\n" if number % 4 == 3 else " "
        text += SENTENCES[number % len(SENTENCES)] + end
        number += 1
    return text.strip()


def staff(email: str, name: str, role: StaffRole) -> User:
    person = User.objects.create_user(email, first_name=name, last_name="Voorbeeld")
    person.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return person


@transaction.atomic
def make() -> None:
    """Fill an empty database."""
    team = staff("team@bench.invalid", "Tom", StaffRole.TEAM_MEMBER)
    leader = staff("leiding@bench.invalid", "Lut", StaffRole.PROJECT_LEADER)
    adviser = staff("adviseur@bench.invalid", "Ann", StaffRole.ADVISER)
    call = create_call(reference="PIO-BENCH-2", title="Oproep voor de meting van brieven", by=team)
    now = clock.now()
    submission_round = call.rounds.create(
        number=1, opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=1)
    )
    Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED, summary="Om te meten.")
    call.refresh_from_db()
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Gemeente Voorbeeld {number}",
            type=OrganisationType.MUNICIPALITY,
            street="Voorbeeldstraat 1",
            postcode="9999",
            city="Voorbeeldegem",
            is_fictional=True,
        )
        for number in range(LETTERS)
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(
            call=call,
            round=submission_round,
            organisation=organisation,
            reference=f"PIO-BENCH-2-{number:04d}",
            title=f"Riolering die voorspelt waar ze overstroomt, wijk {number}",
            contact_name="An Peeters",
            created_by=team,
            state=ProposalState.ADVISED,
            submitted_at=now,
            is_fictional=True,
        )
        for number, organisation in enumerate(organisations)
    )
    content = proposal_content(
        load_draft(proposals[0]),
        version=1,
        arrived_at=now,
        submitted_by="An Peeters",
        submission_round=submission_round,
    )
    ProposalVersion.objects.bulk_create(
        ProposalVersion(
            proposal=proposal,
            number=1,
            content=content,
            sha256=fingerprint(content),
            arrived_at=now,
            submitted_by=team,
        )
        for proposal in proposals
    )
    Advice.objects.bulk_create(
        Advice(
            proposal=proposal,
            author=adviser,
            strengths=words(2500, number),
            points_of_attention=words(2500, number + 1),
            conditions=words(1500, number + 2),
            budget_from=Decimal("100000.00"),
            budget_to=Decimal("250000.00"),
            conclusion="negative" if number % 2 else "positive_with_points",
            internal_note="Komt in geen brief.",
            finalised_at=now,
        )
        for number, proposal in enumerate(proposals)
    )
    for number, proposal in enumerate(proposals):
        decide(
            proposal=proposal,
            by=leader,
            outcome="not_selected" if number % 2 else "selected",
            grounds=words(2500, number + 3),
        )


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    make()
