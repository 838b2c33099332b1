"""Dividing the files of a call: what is proposed and why, changed by hand, and carried out."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from calls.models import Call
from common.lifecycle import TransitionRefused
from common.moments import today
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, AssignmentPair, AssignmentRun
from evaluations.selectors.division import files_without_readers, runs_for
from evaluations.services import assign_adviser, check_completeness, revoke_assignment
from evaluations.services.conflicts import declare_conflict_on_file
from evaluations.services.division import (
    carry_out_divisions,
    confirm_division,
    drop_pair,
    propose_division,
    swap_pair,
)
from evaluations.services.summary import refresh_summary
from notifications.models import OutboxMail
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory, OrganisationFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import Case, staff
from tests.evaluations.test_pool import in_pool, signed_in, water
from tests.portal.test_query_ceilings import cost_of
from tests.projects.factories import ProposalFactory, VersionFactory

pytestmark = pytest.mark.django_db


def due() -> Any:
    return today() + timedelta(days=40)


class Round:
    """A closed call that asks two readers, with complete files of different authorities."""

    def __init__(self, files: int = 2, readers: int = 2) -> None:
        self.call: Call = CallFactory(window__opens=-60, window__closes=-1, reader_count=readers)
        self.team = staff(StaffRole.TEAM_MEMBER)
        self.files = [self.add() for _number in range(files)]

    def add(self) -> Proposal:
        proposal = ProposalFactory(
            call=self.call,
            submitted=True,
            theme=water(),
            organisation=OrganisationFactory(kbo=""),
        )
        VersionFactory(proposal=proposal)
        check_completeness(proposal=proposal, by=self.team, is_complete=True)
        return proposal

    def propose(self) -> AssignmentRun:
        return propose_division(call=self.call, by=self.team, due_on=due())


def test_a_division_names_per_pair_why() -> None:
    row = Round(files=1)
    expert, other = in_pool(None, water(), capacity=8), in_pool(capacity=9)
    run = row.propose()
    assert run.problems == []
    lead, second = run.pairs.order_by("-is_lead")
    assert (lead.adviser, second.adviser) == (expert, other)
    assert lead.why == (
        "Deskundig in het thema Water. "
        "Heeft na deze verdeling 1 van hoogstens 8 dossiers (nu 0). "
        "Niemand die even deskundig is en dit dossier mag lezen, heeft er minder. "
        "Geen belangenconflict gevonden. Schrijft het advies als enige deskundige lezer."
    )
    assert second.why == (
        "Niet deskundig in het thema Water. "
        "Heeft na deze verdeling 1 van hoogstens 9 dossiers (nu 0). "
        "Niemand die even deskundig is en dit dossier mag lezen, heeft er minder. "
        "Geen belangenconflict gevonden."
    )
    assert Assignment.objects.count() == 0


def test_a_file_that_cannot_be_read_is_named_with_the_reason() -> None:
    row = Round(files=2)
    first = row.files[0]
    near = in_pool()
    MembershipFactory(user=near, organisation=first.organisation)
    in_pool(capacity=5)
    in_pool(capacity=5, is_in_pool=False)
    away = in_pool(capacity=5)
    away.adviser_profile.absences.create(first_day=due(), last_day=due())
    run = row.propose()
    assert {(pair.proposal, pair.adviser) for pair in run.pairs.all()}.isdisjoint({(first, near)})
    assert run.pairs.count() == 3
    assert run.problems == [
        {
            "proposal": first.pk,
            "reference": first.reference,
            "text": "Maar 1 van 2 lezers: er zijn te weinig andere adviseurs met een vrije plaats, "
            "zonder belangenconflict en nog niet gevraagd.",
        }
    ]


def test_when_everybody_with_room_is_too_close_that_is_the_reason() -> None:
    row = Round(files=1)
    near, full = in_pool(), in_pool(capacity=0)
    MembershipFactory(user=near, organisation=row.files[0].organisation)
    [problem] = row.propose().problems
    assert full.adviser_profile.capacity == 0
    assert problem["text"] == (
        "Geen lezers: alle adviseurs met vrije plaatsen hebben een belangenconflict."
    )


def test_readers_who_are_there_are_counted_and_who_was_asked_is_not_asked_again() -> None:
    row = Round(files=1)
    there, asked, free = in_pool(), in_pool(), in_pool()
    [file] = row.files
    run = row.propose()
    for pair in run.pairs.exclude(adviser=there):
        pair.delete()
    first = Case(proposal=file, team=row.team, adviser=there)
    assign_adviser(proposal=file, adviser=there, by=row.team)
    gone = assign_adviser(proposal=file, adviser=asked, by=row.team, is_lead=False)
    revoke_assignment(assignment=gone, by=row.team, reason="Andere taken.")
    [short] = files_without_readers(row.team, row.call)
    assert (short.missing, short.wanted, short.needs_lead) == (1, 2, False)
    [pair] = row.propose().pairs.all()
    assert (pair.adviser, pair.is_lead) == (free, False)
    assert first.assignment.is_active


def test_only_who_may_assign_divides_and_not_for_yesterday() -> None:
    row = Round(files=1)
    with pytest.raises(PermissionDenied, match="Alleen het PIO-team of de projectleider"):
        propose_division(call=row.call, by=staff(StaffRole.AUDITOR), due_on=due())
    with pytest.raises(ValidationError) as refused:
        propose_division(call=row.call, by=row.team, due_on=today() - timedelta(days=1))
    assert list(refused.value.message_dict) == ["due_on"]
    with pytest.raises(ValidationError, match="heeft al zijn lezers"):
        propose_division(call=CallFactory(), by=row.team, due_on=due())


def test_a_pair_is_dropped_or_swapped_before_confirming() -> None:
    row = Round(files=1)
    one, two, three = in_pool(), in_pool(), in_pool()
    near = in_pool()
    MembershipFactory(user=near, organisation=row.files[0].organisation)
    run = row.propose()
    lead, second = run.pairs.order_by("-is_lead")
    spare = ({one, two, three} - {lead.adviser, second.adviser}).pop()
    with pytest.raises(ValidationError, match="Belangenconflict"):
        swap_pair(pair=second, adviser=near, by=row.team)
    with pytest.raises(ValidationError, match="staat al bij dit dossier"):
        swap_pair(pair=second, adviser=lead.adviser, by=row.team)
    previous = second.adviser
    swapped = swap_pair(pair=second, adviser=spare, by=row.team)
    assert (swapped.adviser, swapped.why) == (
        spare,
        f"Gekozen door {row.team} in plaats van {previous}.",
    )
    drop_pair(pair=lead, by=row.team)
    [heir] = run.pairs.all()
    assert (heir.adviser, heir.is_lead) == (spare, True)


def test_confirming_invites_everybody_and_says_what_became_of_each() -> None:
    row = Round(files=2)
    advisers = [in_pool(capacity=2), in_pool(capacity=2)]
    run = row.propose()
    file = row.files[0]
    MembershipFactory(user=advisers[0], organisation=file.organisation)
    confirm_division(run=run, by=row.team)
    with pytest.raises(TransitionRefused, match="al bevestigd"):
        confirm_division(run=run, by=row.team)
    with pytest.raises(TransitionRefused, match="al bevestigd"):
        drop_pair(pair=run.pairs.first(), by=row.team)
    assert carry_out_divisions() == 4
    assert carry_out_divisions() == 0
    refused = run.pairs.get(proposal=file, adviser=advisers[0])
    assert refused.outcome == (
        f"Niet uitgenodigd: Belangenconflict: {advisers[0]} hoort bij {file.organisation}, die bij "
        "dit voorstel betrokken is. Kies iemand anders."
    )
    assert {pair.outcome for pair in run.pairs.exclude(pk=refused.pk)} == {"Uitgenodigd."}
    made = Assignment.objects.filter(state=AssignmentState.INVITED)
    assert made.count() == 3
    assert {one.why for one in made} == {pair.why for pair in run.pairs.exclude(pk=refused.pk)}
    assert {one.due_on for one in made} == {due()}
    assert OutboxMail.objects.filter(kind="evaluations.invitation").count() == 3


def test_nothing_is_confirmed_when_nobody_is_in_it() -> None:
    row = Round(files=1)
    run = row.propose()
    with pytest.raises(ValidationError, match="Er staat niemand in deze verdeling"):
        confirm_division(run=run, by=row.team)


def test_a_division_with_a_file_that_does_not_exist_for_somebody_does_not_either() -> None:
    row = Round(files=2)
    in_pool()
    in_pool()
    run = row.propose()
    other = staff(StaffRole.TEAM_MEMBER)
    assert list(runs_for(other)) == [run]
    declare_conflict_on_file(proposal=row.files[0], by=other, explanation="Mijn broer.")
    other = User.objects.get(pk=other.pk)
    assert list(runs_for(other)) == []
    assert [one.pk for one in files_without_readers(other, row.call)] == [row.files[1].pk]
    page = signed_in(other).get(reverse("evaluations:division", args=[row.call.slug]))
    assert row.files[0].reference not in page.content.decode()
    run_page = reverse("evaluations:division_run", args=[row.call.slug, run.pk])
    assert signed_in(other).get(run_page).status_code == 404
    # A file without readers is named in a division too.
    AssignmentPair.objects.all().delete()
    AssignmentRun.objects.update(problems=[{"proposal": row.files[0].pk, "text": "x"}])
    assert list(runs_for(other)) == []


def test_the_pages_from_asking_to_the_report() -> None:
    row = Round(files=1)
    one, two, three = in_pool(), in_pool(), in_pool()
    client = signed_in(row.team)
    start = reverse("evaluations:division", args=[row.call.slug])
    assert signed_in(staff(StaffRole.AUDITOR)).get(start).status_code == 403
    assert client.get(start).status_code == 200
    assert row.call.title in client.get(reverse("evaluations:pool")).content.decode()
    assert client.post(start, {"due_on": "gisteren"}).status_code == 422
    answer = client.post(start, {"due_on": due().isoformat()})
    run = AssignmentRun.objects.get()
    url = reverse("evaluations:division_run", args=[row.call.slug, run.pk])
    assert answer.headers["Location"] == url
    page = client.get(url).content.decode()
    assert "Geen belangenconflict gevonden." in page
    pair = run.pairs.filter(is_lead=False).get()
    spare = ({one, two, three} - {pair.adviser for pair in run.pairs.all()}).pop()
    swap = reverse("evaluations:division_pair", args=[row.call.slug, run.pk, pair.pk])
    assert client.get(swap).status_code == 200
    assert client.post(swap, {"adviser": ""}).status_code == 422
    assert client.post(swap, {"adviser": spare.pk}).status_code == 302
    lead = run.pairs.get(is_lead=True)
    drop = reverse("evaluations:division_drop", args=[row.call.slug, run.pk, lead.pk])
    client.post(drop)
    confirm = reverse("evaluations:division_confirm", args=[row.call.slug, run.pk])
    client.post(confirm)
    page = client.get(url).content.decode()
    assert "0 van 1 uitnodiging is behandeld" in page
    assert f'<a href="{url}">Toon hoe ver het nu is</a>' in page  # without a script
    status = reverse("evaluations:division_status", args=[row.call.slug, run.pk])
    assert f'hx-get="{status}"' in page
    assert client.get(status).headers["Location"] == url
    running = client.get(status, headers={"HX-Request": "true"}).content.decode()
    assert [word in running for word in ("<html", status, "verdeling-paren")] == [
        *(False, True, False)
    ]
    carry_out_divisions()
    ended = client.get(status, headers={"HX-Request": "true"}).content.decode()
    assert [word in ended for word in (status, 'id="verdeling-paren"', "Uitgenodigd.")] == [
        *(False, True, True)
    ]
    assert "Uitgenodigd." in client.get(url).content.decode()
    assert "al bevestigd" in client.post(confirm, follow=True).content.decode()
    assert [one.adviser for one in Assignment.objects.all()] == [spare]


def test_the_start_and_the_run_cost_as_many_queries_for_few_as_for_many() -> None:
    row = Round(files=1)
    in_pool()
    in_pool()
    client = signed_in(row.team)
    start = reverse("evaluations:division", args=[row.call.slug])
    few_run = row.propose()
    url = reverse("evaluations:division_run", args=[row.call.slug, few_run.pk])
    few = (cost_of(client, start).queries, cost_of(client, url).queries)
    template = row.files[0]
    Proposal.objects.bulk_create(
        Proposal(
            call=row.call,
            organisation=template.organisation,
            reference=f"PIO-VEEL-{number:04d}",
            title="V",
            created_by=template.created_by,
            submitted_at=template.submitted_at,
            state="complete",
            theme=water(),
        )
        for number in range(60)
    )
    for proposal in Proposal.objects.filter(reference__startswith="PIO-VEEL"):
        refresh_summary(proposal.pk)
    for _number in range(10):
        in_pool(capacity=50)
    many_run = row.propose()
    assert many_run.pairs.count() == 122
    url = reverse("evaluations:division_run", args=[row.call.slug, many_run.pk])
    many = (cost_of(client, start).queries, cost_of(client, url).queries)
    assert many == few


def test_signed_out_nobody_reads_a_division() -> None:
    row = Round(files=1)
    answer = Client().get(reverse("evaluations:division", args=[row.call.slug]))
    assert answer.status_code == 302
