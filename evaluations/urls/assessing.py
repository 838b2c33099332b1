"""Scores, consensus and advice."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE

urlpatterns = [
    path(f"{FILE}scores/", views.scores, name="scores"),
    path(f"{FILE}beoordelen/", views.scoring, name="scoring"),
    path(f"{FILE}beoordelen/totaal/", views.running_total, name="running_total"),
    path(f"{FILE}beoordelen/afronden/", views.finalise, name="finalise_scores"),
    path(f"{FILE}advies/", views.advice, name="advice"),
    path(f"{FILE}advies/definitief/", views.advice_final, name="finalise_advice"),
    path(f"{FILE}advies/verbeteren/", views.advice_correct, name="correct_advice"),
]
