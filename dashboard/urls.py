from django.urls import path

from dashboard import audit_views

app_name = "dashboard"
urlpatterns = [
    path("beheer/logboek/", audit_views.audit_log, name="audit_log"),
]
