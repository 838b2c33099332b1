"""Whether anything was lost, doubled or refused: what the visitors saw against the database."""

import json
import math
import sys
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - only after setup
from django.db import connection  # noqa: E402

from audit.models import AuditEvent  # noqa: E402
from documents.models import Job, StoredFile  # noqa: E402
from notifications.models import OutboxMail  # noqa: E402
from projects.content import fingerprint  # noqa: E402
from projects.models import Proposal, ProposalVersion  # noqa: E402
from projects.services.submission import RECEIPT_KIND  # noqa: E402

DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
Visit = dict[str, Any]


def share(numbers: list[float], part: float) -> float:
    """The smallest number that at least this part of them does not exceed."""
    return sorted(numbers)[max(math.ceil(len(numbers) * part) - 1, 0)]


def timing(name: str, numbers: list[float]) -> str:
    p50, p95, top = share(numbers, 0.5), share(numbers, 0.95), max(numbers)
    return f"| {name} | {len(numbers)} | {p50:.2f} | {p95:.2f} | {top:.2f} |"


def figures(visits: list[Visit], closes_at: float) -> list[str]:
    """What was measured, as a table."""
    names = list(dict.fromkeys(step["name"] for visit in visits for step in visit["steps"]))
    steps = {n: [s for v in visits for s in v["steps"] if s["name"] == n] for n in names}
    lines = ["| Step | Times | p50 (s) | p95 (s) | max (s) |", "| --- | --: | --: | --: | --: |"]
    lines += [timing(name, [s["seconds"] for s in steps[name]]) for name in names]
    got = [visit["receipt_after"] for visit in visits if visit["receipt_after"]]
    if got:
        lines.append(timing("**press submit until the receipt shows**", got))
    for name in names:
        counts = sorted(s["queries"] for s in steps[name])
        lines.append(f"SQL queries, {name}: {counts[0]} to {counts[-1]}")
    last = [visit for visit in visits if visit["pressed_at"] > closes_at - 10]
    lines.append(f"Pressed in the last 10 s: {len(last)} of {len(visits)}")
    return lines


def faults(visits: list[Visit], closes_at: float) -> Counter[str]:
    """Everything that must not be, counted by what it is."""
    found: Counter[str] = Counter()
    closing = datetime.fromtimestamp(closes_at, UTC)
    versions = {v.proposal.reference: v for v in ProposalVersion.objects.select_related("proposal")}
    mails = Counter(
        OutboxMail.objects.filter(kind="projects.receipt").values_list("object_id", "address")
    )
    jobs = Counter(Job.objects.filter(kind=RECEIPT_KIND).values_list("about_id", flat=True))
    states = dict(Proposal.objects.values_list("reference", "state"))
    found["versions too many"] = ProposalVersion.objects.count() - len(versions)
    found["refused as too late"] = AuditEvent.objects.filter(
        action="proposal.submit_refused"
    ).count()
    for visit in visits:
        if visit["fault"]:
            found[f"error: {visit['fault']}"] += 1
        if visit["pressed_at"] >= closes_at:
            found["held up by slow pages until after the closing"] += 1
        version = versions.get(visit["reference"])
        if version is None or states[visit["reference"]] != "submitted":
            found["lost: no version"] += 1
            continue
        found["handled after closing though in time"] += version.arrived_at >= closing
        found["lost: content does not match its SHA-256"] += version.sha256 != fingerprint(
            version.content
        )
        frozen = [(file["sha256"], file["size"]) for file in version.content["attachments"]]
        found["lost: attachment in the frozen text"] += frozen != [(visit["sha256"], visit["size"])]
        found["lost: attachment on disk"] += not on_disk(visit["sha256"])
        key, proposal = str(version.proposal_id), version.proposal
        expected = {version.submitted_by.email: 1, proposal.contact_email: 1}
        had = {address: count for (about, address), count in mails.items() if about == key}
        found["receipt mails lost"] += sum(address not in had for address in expected)
        found["receipt mails doubled"] += sum(count > 1 for count in had.values())
        found["receipt documents lost"] += jobs[key] == 0
        found["receipt documents doubled"] += jobs[key] > 1
    return +found


def on_disk(digest: str) -> bool:
    """Whether a stored file with this content can be read back."""
    stored = StoredFile.objects.filter(sha256=digest).first()
    if stored is None:
        return False
    content = (Path(settings.MEDIA_ROOT) / stored.storage_name).read_bytes()
    return sha256(content).hexdigest() == digest


def durability() -> str:
    with connection.cursor() as cursor:
        values = []
        for name in DURABILITY:
            cursor.execute(f"SHOW {name}")
            values.append(f"{name}={cursor.fetchone()[0]}")
    return ", ".join(values)


def main(result: Path, closes_at: float) -> int:
    visits: list[Visit] = json.loads(result.read_text())
    size = sum(visit["size"] for visit in visits) / 1e6
    print(f"{len(visits)} authorities, {size:.0f} MB of attachments; PostgreSQL: {durability()}")
    print(*figures(visits, closes_at), sep="\n")
    waiting = Job.objects.filter(kind=RECEIPT_KIND).exclude(state="done").count()
    print(f"Receipts (PDF) still to be made when the last visitor was done: {waiting}")
    found = faults(visits, closes_at)
    print(
        f"Submitted: {Proposal.objects.filter(state='submitted').count()} of {len(visits)};",
        end=" ",
    )
    print(f"versions: {ProposalVersion.objects.count()}")
    print(*(f"{count} x {what}" for what, count in found.items()), sep="\n", end="")
    print("Nothing lost, nothing doubled, no error." if not found else "\nNOT in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2])))
