"""Evaluator packs and scores from a spreadsheet."""

from django.urls import path

from evaluations.urls.parts import FILE
from evaluations.views import offline

OWN = "beheer/mijn-dossiers/"

urlpatterns = [
    path(f"{FILE}bundel/", offline.pack, name="pack"),
    path(OWN, offline.own, name="offline"),
    path(f"{OWN}bundels/", offline.packs, name="packs"),
]
