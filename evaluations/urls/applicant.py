"""What the applicant reads."""

from django.urls import path

from evaluations import views

urlpatterns = [
    path("voorstellen/<str:reference>/beslissing/", views.applicant_decision, name="decision"),
]
