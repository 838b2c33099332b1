"""Five presses at the same instant: one version, one receipt mail each, one job."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from documents.models import Job
from notifications.models import OutboxMail
from projects.models import Proposal, ProposalVersion
from projects.services import submit_proposal
from projects.services.submission import RECEIPT_KIND
from tests.projects.conftest import member
from tests.projects.factories import complete_draft

PRESSES = 5


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_five_presses_at_once() -> None:
    proposal = complete_draft()
    user = member(proposal)
    together = Barrier(PRESSES)

    def press(_number: int) -> int:
        try:
            mine = Proposal.objects.get(pk=proposal.pk)
            together.wait()
            return submit_proposal(proposal=mine, by=user, arrived_at=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(PRESSES) as pool:
        versions = set(pool.map(press, range(PRESSES)))
    assert versions == {ProposalVersion.objects.get().pk}
    assert AuditEvent.objects.filter(action="proposal.submit").count() == 1
    assert Job.objects.filter(kind=RECEIPT_KIND).count() == 1
    addresses = OutboxMail.objects.filter(kind="projects.receipt").values_list("address", flat=True)
    assert sorted(addresses) == sorted([user.email, proposal.contact_email])
