"""The overview per call, the file itself, its check and its questions."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE

urlpatterns = [
    path("beheer/dossiers/overzicht/", views.overview, name="overview"),
    path(FILE, views.file, name="file"),
    path(f"{FILE}tijdlijn/", views.history, name="history"),
    path(f"{FILE}informatie/", views.information, name="information"),
    path(f"{FILE}informatie/vragen/", views.ask, name="ask_information"),
    path(
        f"{FILE}informatie/<int:number>/intrekken/",
        views.withdraw_information,
        name="withdraw_information",
    ),
    path(f"{FILE}volledigheid/", views.completeness, name="completeness"),
]
