"""Nothing leaks: the real tables, files and locks do not notice that a call is played."""

import hashlib
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import MemberRole
from audit.models import AuditEvent
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from documents import conf
from documents.models import StoredFile
from documents.services import store_file
from notifications.models import OutboxMail
from notifications.services import plan_reminders, queue_mail, seed_offsets, send_due_reminders
from projects.models import Proposal
from projects.services import start_proposal
from rehearsals.models import ItemKind, RehearsalItem
from rehearsals.play import perform
from rehearsals.sandbox import sandbox
from rehearsals.services import delete_rehearsal, request_rehearsal, run_rehearsal
from rehearsals.stage import CALL_PARTS, LEFT_OUT
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.portal.world import World
from tests.rehearsals.factories import playable_call

pytestmark = pytest.mark.django_db


def silent(percent: int, message: str) -> None:
    return


def database() -> dict[str, tuple[int, str]]:
    """Of every real table the number of rows and a hash of all they hold; of sequences where they
    stand."""
    found: dict[str, tuple[int, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            everything = "coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
            # The names come from the database itself.
            cursor.execute(f'SELECT count(*), {everything} FROM public."{table}" t')  # noqa: S608
            found[table] = cursor.fetchone()
        cursor.execute("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences")
        found |= {name: (value, "") for name, value in cursor.fetchall()}
    return found


def files() -> dict[str, str]:
    root = Path(settings.MEDIA_ROOT)
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_a_play_leaves_every_table_sequence_file_and_hook_as_it_was(tmp_path: Path) -> None:
    """There is data that could change: files, drafts, money, reminders and mails of real people."""
    world = World()
    seed_offsets()
    plan_reminders()
    store_file(content=b"echt", name="echt.pdf", created_by=world.member)
    call = playable_call()
    known = ContentType.objects.get_for_model(Proposal).pk
    before = (database(), files(), list(connection.run_on_commit))

    outcome = perform(call_id=call.pk, applicants=3, seed=1, keep_in=tmp_path, report=silent)

    assert len([item for item in outcome.items if item.fields["kind"] == ItemKind.MAIL]) > 20
    assert changed(before[0], database()) == set()
    assert before[1] == files()
    assert before[2] == list(connection.run_on_commit)
    assert ContentType.objects.get_for_model(Proposal).pk == known
    assert conf.media_root() == Path(settings.MEDIA_ROOT)
    assert abs(timezone.now() - clock.now()) < timedelta(seconds=1)


def test_keeping_the_results_touches_only_rehearsals_their_files_and_the_record() -> None:
    call = playable_call()
    rehearsal = request_rehearsal(call=call, applicants=2, seed=1, by=_team())
    before, files_before = database(), files()
    events = AuditEvent.objects.count()

    run_rehearsal(rehearsal_id=rehearsal.pk)

    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.error) == ("done", "")
    assert changed(before, database()) == {
        "rehearsals_rehearsal",
        "rehearsals_rehearsalitem",
        "rehearsals_rehearsalitem_id_seq",
        "documents_storedfile",
        "audit_auditevent",
        "audit_auditevent_id_seq",
        "audit_rowchange",
        "audit_rowchange_id_seq",
    }
    new = AuditEvent.objects.order_by("pk")[events:]
    assert [event.action for event in new] == ["rehearsal.start", "rehearsal.finish"]
    documents = rehearsal.items.filter(kind=ItemKind.DOCUMENT)
    assert len(changed(files_before, files())) == documents.count() > 2
    assert {item.file.read()[:5] for item in documents.select_related("file")} == {b"%PDF-"}


def test_deleting_takes_the_files_along(django_capture_on_commit_callbacks: Any) -> None:
    rehearsal = request_rehearsal(call=playable_call(), applicants=1, seed=1, by=_team())
    run_rehearsal(rehearsal_id=rehearsal.pk)
    assert files() != {}
    rehearsal.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        delete_rehearsal(rehearsal=rehearsal, by=_team())
    assert (RehearsalItem.objects.count(), StoredFile.objects.count(), files()) == (0, 0, {})


def test_every_table_is_empty_inside_and_back_afterwards() -> None:
    person = UserFactory()
    queue_mail(
        kind="tests.x", to=person, template="accounts/mail/password_reset.md", context={"link": "x"}
    )
    with sandbox():
        assert (User.objects.count(), OutboxMail.objects.count()) == (0, 0)
        UserFactory()
        assert User.objects.get().pk == 1
    assert (list(User.objects.all()), OutboxMail.objects.count()) == ([person], 1)


def test_an_error_inside_leaves_nothing_either() -> None:
    def go_wrong() -> None:
        with sandbox():
            UserFactory()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        go_wrong()
    assert User.objects.count() == 0


def test_rules_keep_their_sentences_inside() -> None:
    with sandbox():
        membership = MembershipFactory()
        with pytest.raises(ValidationError) as refusal, readable_constraints():
            Membership.objects.create(
                user=membership.user, organisation=membership.organisation, role="reader"
            )
        assert refusal.value.messages == ["Deze persoon hoort al bij deze organisatie."]


def test_triggers_hold_inside() -> None:
    with sandbox():
        person = UserFactory()
        record(actor=person, action="tests.x", label="Proef", about=person)
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            AuditEvent.objects.update(label="Anders")


def test_every_table_of_calls_is_copied_or_left_out_with_a_reason() -> None:
    models = set(apps.get_app_config("calls").get_models())
    assert models - CALL_PARTS.keys() - LEFT_OUT.keys() == set()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_people_and_the_planner_work_on_while_a_call_is_played(tmp_path: Path) -> None:
    """They may not even wait: each statement of theirs gives up after two seconds."""
    seed_offsets()
    member = MembershipFactory(role=MemberRole.MANAGER)
    real, call = CallFactory(), playable_call()
    done: list[Any] = []

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            proposal = start_proposal(
                call=real, organisation=member.organisation, title="Echt", by=member.user
            )
            plan_reminders()
            send_due_reminders()
            done.append(proposal.reference)
        except BaseException as error:
            done.append(error)
        finally:
            connection.close()

    def report(percent: int, message: str) -> None:
        if percent > 30 and not done:
            other = Thread(target=work)
            other.start()
            other.join(30)

    perform(call_id=call.pk, applicants=2, seed=1, keep_in=tmp_path, report=report)
    assert done == [f"{real.reference}-0001"]
    assert [str(p.title) for p in Proposal.objects.all()] == ["Echt"]


def _team() -> User:
    return User.objects.filter(groups__name="pio_team_member").order_by("pk")[0]
