"""One performance, from publication to the last letter; everything it leaves behind is read out
before the sandbox goes."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation

from calls.models import Call, SubmissionRound
from calls.services import announce_openings, publish_call
from common import clock
from common.moments import BRUSSELS, shift_days
from documents.models import Job, JobState
from documents.press import LayoutFailed, Page, Press
from documents.services.making import Made, page_of
from documents.services.running import Claim, claim_job, publish
from notifications.services import plan_reminders, send_due_reminders
from projects.models import ProposalVersion
from projects.services import settle_reopened
from projects.services.reopening import SETTLE_AFTER
from rehearsals.play.applicants import Authority
from rehearsals.play.casting import cast_applicants
from rehearsals.play.clockwork import Clockwork
from rehearsals.play.office import Office
from rehearsals.play.public import Public
from rehearsals.play.reading import Recorded, read_out
from rehearsals.play.remarks import Remarks, look_at_set_up
from rehearsals.sandbox import Sandbox, sandbox
from rehearsals.stage import Cast, set_stage

PUBLISHED_BEFORE_OPENING = 10
"""Days between the invented publication and the opening of the first round."""
AFTER_THE_END = timedelta(days=14)
"""So long the clock runs on after the last act, for reminders that still come."""
DOCUMENT_MARK = "OEFENING – niets hiervan is echt"

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What a performance leaves: what the real call would have produced, and what was odd."""

    items: list[Recorded]
    remarks: list[dict[str, str]]
    moments: dict[str, datetime]
    expected: dict[str, int]


def perform(*, call_id: int, applicants: int, seed: int, keep_in: Path, report: Report) -> Outcome:
    """Play the call in a sandbox. The finished documents are moved to `keep_in`.

    `report` hears how far it is (percent, and what is being played).

    Raises:
        ValidationError: when the call cannot be published; the sentences say why.
        Call.DoesNotExist: when it was removed.
    """
    with Press() as press, sandbox() as box, translation.override("nl"):
        return Performance(box, press, call_id, applicants, seed, report).play(keep_in)


class _Complaints(logging.Handler):
    """Collects what the reminder engine writes down instead of raising."""

    def __init__(self, remarks: Remarks) -> None:
        super().__init__(logging.ERROR)
        self.remarks = remarks

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.remarks.fault(f"{record.getMessage()} {type(error).__name__}: {error}")


@dataclass
class Performance:
    """The play in progress: what applicants and office share."""

    sandbox: Sandbox
    press: Press
    call_id: int
    applicants: int
    seed: int
    report: Report
    call: Call = field(init=False)
    cast: Cast = field(init=False)
    rounds: list[SubmissionRound] = field(init=False)
    published_at: datetime = field(init=False)
    remarks: Remarks = field(default_factory=Remarks)
    authorities: list[Authority] = field(default_factory=list)
    printing: deque[tuple[Claim, Page]] = field(default_factory=deque)
    versions: int = 0

    def play(self, keep_in: Path) -> Outcome:
        self.call, self.cast = set_stage(self.sandbox, self.call_id)
        self.rounds = sorted(self.call.rounds.all(), key=lambda r: r.closes_at)
        look_at_set_up(self.call, self.remarks, now=clock.now())
        opens_at = min(r.opens_at for r in self.rounds)
        self.published_at = (
            shift_days(opens_at, -PUBLISHED_BEFORE_OPENING)
            .astimezone(BRUSSELS)
            .replace(hour=10, minute=0, second=0, microsecond=0)
        )
        self.clockwork = Clockwork(self.published_at, self._chores, self._after_each)
        public = Public(self)
        public.follow_all_calls()
        with clock.moved_to(self.published_at):
            publish_call(call=self.call, by=self.cast.team)
        public.plan()
        self.call.refresh_from_db()
        self._make_documents()
        self._write_script()
        engine = logging.getLogger("notifications")
        listener = _Complaints(self.remarks)
        engine.addHandler(listener)
        try:
            self.clockwork.run()
            self.clockwork.pass_time(self.clockwork.now + AFTER_THE_END)
        finally:
            engine.removeHandler(listener)
        self.finish_documents()
        self.remarks.look_back(self.call)
        return Outcome(
            items=read_out(self, keep_in),
            remarks=self.remarks.as_json(),
            moments=self._moments(),
            expected={"versions": self.versions},
        )

    @property
    def closed_at(self) -> datetime:
        """When the last round has closed, its grace included."""
        last = self.rounds[-1]
        return last.closes_at + timedelta(minutes=last.grace_minutes)

    def at(
        self, instant: datetime, act: Callable[[], None], *, of: str, quiet: bool = False
    ) -> None:
        """Plan an act (`quiet`: one that makes no difference to reminders).

        What the portal refuses becomes a remark, and the play goes on.
        """

        def guarded() -> None:
            try:
                with transaction.atomic():
                    act()
            except ValidationError as refusal:
                self.remarks.refused(of, " ".join(refusal.messages))
            except PermissionDenied as refusal:
                self.remarks.refused(of, str(refusal))

        # Whole seconds: a person moves the clock to them.
        self.clockwork.at(instant.replace(microsecond=0), guarded, quiet=quiet)

    def submitted(self, authority: Authority, version: ProposalVersion) -> None:
        """Somebody handed in; the same version again is no second one."""
        self.versions = ProposalVersion.objects.count()

    def _write_script(self) -> None:
        self.authorities = [
            Authority(self, applicant)
            for applicant in cast_applicants(self.rounds, self.applicants, self.seed)
        ]
        for authority in self.authorities:
            authority.plan()
        for one in self.rounds:
            self.clockwork.at(one.opens_at, _nothing)
            self.clockwork.at(one.closes_at, _nothing)
        self.clockwork.at(self.closed_at + SETTLE_AFTER, _nothing)
        # Not for secrets: the same seed must give the same play.
        Office(self, Random(f"{self.seed}:office")).plan()  # noqa: S311

    def _chores(self) -> None:
        """What the portal does by itself."""
        now = clock.now()
        announce_openings()
        settle_reopened()
        plan_reminders(now)
        self.remarks.note_planned(now)
        send_due_reminders(now, at_any_hour=True)

    def _after_each(self, percent: int) -> None:
        with clock.moved_to(self.clockwork.now):
            self._make_documents()
        self.report(percent, f"{self.clockwork.now.astimezone(BRUSSELS):%d/%m/%Y %H:%M}")

    def finish_documents(self) -> None:
        """Wait until everything that was asked is there, as the real office does for a letter."""
        self._make_documents()
        while self.printing:
            self._publish(*self.printing.popleft())

    def _make_documents(self) -> None:
        """The worker: make the page of what was asked, here, where its data are.

        Its layout goes on beside the play; `finish_documents` waits for it.
        """
        waiting = Job.objects.filter(state=JobState.QUEUED).order_by("requested_at", "pk")
        for job in waiting:
            claim = claim_job(job.pk)
            assert claim is not None, "nobody else takes jobs of a sandbox"
            try:
                with transaction.atomic():
                    page = page_of(job, _unheard, DOCUMENT_MARK)
                assert page is not None, "calls, proposals and letters are PDF documents"
            except Exception as error:
                self._document_failed(claim, error)
                continue
            target = claim.work_dir / "document.part"
            self.printing.append((claim, self.press.print(page.html, target, page.enclosures)))

    def _publish(self, claim: Claim, page: Page) -> None:
        try:
            made = page.wait()
        except LayoutFailed as error:
            self._document_failed(claim, error)
        else:
            with clock.moved_to(claim.job.requested_at):
                publish(claim, Made(made))

    def _document_failed(self, claim: Claim, error: Exception) -> None:
        self.remarks.document_failed(claim.job, error)
        Job.objects.filter(pk=claim.job.pk).update(
            state=JobState.FAILED, error=str(error) or "?", finished_at=clock.now()
        )

    def _moments(self) -> dict[str, datetime]:
        moments = {"published": self.published_at, "closed": self.closed_at}
        for one in self.rounds:
            moments[f"opens {one.number}"] = one.opens_at
            moments[f"closes {one.number}"] = one.closes_at
        moments["end"] = self.clockwork.now
        return moments


def _unheard(percent: int, message: str = "") -> None:
    """Progress of one document: the whole play has its own."""


def _nothing() -> None:
    """An instant at which the portal looks around."""
