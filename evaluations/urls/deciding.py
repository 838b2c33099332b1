"""The ranking board, meetings and the decision."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE

urlpatterns = [
    path(f"{FILE}beslissing/", views.decide_view, name="decide"),
    path(f"{FILE}beslissing/terugnemen/", views.undo, name="withdraw_decision"),
]
