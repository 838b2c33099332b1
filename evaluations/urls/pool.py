"""The pool of advisers and who assesses what."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE
from evaluations.views import division, pool
from evaluations.views.assignment import replace, take_back

DIVISION = "beheer/oproepen/<slug:slug>/verdeling/"
ADVISER = "beheer/adviseurs/<int:pk>/"

urlpatterns = [
    path(f"{FILE}toewijzing/", views.assignment, name="assignment"),
    path(f"{FILE}toewijzing/aanvaarden/", views.accept, name="accept"),
    path(f"{FILE}toewijzing/conflict/", views.conflict, name="conflict"),
    path(f"{FILE}toewijzing/weigeren/", views.decline, name="decline"),
    path(f"{FILE}toewijzing/<int:pk>/intrekken/", views.revoke, name="revoke"),
    path(f"{FILE}toewijzing/<int:pk>/vervangen/", replace, name="reassign"),
    path(f"{FILE}toewijzing/conflicten/<int:pk>/terugnemen/", take_back, name="take_back_conflict"),
    path("beheer/adviseurs/", pool.pool, name="pool"),
    path("beheer/adviseurs/belangen/", pool.interests, name="interests"),
    path("beheer/adviseurs/belangen/<int:pk>/", pool.interest_end, name="interest_end"),
    path(ADVISER, pool.adviser, name="adviser"),
    path(f"{ADVISER}afwezigheid/", pool.absence, name="absence"),
    path(
        f"{ADVISER}afwezigheid/<int:absence>/weghalen/", pool.absence_remove, name="absence_remove"
    ),
    path(DIVISION, division.division, name="division"),
    path(f"{DIVISION}<int:pk>/", division.division_run, name="division_run"),
    path(f"{DIVISION}<int:pk>/stand/", division.division_status, name="division_status"),
    path(f"{DIVISION}<int:pk>/bevestigen/", division.division_confirm, name="division_confirm"),
    path(f"{DIVISION}<int:pk>/paar/<int:pair>/", division.division_pair, name="division_pair"),
    path(
        f"{DIVISION}<int:pk>/paar/<int:pair>/weglaten/",
        division.division_drop,
        name="division_drop",
    ),
]
