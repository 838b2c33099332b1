"""What is checked of each file: the lists of a call, their editing, and who reads them."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.roles import StaffRole
from calls.models import Call, ChecklistItem, ChecklistKind, ConsensusRule
from calls.selectors import points
from calls.services import create_call, delete_part, move_part, save_part, update_call
from calls.setup import open_items
from calls.template import CHECKLISTS
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def draft(team: Any) -> Call:
    return create_call(reference="PIO-2027-1", title="Oproep", by=team)


def labels(call: Call, kind: ChecklistKind) -> list[str]:
    return [item.label for item in points(Call.objects.get(pk=call.pk), kind)]


def test_a_new_call_checks_seven_points_and_the_eight_exclusion_criteria(draft: Call) -> None:
    assert len(labels(draft, ChecklistKind.COMPLETENESS)) == 7
    assert len(labels(draft, ChecklistKind.EXCLUSION)) == 8
    for kind, specs in CHECKLISTS.items():
        assert labels(draft, kind) == [spec.label for spec in specs]
    assert {"antwoorden", "volledigheid", "uitsluiting"}.isdisjoint(
        item.key for item in open_items(draft)
    )
    assert list(draft.criteria.values_list("about", flat=True)) == [
        ["D", "E", "F"],
        ["D", "G"],
        ["C", "H", "I", "J"],
    ]


def test_a_copy_takes_the_lists_and_the_settings_over(draft: Call, team: Any) -> None:
    own = ChecklistItem(call=draft, kind=ChecklistKind.EXCLUSION, label="Eigen punt", guidance="X")
    save_part(part=own, by=team)
    delete_part(part=points(draft, ChecklistKind.COMPLETENESS)[0], by=team)
    update_call(call=draft, by=team, reader_count=2, consensus_rule=ConsensusRule.DIVERGENT)
    copy = create_call(reference="PIO-2027-2", title="Kopie", by=team, copy_of=draft)
    for kind in ChecklistKind:
        assert labels(copy, kind) == labels(draft, kind)
    assert (copy.reader_count, copy.consensus_rule) == (2, ConsensusRule.DIVERGENT)
    assert list(copy.criteria.values_list("about", flat=True)) == list(
        draft.criteria.values_list("about", flat=True)
    )


def test_points_move_within_their_own_list(draft: Call, team: Any) -> None:
    before = {kind: labels(draft, kind) for kind in ChecklistKind}
    move_part(part=points(draft, ChecklistKind.EXCLUSION)[1], by=team, up=True)
    first, second, *rest = before[ChecklistKind.EXCLUSION]
    assert labels(draft, ChecklistKind.EXCLUSION) == [second, first, *rest]
    assert labels(draft, ChecklistKind.COMPLETENESS) == before[ChecklistKind.COMPLETENESS]


def test_the_lists_of_a_published_call_are_fixed(team: Any) -> None:
    call = CallFactory()
    with pytest.raises(ValidationError, match="niet meer in opmaak"):
        delete_part(part=call.checklist_items.first(), by=team)
    with pytest.raises(ValidationError, match="niet meer in opmaak"):
        update_call(call=call, by=team, reader_count=2)


def test_a_call_from_before_the_lists_gets_the_default_ones() -> None:
    call = CallFactory()
    call.checklist_items.all().delete()
    criterion = call.criteria.get(position=1)
    criterion.title = "Past bij het programma"
    criterion.save()
    bare = CallFactory(content=False)
    own = CallFactory()
    import_module("calls.migrations.0005_default_checklists").fill(apps, None)
    for kind, specs in CHECKLISTS.items():
        assert labels(call, kind) == [spec.label for spec in specs]
    assert [bare.checklist_items.count(), own.checklist_items.count()] == [0, 4]
    criterion.refresh_from_db()
    assert criterion.about == ["D"], "only parts that this form has"


# --- Pages ----------------------------------------------------------------------------------------


def part_url(call: Call, name: str, *rest: Any) -> str:
    return reverse(f"calls:part_{name}", args=[call.slug, *rest])


def test_a_point_is_added_and_changed_on_its_page(client: Client, draft: Call, team: Any) -> None:
    client.force_login(team)
    added = client.post(
        part_url(draft, "add", "volledigheidspunten"),
        {"label": "De offerte is er.", "guidance": ""},
    )
    assert added.headers["Location"].endswith("#volledigheidspunten")
    point = points(Call.objects.get(pk=draft.pk), ChecklistKind.COMPLETENESS)[-1]
    assert (point.label, point.position) == ("De offerte is er.", 8)
    edit = part_url(draft, "edit", "volledigheidspunten", point.pk)
    client.post(edit, {"label": "De raming is er.", "guidance": "Kijk na."})
    point.refresh_from_db()
    assert (point.label, point.guidance, point.kind) == (
        "De raming is er.",
        "Kijk na.",
        ChecklistKind.COMPLETENESS,
    )
    assert list(client.post(edit, {"label": ""}).context["form"].errors) == ["label"]
    # A point of one list has no page among the other.
    assert client.get(part_url(draft, "edit", "uitsluitingspunten", point.pk)).status_code == 404


def test_a_criterion_names_parts_of_the_form(client: Client, draft: Call, team: Any) -> None:
    client.force_login(team)
    criterion = draft.criteria.get(position=1)
    criterion.about = ["D", "Z.vervallen"]
    criterion.save()
    address = part_url(draft, "edit", "criteria", criterion.pk)
    form = client.get(address).context["form"]
    assert form["about"].value() == ["D"]
    groups = dict(form.fields["about"].choices)
    assert groups["J. Raming"] == [("J", "Het hele deel J")]
    assert [code for code, _label in groups["D. Probleem en behoefte"]][:2] == ["D", "D.probleem"]
    values = {"title": "Past", "weight": "20", "threshold": "50"}
    client.post(address, {**values, "about": ["G", "D.probleem"]})
    criterion.refresh_from_db()
    assert criterion.about == ["G", "D.probleem"]
    refused = client.post(address, {**values, "about": ["Z"]})
    assert list(refused.context["form"].errors) == ["about"]


def settings_data(**changes: str) -> dict[str, str]:
    return {
        "correction_days": "5",
        "reader_count": "2",
        "score_step": "1.0",
        "motivation_length": "20",
        "motivation_length_below": "150",
        "overall_threshold": "62,5",
        "consensus_rule": "always",
        "divergence_limit": "15,5",
        "decision_role": "programme_manager",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reader_count": "0"}, "reader_count"),
        ({"reader_count": "6"}, "reader_count"),
        ({"reader_count": "1"}, "consensus_rule"),
        ({"score_step": "0.3"}, "score_step"),
        ({"divergence_limit": "101"}, "divergence_limit"),
        ({"motivation_length": "0"}, "motivation_length"),
        ({"correction_days": "-1"}, "correction_days"),
    ],
)
def test_settings_that_cannot_be_are_told_beside_the_field(
    client: Client, draft: Call, team: Any, changes: dict[str, str], field: str
) -> None:
    client.force_login(team)
    address = reverse("calls:edit_settings", args=[draft.slug, "beoordeling"])
    answer = client.post(address, settings_data(**changes))
    assert list(answer.context["form"].errors) == [field]
    assert client.post(address, settings_data()).status_code == 302
    draft.refresh_from_db()
    assert (draft.reader_count, draft.consensus_rule, str(draft.divergence_limit)) == (
        2,
        "always",
        "15.50",
    )


def test_the_public_page_tells_nothing_of_the_lists(client: Client) -> None:
    call = CallFactory()
    shown = client.get(call.get_absolute_url()).content.decode()
    blank = client.get(reverse("calls:blank_form", args=[call.slug])).content.decode()
    for item in call.checklist_items.all():
        assert item.label not in shown + blank
    client.force_login(UserFactory(roles=[StaffRole.AUDITOR]))
    staff = client.get(reverse("calls:staff_detail", args=[call.slug])).content.decode()
    assert all(item.label in staff for item in call.checklist_items.all())
