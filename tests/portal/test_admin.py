"""/admin/: every table is there, searchable and filtered, and no state can be edited."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import ADMIN_APPS
from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.admin import PortalAdmin
from tests.accounts.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

OURS = [label for label in ADMIN_APPS if label not in {"admin", "axes"}]
MODELS = [
    model
    for label in OURS
    for model in apps.get_app_config(label).get_models()
    if not model._meta.auto_created
]
WITHOUT_FILTER = {"calls.Theme": "a dozen rows"}
"""Tables without list_filter, each with the reason."""

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
each_table = pytest.mark.parametrize(
    "model",
    [model for model in MODELS if model in admin.site._registry],
    ids=lambda model: model._meta.label,
)
INLINE = re.compile(
    rb"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\son\w+=\"", re.I
)


def url(model: type[models.Model], page: str = "changelist") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def as_role(role: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


@pytest.fixture
def administrator() -> Client:
    return as_role(StaffRole.ADMINISTRATOR)


@each_model
def test_every_model_is_registered_with_search_and_filters(model: type[models.Model]) -> None:
    options = admin.site._registry.get(model)
    assert isinstance(options, PortalAdmin), "register it with common.admin.PortalAdmin"
    assert options.search_fields
    assert options.list_filter or WITHOUT_FILTER.get(model._meta.label)


@each_table
def test_every_list_answers_a_search_without_inline_script_or_style(
    model: type[models.Model], administrator: Client
) -> None:
    response = administrator.get(url(model), {"q": "voorbeeld"})
    assert response.status_code == 200
    assert not INLINE.search(response.content)
    assert "script-src 'self'" in response["Content-Security-Policy"]


@each_table
def test_no_state_is_edited_and_nothing_with_a_lifecycle_is_made_or_removed(
    model: type[models.Model], rf: Any
) -> None:
    request = rf.get("/")
    request.user = UserFactory(roles=[StaffRole.ADMINISTRATOR])
    options = admin.site._registry[model]
    if any(field.name == "state" for field in model._meta.fields):
        assert "state" in options.get_readonly_fields(request)
        assert not options.list_editable
        assert not options.has_add_permission(request)
        assert not options.has_delete_permission(request)


@each_table
def test_the_page_of_a_row_can_be_drawn(model: type[models.Model], rf: Any) -> None:
    """With the rows that belong to it: a field that cannot be edited is shown, not asked."""
    request = rf.get("/")
    request.user = UserFactory(roles=[StaffRole.ADMINISTRATOR])
    options = admin.site._registry[model]
    options.get_form(request, None, change=True)
    for inline in options.get_inline_instances(request):
        inline.get_formset(request, None)


@each_table
def test_an_auditor_looks_and_touches_nothing(model: type[models.Model], rf: Any) -> None:
    request = rf.get("/")
    request.user = UserFactory(roles=[StaffRole.AUDITOR])
    options = admin.site._registry[model]
    assert options.has_view_permission(request)
    assert not options.has_add_permission(request)
    assert not options.has_change_permission(request)
    assert not options.has_delete_permission(request)


@pytest.mark.parametrize("role", list(StaffRole))
def test_only_administrators_and_auditors_enter(role: StaffRole) -> None:
    response = as_role(role).get("/admin/", follow=True)
    enters = role in {StaffRole.ADMINISTRATOR, StaffRole.AUDITOR}
    assert response.status_code == (200 if enters else 403)


def test_a_visitor_signs_in_on_the_page_of_the_portal(client: Client) -> None:
    response = client.get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1][0] == "/aanmelden/?next=/admin/accounts/user/"
    away = client.get("/admin/login/?next=//boos.example/")
    assert away["Location"] == "/aanmelden/?next=/admin/"


def test_a_member_of_an_organisation_does_not_enter(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_administrator_changes_a_person_and_the_log_says_so(administrator: Client) -> None:
    """Roles go through the service, so that the log of the portal has them."""
    person = UserFactory(email="an@stad.example")
    page = f"/admin/accounts/user/{person.pk}/change/"
    assert administrator.get(page).status_code == 200
    adviser = Group.objects.get(name=StaffRole.ADVISER.value)
    data = {
        "email": person.email,
        "first_name": "An",
        "last_name": "Peeters",
        "is_active": "on",
        "groups": [adviser.pk],
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert administrator.post(page, data).status_code == 302
    person.refresh_from_db()
    assert (str(person), list(person.groups.all())) == ("An Peeters", [adviser])
    event = AuditEvent.objects.get(action="user.roles_changed")
    assert event.data == {"before": [], "after": ["vlaio_adviser"]}


def test_a_person_added_here_has_no_password_yet(administrator: Client) -> None:
    data = {"email": "Nieuw@Pio.example", "first_name": "N", "last_name": "W", "is_active": "on"}
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    response = administrator.post("/admin/accounts/user/add/", {**data, **inline})
    assert response.status_code == 302
    added = User.objects.get(email="nieuw@pio.example")
    assert not added.has_usable_password()


def test_whether_an_organisation_was_checked_is_not_edited_here(administrator: Client) -> None:
    body = MembershipFactory(organisation__is_verified=False).organisation
    page = f"/admin/accounts/organisation/{body.pk}/change/"
    response = administrator.get(page)
    assert b'name="is_verified"' not in response.content
