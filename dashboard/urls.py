from django.urls import path

from dashboard import audit_views, mail_views, views, who_sees_views

app_name = "dashboard"
urlpatterns = [
    path("mijn/", views.home, name="home"),
    path("wie-ziet/<slug:kind>/<str:key>/", who_sees_views.who_sees_this, name="who_sees"),
    path("beheer/", views.staff, name="staff"),
    path("beheer/herinneringen/<slug:name>.csv", mail_views.mail_export, name="mail_export"),
    path("beheer/logboek/", audit_views.audit_log, name="audit_log"),
    path("beheer/logboek/<slug:name>/", audit_views.audit_record, name="audit_record"),
    path(
        "beheer/logboek/<slug:name>.<slug:extension>",
        audit_views.audit_export,
        name="audit_export",
    ),
]
