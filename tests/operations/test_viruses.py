"""A virus that was found: who is told, once, and of what nobody else may know."""

from typing import Any

import pytest

from accounts.roles import StaffRole
from documents.models import ScanState, StoredFile
from documents.services import scan_file, store_upload
from notifications.models import OutboxMail
from projects.models import Attachment
from tests.accounts.factories import UserFactory
from tests.documents.factories import pdf_bytes, upload
from tests.documents.scanner import MARK, scanner
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db


def told() -> dict[str, str]:
    """The subject of each mail, by who gets it."""
    mails = OutboxMail.objects.filter(kind__startswith="operations.virus_found")
    return {str(mail.recipient): mail.subject for mail in mails}


@pytest.mark.parametrize("is_submitted", [True, False])
def test_who_sent_it_and_who_follows_the_file_are_told_once(
    settings: Any, *, is_submitted: bool
) -> None:
    member = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    UserFactory(roles=[StaffRole.AUDITOR])
    proposal = ProposalFactory(submitted=is_submitted)
    with scanner() as own:
        settings.CLAMD_ADDRESS = own.address
        stored = store_upload(
            uploaded=upload("plan.pdf", pdf_bytes() + b"%" + MARK), created_by=proposal.created_by
        )
        Attachment.objects.create(
            proposal=proposal,
            file=stored,
            added_by=proposal.created_by,
        )
        for _n in range(2):
            scan_file(file_id=stored.pk)
            StoredFile.objects.update(scan_state=ScanState.PENDING, scanned_at=None)
    mine = {
        str(proposal.created_by): "In een bestand dat u stuurde, is een virus gevonden",
    }
    staff = {str(member): f"In een bestand van {proposal.reference} is een virus gevonden"}
    assert told() == (mine | staff if is_submitted else mine)


def test_a_clean_file_is_no_news(settings: Any) -> None:
    with scanner() as own:
        settings.CLAMD_ADDRESS = own.address
        stored = store_upload(uploaded=upload("plan.pdf", pdf_bytes()), created_by=UserFactory())
        assert scan_file(file_id=stored.pk) == ScanState.CLEAN
    assert told() == {}
