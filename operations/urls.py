from django.urls import path

from operations import health, views

app_name = "operations"
urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("health/startup", health.startup, name="startup"),
    path("csp-melding/", views.csp_report, name="csp_report"),
    path("metrics", views.metrics, name="metrics"),
    path("beheer/werking/", views.condition, name="condition"),
    path("beheer/storingen/", views.outages, name="outages"),
    path("beheer/storingen/<int:pk>/<int:began>/", views.answer_outage, name="answer_outage"),
]
