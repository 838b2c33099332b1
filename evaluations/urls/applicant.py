"""What the applicant reads, and does after a decision."""

from django.urls import path

from evaluations import views
from evaluations.views import applicant

DECISION = "voorstellen/<str:reference>/beslissing/"

urlpatterns = [
    path(DECISION, views.applicant_decision, name="decision"),
    path(f"{DECISION}gesprek/", applicant.ask_talk, name="ask_talk"),
    path(f"{DECISION}gesprek.ics", applicant.talk_in_calendar, name="talk_calendar"),
    path(f"{DECISION}opnieuw/<slug:slug>/", applicant.try_again, name="try_again"),
]
