"""Waits until the work is done, then looks whether anything was lost, doubled or left half."""

import json
import sys
import time
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - only after setup

from benchmarks.chaos import REMINDED  # noqa: E402
from common import clock  # noqa: E402
from documents.models import Job, JobState, StoredFile  # noqa: E402
from notifications.lifecycle import MailState, ReminderState  # noqa: E402
from notifications.models import OutboxMail, Reminder  # noqa: E402
from projects.content import fingerprint  # noqa: E402
from projects.models import ProposalVersion  # noqa: E402
from projects.services.submission import RECEIPT_KIND  # noqa: E402

PATIENCE = 240  # seconds for what still waits
SHORT_OF = 3  # seconds before the end in which nobody needs to try


def wait() -> float:
    """Until no job, reminder or mail waits, at most PATIENCE; the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        waiting = [
            Job.objects.pending(),
            Reminder.objects.due(clock.now()),
            OutboxMail.objects.filter(state=MailState.QUEUED),
        ]
        if not any(rows.exists() for rows in waiting):
            break
        time.sleep(0.5)
    return time.monotonic() - began


def faults_of_the_load(seconds: float, lasted: float) -> dict[str, int]:
    """People handed in, and were reminded, from the beginning of the load to its end.

    Each third of the time in which reminders become due has some that were sent.
    """
    of_drafts = Reminder.objects.filter(days=0, hours=-REMINDED)
    due = sorted(of_drafts.values_list("due_at", flat=True))
    third = (due[-1] - due[0]) / 3
    sent = of_drafts.filter(state=ReminderState.SENT)
    thirds = [due[0] + number * third for number in range(3)]
    return {
        "load that stopped early": lasted < seconds - SHORT_OF,
        "reminders that became due too soon": (due[-1] - due[0]).total_seconds() < seconds * 0.9,
        "thirds without a reminder sent": sum(
            not sent.filter(due_at__gte=start, due_at__lte=start + third).exists()
            for start in thirds
        ),
    }


def received(notes: Path) -> Counter[str]:
    """How many times each mail came in at the mail server, by its Message-ID."""
    return Counter(json.loads(line)["id"] for line in notes.read_text().splitlines())


def faults(accepted: list[str], mailbox: Counter[str]) -> Counter[str]:
    """Everything that must not be, counted by what it is."""
    found = Counter(faults_of_submissions(accepted))
    found.update(faults_of_jobs())
    found.update(faults_of_reminders(mailbox))
    return +found


def faults_of_submissions(accepted: list[str]) -> dict[str, int]:
    """Whoever saw a receipt is in, once, with what was handed in."""
    versions = list(ProposalVersion.objects.select_related("proposal"))
    per_proposal = Counter(version.proposal.reference for version in versions)
    return {
        "accepted submissions lost": len(set(accepted) - per_proposal.keys()),
        "versions too many": sum(count - 1 for count in per_proposal.values()),
        "versions that are not what was handed in": sum(
            fingerprint(version.content) != version.sha256 for version in versions
        ),
    }


def faults_of_jobs() -> dict[str, int]:
    """Each receipt has one job, each job one file, each file is whole, and there are no others."""
    jobs = list(Job.objects.select_related("file"))
    receipts = Counter(job.about_id for job in jobs if job.kind == RECEIPT_KIND)
    handed_in = {str(pk) for pk in ProposalVersion.objects.values_list("proposal", flat=True)}
    files = list(StoredFile.objects.all())
    root = Path(settings.MEDIA_ROOT)
    known = {stored.storage_name: stored.sha256 for stored in files}
    on_disk = {path.relative_to(root).as_posix() for path in root.glob("??/*")}
    return {
        "jobs not finished": sum(job.state != JobState.DONE for job in jobs),
        "jobs finished more than once": len({one.pk for one in files} - {j.file_id for j in jobs}),
        "receipts lost": len(handed_in - receipts.keys()),
        "receipts made twice": sum(count - 1 for count in receipts.values()),
        "files without a row": len(on_disk - known.keys()),
        "files lost or half": sum(
            name not in on_disk or sha256((root / name).read_bytes()).hexdigest() != digest
            for name, digest in known.items()
        ),
    }


def faults_of_reminders(mailbox: Counter[str]) -> dict[str, int]:
    """Each reminder has one mail, and that came in once.

    Of a mail whose worker was killed while it handed it over nobody knows whether it left: it may
    have come in once, and a person decides (notifications/services/delivery.py). Twice is a fault.
    """
    sent = {
        f"reminder:{pk}"
        for pk in Reminder.objects.filter(state=ReminderState.SENT).values_list("pk", flat=True)
    }
    mails = Counter(
        OutboxMail.objects.filter(dedupe_key__startswith="reminder:").values_list(
            "dedupe_key", flat=True
        )
    )
    ids = dict(OutboxMail.objects.values_list("message_id", "state"))
    return {
        "reminders still due": Reminder.objects.due(clock.now()).count(),
        "reminders without a mail, or mails without one": len(sent ^ mails.keys()),
        "reminders with a second mail": sum(count - 1 for count in mails.values()),
        "mails that failed or still wait": sum(
            state in {MailState.QUEUED, MailState.FAILED} for state in ids.values()
        ),
        "mails sent that did not come in": sum(
            state == MailState.SENT and mailbox[key] == 0 for key, state in ids.items()
        ),
        "mails that came in twice": sum(count > 1 for count in mailbox.values()),
        "mails that came in and are nobody's": len(mailbox.keys() - ids.keys()),
    }


def main(result: Path, notes: Path) -> int:
    outcome = json.loads(result.read_text())
    took = wait()
    mailbox = received(notes)
    found = faults(outcome["accepted"], mailbox)
    seconds, accepted_at = outcome["seconds"], outcome["accepted at"]
    found += Counter(faults_of_the_load(seconds, outcome["lasted"]))
    pauses = [later - earlier for earlier, later in pairwise([0.0, *accepted_at])]
    print(
        f"The load lasted {outcome['lasted']:.0f} s of {seconds:.0f}, the last was accepted after"
        f" {max(accepted_at):.0f} s; at most {max(pauses):.0f} s went by without one."
    )
    print(
        f"Submissions: {len(outcome['accepted'])} accepted in {outcome['attempts']} attempts,"
        f" {outcome['answered by an error']} of which met a dead server;"
        f" {outcome['answer lost']} were in although the answer was lost."
    )
    done = Counter(Job.objects.values_list("state", flat=True))
    made_again = Job.objects.filter(attempt__gt=1).count()
    print(f"Jobs: {dict(done)}, of which {made_again} were begun again after a kill.")
    states = Counter(Reminder.objects.values_list("state", flat=True))
    print(f"Reminders: {dict(states)}.")
    mails = Counter(OutboxMail.objects.values_list("state", flat=True))
    in_doubt = OutboxMail.objects.filter(state__in=[MailState.SENDING, MailState.UNCERTAIN])
    arrived = sum(mailbox[key] for key in in_doubt.values_list("message_id", flat=True))
    print(
        f"Mails: {dict(mails)}; {mailbox.total()} came in."
        f" In doubt, for a person to decide: {in_doubt.count()}, of which {arrived} came in."
    )
    print(f"What was left at the end took {took:.0f} s.")
    print(*(f"{count} x {what}" for what, count in found.items()), sep="\n", end="")
    print("\nNOT in order." if found else "Nothing lost, nothing doubled, nothing half.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
