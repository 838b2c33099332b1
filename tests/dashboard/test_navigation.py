"""The menu of staff: one place at a time is where one is."""

import pytest
from django.test import RequestFactory
from django.urls import resolve

from accounts.roles import StaffRole
from dashboard.navigation import staff_navigation
from tests.accounts.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("/beheer/", ["Mijn werk"]),
        ("/beheer/werk/acties/", ["Werklijst"]),
        ("/beheer/adviseurs/", ["Adviseurs"]),
        ("/beheer/adviseurs/belangen/", ["Mijn belangen"]),
        ("/beheer/dossiers/overzicht/", ["Rangschikking"]),
        ("/beheer/oproepen/zomer/", ["Oproepen"]),
        ("/beheer/oproepen/zomer/rangschikking/", ["Rangschikking"]),
        ("/beheer/oproepen/zomer/rangschikking/lijn/", ["Rangschikking"]),
        ("/beheer/oproepen/zomer/vergaderingen/", ["Rangschikking"]),
        ("/beheer/oproepen/zomer/vergaderingen/nieuw/", ["Rangschikking"]),
        ("/beheer/vergaderingen/1/", ["Rangschikking"]),
        ("/beheer/vergaderingen/1/punten/2/", ["Rangschikking"]),
        ("/beheer/oproepen/zomer/verdeling/", ["Adviseurs"]),
        ("/beheer/oproepen/zomer/verdeling/1/", ["Adviseurs"]),
        ("/beheer/oproepen/zomer/verdeling/1/paar/2/", ["Adviseurs"]),
        ("/onbekend/", []),
    ],
)
def test_one_link_is_active(rf: RequestFactory, path: str, active: list[str]) -> None:
    request = rf.get(path)
    request.user = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    if path != "/onbekend/":  # a page that is not found has no view
        request.resolver_match = resolve(path)
    links = staff_navigation(request)
    assert [str(link["label"]) for link in links if link["active"]] == active


@pytest.mark.django_db
def test_an_adviser_reads_what_stands_there_for_an_adviser(rf: RequestFactory) -> None:
    request = rf.get("/beheer/adviseurs/")
    request.user = UserFactory(roles=[StaffRole.ADVISER])
    labels = {link["url"]: str(link["label"]) for link in staff_navigation(request)}
    assert labels["/beheer/adviseurs/"] == "Mijn profiel"
    assert labels["/beheer/dossiers/overzicht/"] == "Stand per oproep"
