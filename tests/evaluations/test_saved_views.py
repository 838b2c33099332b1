"""Search words under a name: for oneself, for colleagues, and by mail."""

from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.roles import StaffRole
from evaluations.models import ConflictKind, ConflictOfInterest, SavedView
from evaluations.services.saved_views import (
    NUMBERS_IN_MAIL,
    delete_view,
    mail_saved_views,
    save_view,
)
from notifications.models import OutboxMail
from tests.evaluations.factories import Case, many, staff

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, SATURDAY = "2026-11-23", "2026-11-24", "2026-11-28"
EARLY, LATE = "05:30", "07:00"  # UTC; in winter one hour later in Brussels


def at(day: str, hour: str = LATE) -> Any:
    return time_machine.travel(f"{day}T{hour}:00+00:00", tick=False)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(user: Any, **changes: Any) -> SavedView:
    return save_view(**{"by": user, "name": "Te laat", "words": "laat:ja", **changes})


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind="evaluations.saved_view").order_by("pk"))


def test_one_keeps_changes_and_removes_ones_own() -> None:
    team = staff(StaffRole.TEAM_MEMBER)
    view = kept(team, sort="-due_on")
    assert (view.owner, view.words, view.sort, view.is_shared) == (
        team,
        "laat:ja",
        "-due_on",
        False,
    )
    save_view(by=team, view=view, name="Nieuw", words="voor:mij", mailing="daily")
    view.refresh_from_db()
    assert (view.name, view.words, view.mailing) == ("Nieuw", "voor:mij", "daily")
    delete_view(view=view, by=team)
    assert SavedView.objects.count() == 0


def test_a_view_of_a_colleague_stays_as_it_is() -> None:
    view = kept(staff(StaffRole.TEAM_MEMBER), is_shared=True)
    colleague = staff(StaffRole.TEAM_MEMBER)
    with pytest.raises(PermissionDenied):
        save_view(by=colleague, view=view, name="Mijn", words="")
    with pytest.raises(PermissionDenied):
        delete_view(view=view, by=colleague)
    for page in ("saved_view_edit", "saved_view_delete"):
        address = reverse(f"evaluations:{page}", args=[view.pk])
        assert signed_in(colleague).post(address).status_code == 404


def test_what_is_shared_is_read_by_who_sees_all_files() -> None:
    owner = staff(StaffRole.TEAM_MEMBER)
    view, private = kept(owner, is_shared=True), kept(owner, name="Van mij")
    for person, seen in (
        (owner, [view, private]),
        (staff(StaffRole.PROJECT_LEADER), [view]),
        (staff(StaffRole.ADVISER), []),
    ):
        assert list(SavedView.objects.visible_to(person)) == seen
        status = 302 if view in seen else 404
        address = reverse("evaluations:saved_view", args=[view.pk])
        assert signed_in(person).get(address).status_code == status


def test_an_adviser_shares_nothing() -> None:
    with pytest.raises(PermissionDenied):
        kept(staff(StaffRole.ADVISER), is_shared=True)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "Geef de weergave een naam."),
        ({"name": "Bestaat"}, "name", "U hebt al een weergave met deze naam."),
        ({"words": "laat:soms"}, "words", "“soms” kan niet bij “laat”. Schrijf ja of nee."),
    ],
)
def test_what_cannot_be_kept_says_why(changes: dict[str, str], field: str, sentence: str) -> None:
    team = staff(StaffRole.TEAM_MEMBER)
    kept(team, name="Bestaat")
    with pytest.raises(ValidationError) as refused:
        kept(team, **changes)
    assert refused.value.message_dict == {field: [sentence]}


def test_the_list_on_the_screen_is_kept_with_its_tab_and_found_back() -> None:
    case, other = Case(), Case()
    client = signed_in(case.team)
    page = client.get(reverse("evaluations:work"), {"tab": "mij", "q": case.proposal.reference})
    address = f"{reverse('evaluations:saved_view_new')}?{page.context['listing'].view_query}"
    form = client.get(address).context["form"]
    words = f"voor:mij {case.proposal.reference}"
    assert form.initial == {"words": words, "sort": "due_on"}
    data = {"name": "Dit dossier", "words": words, "sort": "due_on", "mailing": "never"}
    answer = client.post(address, data, follow=True)
    shown = [item.row.proposal for item in answer.context["rows"]]
    assert shown == [case.proposal]
    assert shown != [other.proposal]
    refused = client.post(address, {**data, "words": "kleur:rood"})
    assert refused.status_code == 422
    assert 'value="kleur:rood"' in refused.content.decode()


def test_the_boxes_of_the_list_of_files_become_words() -> None:
    case = Case().accepted()
    query = {"state": "assessment", "adviser": case.adviser.pk, "call": case.proposal.call_id}
    page = signed_in(case.team).get(reverse("evaluations:files"), query)
    assert page.context["listing"].words == (
        f'oproep:"{case.proposal.call.reference}" status:"assessment" adviser:"{case.adviser}"'
    ).replace("adviser:", "adviseur:")


# --- By mail -------------------------------------------------------------------------------------


def test_a_mail_holds_a_count_the_numbers_and_a_link() -> None:
    with at(MONDAY):
        case = Case()
        view = kept(case.team, words="voor:mij", mailing="daily")
        assert mail_saved_views() == 1
    [mail] = mails()
    assert mail.recipient_id == case.team.pk
    assert mail.subject == "Uw bewaarde weergave: 1 dossier"
    assert case.proposal.reference in mail.text
    assert reverse("evaluations:saved_view", args=[view.pk]) in mail.text
    for secret in (case.proposal.title, str(case.proposal.organisation), view.name):
        assert secret not in mail.text
        assert secret not in mail.subject


def test_a_view_kept_in_english_is_mailed_in_dutch() -> None:
    with at(MONDAY):
        case = Case()
        with translation.override("en"):
            kept(case.team, words='stap:"check completeness"', mailing="daily")
        assert mail_saved_views() == 1
    [mail] = mails()
    assert mail.subject == "Uw bewaarde weergave: 1 dossier"
    assert case.proposal.reference in mail.text


def test_many_numbers_are_cut_short() -> None:
    with at(MONDAY):
        case = many(NUMBERS_IN_MAIL + 3)
        kept(case.team, words="", mailing="daily")
        mail_saved_views()
    [mail] = mails()
    assert mail.subject == f"Uw bewaarde weergave: {NUMBERS_IN_MAIL + 4} dossiers"
    assert mail.text.count(f"- {case.proposal.reference}") == NUMBERS_IN_MAIL
    assert "En nog 4 andere." in mail.text


@pytest.mark.parametrize(
    ("mailing", "moments", "count"),
    [
        ("never", [(MONDAY, LATE)], 0),
        ("daily", [(MONDAY, EARLY)], 0),
        ("daily", [(MONDAY, LATE), (MONDAY, "15:00")], 1),
        ("daily", [(MONDAY, LATE), (TUESDAY, LATE)], 2),
        ("daily", [(SATURDAY, LATE)], 0),
        ("daily", [("2026-12-25", LATE)], 0),  # a Friday, and a holiday
        ("weekly", [(MONDAY, LATE), (TUESDAY, LATE)], 1),
        ("weekly", [(TUESDAY, LATE)], 0),  # new: waits for Monday
        ("weekly", [(MONDAY, LATE), ("2026-12-01", LATE)], 2),  # the Monday was missed
        ("weekly", [("2026-04-07", LATE)], 1),  # after Easter Monday
    ],
)
def test_when_a_view_is_mailed(mailing: str, moments: list[tuple[str, str]], count: int) -> None:
    with at("2026-03-02"):
        case = Case()
        kept(case.team, words="", mailing=mailing)
    for day, hour in moments:
        with at(day, hour):
            mail_saved_views()
    assert len(mails()) == count


@pytest.mark.parametrize("why", ["empty", "role", "closed", "conflict", "words"])
def test_no_mail_without_a_file_or_a_right(why: str) -> None:
    with at(MONDAY):
        case = Case()
        words = "laat:ja" if why == "empty" else "-adviseur:niemand" if why == "words" else ""
        kept(case.team, words=words, mailing="daily")
        if why in {"role", "words"}:
            case.team.groups.clear()
        if why == "words":  # an adviser now, who may not search on this word
            case.team.groups.add(*case.adviser.groups.all())
        if why == "closed":
            case.team.is_active = False
            case.team.save()
        if why == "conflict":
            ConflictOfInterest.objects.create(
                person=case.team,
                proposal=case.proposal,
                kind=ConflictKind.DECLARED,
                explanation="Mijn zus.",
            )
        assert mail_saved_views() == 0
    assert mails() == []


def test_a_view_counts_only_files_that_its_owner_sees_that_day() -> None:
    with at(MONDAY):
        case, _other = Case().assigned(), Case().assigned()
        kept(case.adviser, words="", mailing="daily")
        mail_saved_views()
    [mail] = mails()
    assert mail.subject == "Uw bewaarde weergave: 1 dossier"
    assert case.proposal.reference in mail.text
    assert SavedView.objects.get().last_mailed_on.isoformat() == MONDAY
