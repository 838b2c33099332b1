"""Every address of /admin/, as everybody: what happens is what the rights matrix says.

The views are asked without the middleware around them, which knows nothing of tables, and without
drawing what they answer: there are fifteen hundred ways to meet a table.
"""

from collections.abc import Iterator
from copy import copy
from functools import cache
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from accounts.roles import MemberRole, StaffRole
from calls.models import Call
from common.rights import Outcome
from dashboard.matrix import PEOPLE, tables
from dashboard.matrix.people import NO_TIE, OWN, UNASSIGNED
from pio_portal.methods import methods_of
from tests.accounts.factories import UserFactory
from tests.portal.walk import NO_SUCH_METHOD, Walk, expected, met, signed_in, somebody

pytestmark = pytest.mark.django_db

TABLES = {model._meta.label: model for model in admin.site._registry}
WALKERS = [
    one
    for one in PEOPLE
    if one.relation in {NO_TIE, UNASSIGNED}
    or (one.relation == OWN and one.member_role == MemberRole.MANAGER)
]
"""One of each role: no tie makes a difference to a table."""

REMOVE = {"action": "delete_selected", "index": "0", "select_across": "0"}
"""What is posted to a list, with a row that was ticked; to other addresses nothing is posted."""


class Messages(BaseStorage):
    """Messages that nobody reads."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return []


def request_of(method: str, url: str, data: dict[str, str]) -> Any:
    """A request by nobody yet; what it posts was read, so that it can be copied."""
    request = getattr(RequestFactory(), method.lower())(url, data if method == "POST" else None)
    request._dont_enforce_csrf_checks = True
    assert request.POST is not None
    return request


def answer(user: Any, original: Any) -> str:
    """What somebody meets there, in the words of the matrix."""
    request = copy(original)
    found = where(request.path)
    if request.method not in methods_of(found.view_name):
        return NO_SUCH_METHOD
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    request._messages = Messages(request)
    try:
        response = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return Outcome.FORBIDDEN
    except Http404:
        return Outcome.NOT_FOUND
    return met(response) if getattr(response, "is_rendered", True) else Outcome.ALLOWED


where = cache(resolve)


def addresses() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Full name, address, and what is posted to it: of the site and of each table."""
    call = Call.objects.earliest("pk")
    arguments: dict[str, dict[str, Any]] = {
        "admin:app_list": {"app_label": "funding"},
        "admin:view_on_site": {
            "content_type_id": ContentType.objects.get_for_model(Call).pk,
            "object_id": call.pk,
        },
    }
    for name in tables.OF_THE_SITE:
        query = "?app_label=projects&model_name=proposal&field_name=call"
        url = reverse(name, kwargs=arguments.get(name))
        yield name, url + (query if name == "admin:autocomplete" else ""), {}
    for label, model in TABLES.items():
        start, row = tables.start_of(label), model._base_manager.order_by("pk").first()
        pk = str(row.pk) if row is not None else "0"
        yield (
            f"{start}_changelist",
            reverse(f"{start}_changelist"),
            {
                **REMOVE,
                "_selected_action": pk,
            },
        )
        yield f"{start}_add", reverse(f"{start}_add"), {}
        for act in ("change", "delete", "history"):
            yield f"{start}_{act}", reverse(f"{start}_{act}", args=[pk]), {}


@pytest.fixture
def _bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the list of all tables beside each page: most of the time goes there."""
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})


@pytest.mark.usefixtures("_bare_pages")
def test_who_does_what_in_a_table_is_what_the_matrix_says(walk: Walk) -> None:
    """Each role, reading and writing; what is posted asks to be removed or changes nothing."""
    strange, asked, rules = [], set(), tables.admin_rules()
    for name, url, data in addresses():
        [rule] = rules[name]
        asked.add(name)
        for method in ("GET", "POST"):
            request = request_of(method, url, data)
            for person in WALKERS:
                found = answer(walk.accounts[person], request)
                if found != expected(person, rule, method):
                    strange.append((name, method, person.role, found))
    assert strange == []
    assert asked == set(rules)


def test_a_table_without_a_rule_is_told_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "registered_tables", lambda: set(TABLES) | {"funding.Nieuw"})
    [sentence] = tables.missing_tables()
    assert sentence.startswith("funding.Nieuw stands in /admin/ without a rule. Add it to TABLES")


@pytest.mark.usefixtures("_bare_pages")
def test_a_row_that_nobody_has_is_not_found_and_no_error(walk: Walk) -> None:
    """Forged numbers in an address, by the one who may do most."""
    user = walk.accounts[somebody(StaffRole.ADMINISTRATOR)]
    strange = []
    for label in TABLES:
        for act in ("change", "delete", "history"):
            for forged in ("0", "9" * 26, "x'--", "_3C"):
                url = reverse(f"{tables.start_of(label)}_{act}", args=[forged])
                found = answer(user, request_of("GET", url, {}))
                if found not in {Outcome.ALLOWED, Outcome.FORBIDDEN, Outcome.NOT_FOUND}:
                    strange.append((url, found))
    assert strange == []


def test_nobody_removes_what_was_noted_of_signing_in_but_a_lock_out(client: Client) -> None:
    """An administrator lets somebody in again; the record itself stays, also for an auditor."""
    logs = [tables.start_of(f"axes.{one}") for one in ("AccessLog", "AccessFailureLog")]
    for role in (StaffRole.ADMINISTRATOR, StaffRole.AUDITOR):
        person = signed_in(UserFactory(roles=[role]))
        data = {"action": "cleanup_expired_attempts", "_selected_action": "1", "index": "0"}
        for start in logs:
            assert person.post(reverse(f"{start}_changelist"), data).status_code == 403
    assert person.post("/admin/axes/accessattempt/", data).status_code == 403


def test_a_password_is_changed_on_the_page_of_the_portal() -> None:
    person = signed_in(UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    response = person.get("/admin/password_change/")
    assert response["Location"] == reverse("accounts:password_change")
    assert person.post("/admin/password_change/").status_code == 405
