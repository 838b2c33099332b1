"""Waits until the work is done, then looks whether anything was lost, doubled or left half."""

import json
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - only after setup

from common import clock  # noqa: E402
from documents.models import Job, JobState, StoredFile  # noqa: E402
from notifications.lifecycle import ReminderState  # noqa: E402
from notifications.models import OutboxMail, Reminder  # noqa: E402
from projects.content import fingerprint  # noqa: E402
from projects.models import ProposalVersion  # noqa: E402
from projects.services.submission import RECEIPT_KIND  # noqa: E402

PATIENCE = 240  # seconds for what still waits


def wait() -> float:
    """Until no job and no reminder waits, at most PATIENCE; the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        waiting = Job.objects.pending().exists() or Reminder.objects.due(clock.now()).exists()
        if not waiting:
            break
        time.sleep(1)
    return time.monotonic() - began


def faults(accepted: list[str]) -> Counter[str]:
    """Everything that must not be, counted by what it is."""
    found: Counter[str] = Counter()
    versions = list(ProposalVersion.objects.select_related("proposal"))
    per_proposal = Counter(version.proposal.reference for version in versions)
    found["accepted submissions lost"] = len(set(accepted) - per_proposal.keys())
    found["versions too many"] = sum(count - 1 for count in per_proposal.values())
    found["versions that are not what was handed in"] = sum(
        fingerprint(version.content) != version.sha256 for version in versions
    )
    jobs = list(Job.objects.select_related("file"))
    found["jobs not finished"] = sum(job.state != JobState.DONE for job in jobs)
    receipts = Counter(job.about_id for job in jobs if job.kind == RECEIPT_KIND)
    found["receipts lost"] = len({str(one.proposal_id) for one in versions} - receipts.keys())
    found["receipts made twice"] = sum(count - 1 for count in receipts.values())
    root = Path(settings.MEDIA_ROOT)
    known = {stored.storage_name: stored.sha256 for stored in StoredFile.objects.all()}
    on_disk = {path.relative_to(root).as_posix() for path in root.glob("??/*")}
    found["files without a row"] = len(on_disk - known.keys())
    found["files lost or half"] = sum(
        name not in on_disk or sha256((root / name).read_bytes()).hexdigest() != digest
        for name, digest in known.items()
    )
    sent = list(Reminder.objects.filter(state=ReminderState.SENT).values_list("pk", flat=True))
    found["reminders still due"] = Reminder.objects.due(clock.now()).count()
    mails = Counter(
        OutboxMail.objects.filter(dedupe_key__startswith="reminder:").values_list(
            "dedupe_key", flat=True
        )
    )
    found["reminders sent not once"] = len({f"reminder:{pk}" for pk in sent} ^ mails.keys()) + sum(
        count - 1 for count in mails.values()
    )
    return +found


def main(result: Path) -> int:
    outcome = json.loads(result.read_text())
    took = wait()
    found = faults(outcome["accepted"])
    print(
        f"Accepted: {len(outcome['accepted'])} submissions in {outcome['attempts']} attempts,"
        f" {outcome['answered by an error']} met a dead server."
    )
    made_again = Job.objects.filter(attempt__gt=1).count()
    print(f"Jobs: {Job.objects.count()}, of which {made_again} were begun again after a kill.")
    states = Counter(Reminder.objects.values_list("state", flat=True))
    print(f"Reminders: {dict(states)}. Work left at the end took {took:.0f} s.")
    print(*(f"{count} x {what}" for what, count in found.items()), sep="\n", end="")
    print("\nNOT in order." if found else "Nothing lost, nothing doubled, nothing half.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
