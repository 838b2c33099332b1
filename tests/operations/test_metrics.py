"""Figures for Prometheus: who may read them, and what they say."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as project_settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation
from prometheus_client.parser import text_string_to_metric_families

from accounts.roles import MemberRole
from common.moments import today
from documents.models import Job, JobState, ScanState, StoredFile
from documents.services import store_file
from notifications.lifecycle import MailState
from notifications.models import OutboxMail
from operations.checks import CHECKS
from operations.models import BEAT
from operations.services import note_sign, run_inspection
from operations.services.refusals import count_refusal
from projects.services import submit_proposal
from tests.accounts.factories import MembershipFactory
from tests.calls.factories import BareCallFactory, CallFactory, RoundFactory
from tests.funding.factories import budget_line
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

TOKEN = "een-token-van-genoeg-tekens"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def scrape(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def read() -> dict[tuple[str, ...], float]:
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        return {
            (sample.name, *(value for _name, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(response.content.decode())
            for sample in family.samples
        }

    return read


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer fout", f"Basic {TOKEN}"])
def test_without_the_token_there_are_no_metrics(client, settings, given):
    for token in ("", TOKEN):
        settings.METRICS_TOKEN = token
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_a_short_token_opens_nothing(client, settings):
    settings.METRICS_TOKEN = "kort"
    response = client.get("/metrics", headers={"Authorization": "Bearer kort"})
    assert response.status_code == 404


def test_a_listed_address_needs_no_token(client, settings):
    settings.METRICS_ADDRESSES = ["10.0.0.0/8"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="11.1.2.3").status_code == 404


def test_the_figures_are_those_of_the_database(scrape):
    with time_machine.travel(NOON, tick=False) as clock:
        line = budget_line(vak=Decimal(1000))
        RoundFactory(
            call=BareCallFactory(reference="PIO-X"),
            opens_at=NOON,
            closes_at=NOON + timedelta(hours=5),
            number=2,
        )
        note_sign(part=BEAT)
        for n in range(2):
            Job.objects.create(kind="a", title="Geheim", fingerprint=str(n))
        Job.objects.create(
            kind="b",
            title="Geheim",
            fingerprint="x",
            state=JobState.FAILED,
            error="Mislukt",
            finished_at=NOON,
        )
        OutboxMail.objects.create(kind="k", address="a@b.test", state=MailState.UNCERTAIN)
        files = [store_file(content=b"x", name="x.txt") for _n in range(3)]
        for stored, seconds in zip(files[:2], (0, 30), strict=True):
            StoredFile.objects.filter(pk=stored.pk).update(
                scan_state=ScanState.PENDING, created_at=NOON + timedelta(seconds=seconds)
            )
        clock.shift(90)
        found = scrape()
    assert found["pio_job_oldest_waiting_seconds", "a", "pdf"] == 90
    assert found["pio_jobs_waiting", "a", "pdf"] == 2
    assert found["pio_jobs_failed", "b", "pdf"] == 1
    assert found["pio_mails", "uncertain"] == 1
    assert found["pio_scans_waiting",] == 2
    assert found["pio_scan_oldest_waiting_seconds",] == 90
    assert ("pio_standby_read",) not in found
    assert found["pio_call_closes_in_seconds", "PIO-X", "2"] == 5 * 3600 - 90
    assert found["pio_beat_silent_seconds",] == 90
    year = str(line.budget_year.year)
    assert found["pio_budget_vak_left_euro", "cofinancing", year] == 1000


def test_refusals_are_counted_though_what_they_wrote_is_rolled_back(scrape):
    call = CallFactory()
    member = MembershipFactory(role=MemberRole.SUBMITTER)
    proposal = ProposalFactory(call=call, organisation=member.organisation)
    closes = call.rounds.get().closes_at
    reader = MembershipFactory(organisation=member.organisation, role=MemberRole.READER).user
    for by, arrived_at, refusal in (
        (member.user, closes, ValidationError),
        (member.user, closes, ValidationError),
        (member.user, closes - timedelta(seconds=1), ValidationError),
        (reader, closes, PermissionDenied),
    ):
        with pytest.raises(refusal):
            submit_proposal(proposal=proposal, by=by, arrived_at=arrived_at)
    found = scrape()
    refused = {key[1]: value for key, value in found.items() if key[0].endswith("refused_total")}
    assert refused == {"late": 2, "incomplete": 1, "not_permitted": 1}
    assert found["pio_submissions_accepted_total",] == 0


def test_a_scrape_costs_the_same_with_more_of_everything(
    scrape, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(16) as few:
        scrape()
    for n in range(30):
        Job.objects.create(kind=f"k{n}", title="t", fingerprint=str(n))
        RoundFactory(call=BareCallFactory())
    with django_assert_num_queries(len(few)):
        scrape()


def test_the_page_for_who_is_on_duty_names_every_figure_and_check_as_it_is(scrape):
    """docs/operations.md: no alarm on a figure that does not exist, each with its page."""
    page = (Path(project_settings.BASE_DIR) / "docs" / "operations.md").read_text()
    RoundFactory(call=BareCallFactory())
    note_sign(part=BEAT)
    run_inspection()
    budget_line(today().year)
    count_refusal(reason="late")
    Job.objects.create(kind="a", title="t", fingerprint="f")
    known = {name for name, *_labels in scrape()}
    of_backups = {"pio_backup_age_seconds", "pio_restore_test_age_seconds"}
    changing = {"pio_jobs_failed"}  # no row as long as nothing failed
    named = set(re.findall(r"\bpio_[a-z_]+[a-z](?=[{ `\[])", page))
    databases, roles = {"pio_test", "pio_rehearsal"}, {"pio_replication", "pio_reports"}
    only_with_a_standby = {"pio_standby_read"}
    assert named - known - only_with_a_standby - of_backups - changing == databases | roles
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings
    with translation.override("nl"):
        assert [str(one.label) for one in CHECKS.values() if str(one.label) not in page] == []
