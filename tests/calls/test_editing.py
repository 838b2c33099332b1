"""A draft call may change; a published one may not; and what publication needs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls import services
from calls.lifecycle import CallState
from calls.models import (
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    Milestone,
    QuestionType,
    SubmissionRound,
)
from common.moments import end_of_day, start_of_day
from documents.models import Job
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory, explain_the_rest

pytestmark = pytest.mark.django_db

FIXED = "niet meer in opmaak"


@pytest.fixture
def team_member():
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def draft(team_member):
    return services.create_call(reference="PIO-2027-1", title="Oproep", by=team_member)


def complete(call, by):
    services.update_call(call=call, by=by, summary="Dien in.")
    services.save_part(
        part=SubmissionRound(
            call=call,
            opens_at=start_of_day(date(2027, 1, 4)),
            closes_at=end_of_day(date(2027, 3, 1)),
        ),
        by=by,
    )
    explain_the_rest(call, by)


# --- Texts and parts of a draft -------------------------------------------------------------------


def test_texts_of_a_draft_change_and_the_record_says_who(draft, team_member):
    services.update_call(call=draft, by=team_member, summary="Nieuw", effort_hours=16)

    draft.refresh_from_db()
    assert (draft.summary, draft.effort_hours) == ("Nieuw", 16)
    event = AuditEvent.objects.about(draft).first()
    assert (event.action, event.actor) == ("call.edited", team_member)


def test_the_reference_is_no_text_that_can_change(draft, team_member):
    with pytest.raises(TypeError):
        services.update_call(call=draft, by=team_member, reference="PIO-X")


def test_new_parts_get_the_next_number(draft, team_member):
    now = timezone.now()
    for days in (10, 40):
        services.save_part(
            part=SubmissionRound(call=draft, opens_at=now, closes_at=now + timedelta(days=days)),
            by=team_member,
        )
    criterion = Criterion(call=draft, title="Extra", weight=Decimal(5))
    services.save_part(part=criterion, by=team_member)

    assert list(draft.rounds.values_list("number", flat=True)) == [1, 2]
    assert criterion.position == 4


def test_a_round_that_closes_before_it_opens_is_refused_with_a_sentence(draft, team_member):
    now = timezone.now()
    with pytest.raises(ValidationError) as refused:
        services.save_part(
            part=SubmissionRound(call=draft, opens_at=now, closes_at=now - timedelta(days=1)),
            by=team_member,
        )
    assert refused.value.messages == [
        "De ronde sluit voor ze opent. Kies een later moment van sluiten."
    ]


def test_a_phase_has_one_rule(draft, team_member):
    with pytest.raises(ValidationError) as refused:
        services.save_part(
            part=CofinancingRule(call=draft, phase="voortraject", rate=Decimal("0.5")),
            by=team_member,
        )
    assert "Deze oproep heeft al een regel voor deze fase." in refused.value.messages


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"type": QuestionType.CHOICE, "choices": ["Eén"]}, "choices"),
        ({"type": QuestionType.TABLE}, "columns"),
        ({"type": QuestionType.TEXT}, "max_length"),
    ],
)
def test_a_question_has_what_its_type_needs(draft, team_member, fields, field):
    section = draft.sections.get(code="D")
    with pytest.raises(ValidationError) as refused:
        services.save_part(
            part=FormQuestion(section=section, key="x", label="Vraag?", **fields), by=team_member
        )
    assert list(refused.value.message_dict) == [field]


def test_questions_move_up_and_down_and_stop_at_the_ends(draft, team_member):
    section = draft.sections.get(code="D")

    def keys():
        return list(section.questions.order_by("position").values_list("key", flat=True))

    first, second, third, fourth = keys()
    services.move_part(part=section.questions.get(key=second), by=team_member, up=True)
    assert keys() == [second, first, third, fourth]
    services.move_part(part=section.questions.get(key=second), by=team_member, up=True)
    assert keys() == [second, first, third, fourth]
    services.move_part(part=section.questions.get(key=second), by=team_member, up=False)
    services.move_part(part=section.questions.get(key=fourth), by=team_member, up=False)
    assert keys() == [first, second, third, fourth]


def test_sections_move_within_their_own_call_only(draft, team_member):
    other = services.create_call(reference="PIO-2027-2", title="Andere", by=team_member)
    services.move_part(part=draft.sections.get(code="C"), by=team_member, up=True)

    assert "".join(draft.sections.values_list("code", flat=True)) == "CADEFGHIJKL"
    assert "".join(other.sections.values_list("code", flat=True)) == "ACDEFGHIJKL"


def test_a_section_goes_with_its_questions(draft, team_member):
    services.delete_part(part=draft.sections.get(code="G"), by=team_member)

    assert not FormQuestion.objects.filter(section__call=draft, key="impact").exists()
    assert AuditEvent.objects.about(draft).first().action == "call.part_deleted"


def test_usual_milestones_follow_from_the_rounds_and_are_added_once(draft, team_member):
    with pytest.raises(ValidationError):
        services.add_suggested_milestones(call=draft, by=team_member)
    complete(draft, team_member)

    assert services.add_suggested_milestones(call=draft, by=team_member) == 4
    assert services.add_suggested_milestones(call=draft, by=team_member) == 0
    decision = draft.milestones.get(label="Beslissing over de selectie (verwacht)")
    assert timezone.localtime(decision.at).date() == date(2027, 5, 20)


# --- Who, and when not ----------------------------------------------------------------------------


def attempts(call, by):
    section = call.sections.get(code="D")
    return [
        lambda: services.update_call(call=call, by=by, summary="Anders"),
        lambda: services.save_part(part=section, by=by),
        lambda: services.save_part(
            part=Milestone(call=call, label="Nieuw", at=timezone.now()), by=by
        ),
        lambda: services.delete_part(part=section, by=by),
        lambda: services.move_part(part=section, by=by, up=True),
        lambda: services.add_suggested_milestones(call=call, by=by),
    ]


def test_nothing_of_a_published_call_changes(team_member):
    call = CallFactory()
    for attempt in attempts(call, team_member):
        with pytest.raises(ValidationError, match=FIXED):
            attempt()


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.AUDITOR, None])
def test_others_change_nothing(draft, role):
    other = UserFactory(roles=[role] if role else [])
    for attempt in attempts(draft, other):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_section_that_drafts_use_stays(team_member):
    from projects.models import SectionAnswers
    from tests.projects.factories import ProposalFactory

    call = CallFactory()
    section = call.sections.get(code="D")
    SectionAnswers.objects.create(
        proposal=ProposalFactory(call=call), section=section, updated_by=team_member
    )
    type(call).objects.filter(pk=call.pk).update(state=CallState.PUBLISHED)
    call.rounds.update(opens_at=timezone.now() + timedelta(days=1))
    services.move_call(call=call, step="back_to_concept", by=team_member)

    with pytest.raises(ValidationError, match="bestaan al ontwerpen"):
        services.delete_part(part=section, by=team_member)


# --- Steps ----------------------------------------------------------------------------------------


def test_publication_is_refused_with_every_sentence_of_what_is_missing(draft, team_member):
    draft.criteria.first().delete()
    explain_the_rest(draft, team_member)

    with pytest.raises(ValidationError) as refused:
        services.publish_call(call=draft, by=team_member)
    assert refused.value.messages == [
        "Schrijf een samenvatting.",
        "Voeg minstens één indienronde toe die nog moet sluiten.",
        "Zorg dat de gewichten van de criteria samen 100 zijn.",
    ]
    draft.refresh_from_db()
    assert draft.state == CallState.CONCEPT


def test_publication_shows_the_call_and_asks_for_the_blank_form_once(draft, team_member):
    complete(draft, team_member)
    services.publish_call(call=draft, by=team_member)

    draft.refresh_from_db()
    assert draft.state == CallState.PUBLISHED
    job = Job.objects.about(draft).get()
    assert (job.kind, job.requested_by) == ("calls.blank_form", None)


def test_a_call_of_which_a_round_has_opened_does_not_go_back(team_member):
    call = CallFactory()
    with pytest.raises(ValidationError, match="al geopend"):
        services.move_call(call=call, step="back_to_concept", by=team_member)


def test_assessment_starts_only_when_every_round_has_closed(team_member):
    call = CallFactory()
    with pytest.raises(ValidationError, match="niet gesloten"):
        services.move_call(call=call, step="start_assessment", by=team_member)
    call.rounds.update(closes_at=timezone.now() - timedelta(seconds=1))

    for step in ("start_assessment", "mark_decided", "archive"):
        services.move_call(call=call, step=step, by=team_member)
    call.refresh_from_db()
    assert call.state == CallState.ARCHIVED


def test_a_withdrawn_call_is_no_longer_public(team_member):
    call = CallFactory()
    services.move_call(call=call, step="withdraw", by=team_member)

    assert not call.is_public
    assert not FormSection.objects.filter(call__in=type(call).objects.public()).exists()
