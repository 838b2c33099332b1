"""The same writes with and without what keeps them, in turns, so that other work meets both."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import django

django.setup()

from django.db import connection  # noqa: E402 - only after setup

from accounts.models import Membership, Organisation, User  # noqa: E402
from accounts.roles import MemberRole  # noqa: E402
from accounts.services import members  # noqa: E402
from audit import history  # noqa: E402
from audit.context import acting  # noqa: E402
from benchmarks.audit import ROUNDS, TARGET, WRITES  # noqa: E402

TABLES = ("accounts_organisation", "accounts_membership")


@contextmanager
def kept(by: User) -> Iterator[None]:
    """As in a request: the database is told who acts."""
    with acting(user=by, via="POST /organisatie/1/leden/1/"):
        yield


@contextmanager
def not_kept(_by: User) -> Iterator[None]:
    """No row history, no act, and so no link of the chain."""
    _triggers("DISABLE")
    with mock.patch.object(members, "record"):
        yield
    _triggers("ENABLE")


def _triggers(able: str) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'ALTER TABLE "{table}" {able} TRIGGER {history.TRIGGER}')


def main() -> int:
    manager = User.objects.create_user("beheerder@bench.example", first_name="An")
    body = Organisation.objects.create(name="Stad Bench", type="municipality")
    Membership.objects.create(user=manager, organisation=body, role=MemberRole.MANAGER)
    reader = Membership.objects.create(
        user=User.objects.create_user("lezer@bench.example"),
        organisation=body,
        role=MemberRole.READER,
    )
    roles = [MemberRole.READER, MemberRole.EDITOR]

    def by_service() -> None:
        """Lock, check the rights, write, and keep the act: what a press on a button does."""
        for number in range(WRITES):
            members.change_member_role(
                actor=manager,
                organisation_id=body.pk,
                membership_id=reader.pk,
                role=roles[(number + 1) % 2],
            )

    def one_row() -> None:
        for number in range(WRITES):
            body.city = f"Stad {number}"
            body.save()

    def new_row() -> None:
        for number in range(WRITES):
            Organisation.objects.create(name=f"Stad {number}", type="municipality")

    def many_rows() -> None:
        Organisation.objects.update(city=str(time.perf_counter()))

    print(f"{ROUNDS} rounds of {WRITES} writes, kept and not kept in turns; medians.")
    missed = False
    for name, work, judged in (
        ("a role changed by a service", by_service, True),
        ("one row saved", one_row, True),
        ("one row added", new_row, True),
        ("all rows in one statement", many_rows, False),
    ):
        with_, without = _seconds(work, manager)
        ratio = with_ / without
        verdict = "" if not judged else "within" if ratio <= TARGET else "MISSED"
        missed = missed or verdict == "MISSED"
        per = 1 if work is many_rows else WRITES
        print(
            f"{name:30} {without / per * 1000:8.3f} ms bare {with_ / per * 1000:8.3f} ms kept"
            f"  {ratio:5.2f} x  {verdict}"
        )
    print(f"Target for one write: {TARGET} x.")
    return int(missed)


def _seconds(work: Callable[[], None], by: User) -> tuple[float, float]:
    """The medians of both ways; the first round of each only warms up."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS + 1):
        for is_kept in (True, False):
            with (kept if is_kept else not_kept)(by):
                began = time.perf_counter()
                work()
                spent = time.perf_counter() - began
            if turn:
                took[is_kept].append(spent)
    return statistics.median(took[True]), statistics.median(took[False])


if __name__ == "__main__":
    sys.exit(main())
