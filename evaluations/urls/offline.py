"""Evaluator packs and scores from a spreadsheet."""

from django.urls import path

from evaluations.urls.parts import FILE
from evaluations.views import offline

OWN = "beheer/mijn-dossiers/"

urlpatterns = [
    path(f"{FILE}bundel/", offline.pack, name="pack"),
    path(OWN, offline.own, name="offline"),
    path(f"{OWN}bundels/", offline.packs, name="packs"),
    path(f"{OWN}scores.xlsx", offline.scores_sheet, name="scores_sheet"),
    path(f"{OWN}uploaden/", offline.upload_scores, name="upload_scores"),
    path(f"{OWN}uploads/<int:pk>/", offline.score_upload, name="score_upload"),
    path(f"{OWN}uploads/<int:pk>/bewaren/", offline.store_upload, name="store_upload"),
]
