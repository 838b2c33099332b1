"""Scores, consensus and advice."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE
from evaluations.views.advice import advice_preview
from evaluations.views.consensus import consensus, consensus_answer, consensus_take_back

urlpatterns = [
    path(f"{FILE}scores/", views.scores, name="scores"),
    path(f"{FILE}beoordelen/", views.scoring, name="scoring"),
    path(f"{FILE}beoordelen/totaal/", views.running_total, name="running_total"),
    path(f"{FILE}consensus/", consensus, name="consensus"),
    path(f"{FILE}consensus/terugnemen/", consensus_take_back, name="take_back_consensus"),
    path(f"{FILE}consensus/antwoorden/", consensus_answer, name="answer_consensus"),
    path(f"{FILE}advies/", views.advice, name="advice"),
    path(f"{FILE}advies/voorbeeld/", advice_preview, name="advice_preview"),
    path(f"{FILE}advies/verbeteren/", views.advice_correct, name="correct_advice"),
]
