"""From a term that is over to a file of which only a line is left."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pgtrigger
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.roles import StaffRole
from audit.chain import verify
from audit.models import AuditEvent, RowChange
from calls.models import SubmissionRound
from documents.models import StoredFile
from documents.services import store_file
from evaluations.models import Evaluation
from evaluations.services import notify_decision
from funding.models import Claim, LedgerEntry
from funding.services import commit
from funding.services.payments import pay_claim
from notifications.models import OutboxMail
from projects.models import Attachment, Partner, Project, Proposal
from retention.finding import GONE, due
from retention.models import DestructionList, DraftWarning, RetentionRule
from retention.services import (
    approve_list,
    carry_out,
    change_rule,
    draw_due_lists,
    draw_list,
    drop_list,
    leave_item,
    lift_hold,
    place_hold,
    propose_list,
    warn_of_drafts,
)
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import Case
from tests.funding.factories import GrantFactory, budget_line, programme_manager
from tests.payments.acts import approved_of
from tests.projects.factories import ProcurementFactory, ProposalFactory, complete_draft

pytestmark = pytest.mark.django_db

LATER = datetime(2040, 1, 2, 12, tzinfo=UTC)


def rule(code: str) -> RetentionRule:
    return RetentionRule.objects.get(code=code)


def leader() -> Any:
    return UserFactory(roles=[StaffRole.PROJECT_LEADER])


def commit_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def carried_out(code: str) -> DestructionList:
    drawn = draw_list(rule=rule(code), by=leader())
    propose_list(drawn=drawn, by=leader())
    approve_list(drawn=drawn, by=programme_manager())
    carry_out(list_id=drawn.pk)
    drawn.refresh_from_db()
    return drawn


def everything_said() -> str:
    """All that the database still says in the record, the mails and the file itself."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names of ours
            said += [line for (line,) in cursor.fetchall()]
    return "\n".join(said)


def granted() -> tuple[Case, Claim]:
    """A file that was selected, granted, claimed and paid, with its project over."""
    case = Case()
    case.proposal.title = "Slimme straatlamp"
    case.proposal.contact_name = "Roosmarijn Vandenbroucke"
    case.proposal.save()
    stored = store_file(content=b"%PDF-1.7 bijlage", name="curriculum-roosmarijn.pdf")
    Attachment.objects.create(proposal=case.proposal, file=stored, added_by=case.member)
    case.with_letter()
    notify_decision(proposal=case.proposal, by=case.team)
    budget_line()
    project = Project.objects.get(proposal=case.proposal)
    Project.objects.filter(pk=project.pk).update(stop_reason="Roosmarijn vertrok")
    procurement = ProcurementFactory(project=project)
    decision = GrantFactory(request__procurement=procurement)
    made = commit(decision=decision, by=programme_manager())
    (claim,) = approved_of(made, "100")
    pay_claim(claim=claim, paid_on=date(2026, 12, 1), by=programme_manager())
    # The steps of a project are played elsewhere; here it is over.
    with pgtrigger.ignore("projects.Project:project_state_steps"):
        Project.objects.filter(pk=project.pk).update(state="finished", ended_on=date(2026, 12, 2))
    return case, claim


def test_a_granted_file_loses_persons_and_texts_and_keeps_its_amounts() -> None:
    case, claim = granted()
    files = [stored.path for stored in StoredFile.objects.all()]
    before = list(LedgerEntry.objects.values())
    assert due(rule("granted_file")) == []
    with time_machine.travel(LATER):
        drawn = carried_out("granted_file")
        (item,) = drawn.items.all()
        assert (drawn.state, item.state, item.number) == (
            "done",
            "done",
            case.proposal.reference,
        )
        commit_now()
        assert verify() == []
        assert due(rule("granted_file")) == []
    assert list(LedgerEntry.objects.values()) == before
    kept = Proposal.objects.get(pk=case.proposal.pk)
    assert (kept.title, kept.contact_name, kept.state, kept.requested_amount) == (
        GONE,
        GONE,
        "selected",
        case.proposal.requested_amount,
    )
    assert (Claim.objects.get().statement, Claim.objects.get().amount) == (GONE, claim.amount)
    assert not Attachment.objects.exists()
    assert not Evaluation.objects.exists()
    said = everything_said()
    # The title of a project was published, and stays in the register of subsidies.
    for word in ("Roosmarijn", "curriculum", "past bij het programma"):
        assert word not in said
    assert item.files == len(files)
    commit_now()
    assert RowChange.objects.filter(emptied_by__isnull=False, after__isnull=False).count() == 0
    assert StoredFile.objects.count() == 0


def test_a_rejected_file_goes_five_years_after_its_decision() -> None:
    case = Case()
    Proposal.objects.filter(pk=case.proposal.pk).update(
        title="Onmiskenbaar", summary="Onmiskenbaar"
    )
    case.with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    told = case.decision.notified_at
    assert told is not None
    kept = rule("rejected_file")
    day = timezone.localdate(told)
    assert due(kept, day=day.replace(year=day.year + 5) - timedelta(days=1)) == []
    (one,) = due(kept, day=day.replace(year=day.year + 5))
    assert (one.number, one.since) == (case.proposal.reference, day)
    with time_machine.travel(LATER):
        drawn = carried_out("rejected_file")
        commit_now()
    assert drawn.items.get().rows == 20
    assert "Onmiskenbaar" not in everything_said()
    assert verify() == []
    acts = AuditEvent.objects.filter(object_id=str(case.proposal.pk), comment="")
    assert acts.exclude(emptied_by=None).exists()
    assert not OutboxMail.objects.filter(kind__startswith="evaluations.").exists()


def test_nobody_destroys_alone_and_only_what_was_approved() -> None:
    Case().with_letter("not_selected")
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    with time_machine.travel(LATER):
        manager = programme_manager()
        assert draw_due_lists() == 3  # the file, its mails and accounts without an organisation
        drawn = DestructionList.objects.get(rule__code="rejected_file")
        assert draw_due_lists() == 0
        with pytest.raises(ValidationError):
            draw_list(rule=rule("rejected_file"), by=manager)
        assert carry_out(list_id=drawn.pk) == 0
        propose_list(drawn=drawn, by=manager)
        with pytest.raises(PermissionDenied):
            approve_list(drawn=drawn, by=manager)
        with pytest.raises(PermissionDenied):
            approve_list(drawn=drawn, by=leader())
        with pytest.raises(DatabaseError), transaction.atomic():
            DestructionList.objects.filter(pk=drawn.pk).update(
                state="approved", approved_by=manager
            )
        drop_list(drawn=drawn, reason="Eerst nakijken", by=manager)
        with pytest.raises(DatabaseError), transaction.atomic():
            DestructionList.objects.filter(pk=drawn.pk).update(until=date(2030, 1, 1))
    assert Proposal.objects.get(pk=case.proposal.pk).title != GONE


def test_what_is_held_is_on_no_list_and_is_spared_when_the_hold_came_later() -> None:
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    with time_machine.travel(LATER):
        manager = programme_manager()
        hold = place_hold(
            proposal=case.proposal, reason="appeal", explanation="Raad van State", by=manager
        )
        assert due(rule("rejected_file")) == []
        lift_hold(hold=hold, by=manager)
        drawn = draw_list(rule=rule("rejected_file"), by=manager)
        propose_list(drawn=drawn, by=leader())
        place_hold(proposal=case.proposal, reason="audit", explanation="Rekenhof", by=manager)
        approve_list(drawn=drawn, by=manager)
        assert carry_out(list_id=drawn.pk) == 0
        item = drawn.items.get()
    assert (item.state, bool(item.note)) == ("left", True)
    assert Proposal.objects.get(pk=case.proposal.pk).title != GONE
    drawn.refresh_from_db()
    assert drawn.state == "done"


def test_a_thing_taken_off_a_list_stays_with_its_reason() -> None:
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    with time_machine.travel(LATER):
        drawn = draw_list(rule=rule("rejected_file"), by=leader())
        leave_item(item=drawn.items.get(), reason="Er komt nog een vraag", by=leader())
        with pytest.raises(ValidationError):
            propose_list(drawn=drawn, by=leader())


def old_draft() -> Proposal:
    call = CallFactory()
    draft = complete_draft(call=call)
    MembershipFactory(user=draft.created_by, organisation=draft.organisation)
    Partner.objects.create(proposal=draft, name="Fietsersbond")
    closing = timezone.now() - timedelta(days=400)
    SubmissionRound.objects.filter(call=call).update(
        opens_at=closing - timedelta(days=30), closes_at=closing
    )
    return draft


def test_the_people_of_a_draft_are_told_first_and_then_all_of_it_goes() -> None:
    draft = old_draft()
    assert due(rule("draft")) == []
    assert (warn_of_drafts(), warn_of_drafts()) == (1, 0)
    (mail,) = OutboxMail.objects.filter(kind="retention.draft_ends")
    assert mail.recipient == draft.created_by
    assert due(rule("draft")) == []
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        carried_out("draft")
        commit_now()
    assert not Proposal.objects.filter(pk=draft.pk).exists()
    assert not DraftWarning.objects.exists()
    assert "Fietsersbond" not in everything_said()
    assert verify() == []


def test_staff_change_a_term_with_a_reason_and_the_record_keeps_it() -> None:
    kept = rule("messages")
    manager = programme_manager()
    terms = {"warning_days": 0, "basis": "Serieregister 12", "destination": "vernietigen"}
    change_rule(rule=kept, months=36, reason="Reeks goedgekeurd", by=manager, **terms)
    act = AuditEvent.objects.get(action="retention.rule_changed")
    assert (act.comment, act.data["was"]["months"], act.data["becomes"]["months"]) == (
        "Reeks goedgekeurd",
        24,
        36,
    )
    with pytest.raises(PermissionDenied):
        change_rule(rule=kept, months=1, reason="x", by=leader(), **terms)
    with pytest.raises(ValidationError):
        change_rule(rule=kept, months=0, reason="x", by=manager, **terms)


def test_the_command_shows_and_a_dry_run_writes_nothing() -> None:
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    with time_machine.travel(LATER):
        out = StringIO()
        call_command("retention", "--dry-run", stdout=out)
        assert case.proposal.reference in out.getvalue()
        assert not DestructionList.objects.exists()
        call_command("retention", stdout=out)
        assert DestructionList.objects.filter(rule__code="rejected_file").exists()


def test_old_mails_and_accounts_that_nobody_uses_go() -> None:
    gone = UserFactory(first_name="Wendeline", email="wendeline@voorbeeld.test")
    member = MembershipFactory().user
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    assert OutboxMail.objects.exists()
    with time_machine.travel(LATER):
        carried_out("messages")
        carried_out("account")
    gone.refresh_from_db()
    member.refresh_from_db()
    assert (gone.is_active, str(gone), gone.email) == (
        False,
        GONE,
        f"account-{gone.pk}@gewist.invalid",
    )
    assert member.is_active
    assert not OutboxMail.objects.exists()
    assert "endeline" not in everything_said()


@pytest.mark.parametrize(
    ("tamper", "finding"),
    [
        ("UPDATE audit_auditevent SET comment = 'anders' WHERE id = {act}", "changed"),
        (
            "UPDATE audit_auditevent SET comment = '', data = '{{}}', salt = '', emptied_by = {act}"
            " WHERE id = {act}",
            "emptied",
        ),
    ],
)
def test_what_an_act_says_does_not_change_or_vanish_in_silence(tamper: str, finding: str) -> None:
    draft = ProposalFactory()
    place: Callable[..., Any] = place_hold
    place(proposal=draft, reason="other", explanation="Klacht", by=programme_manager())
    act = AuditEvent.objects.get(action="retention.hold_placed")
    commit_now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute(tamper.format(act=act.pk))
        commit_now()
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    assert [(one.kind, one.event) for one in verify()] == [(finding, act.pk)]
