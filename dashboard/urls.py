from django.urls import path

from dashboard import audit_views, views

app_name = "dashboard"
urlpatterns = [
    path("mijn/", views.home, name="home"),
    path("beheer/", views.staff, name="staff"),
    path("beheer/logboek/", audit_views.audit_log, name="audit_log"),
]
