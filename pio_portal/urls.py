"""Every URL of the portal, room by room."""

from django.contrib import admin
from django.urls import include, path

from dashboard.views import home_public

urlpatterns = [
    path("", home_public, name="home"),
    path("admin/", admin.site.urls),
    path("taal/", include("django.conf.urls.i18n")),
    path("", include("operations.urls")),
    path("", include("dashboard.urls")),
    path("", include("retention.urls")),
    path("", include("rehearsals.urls")),
    path("", include("calls.urls")),
    path("", include("projects.urls")),
    path("", include("evaluations.urls")),
    path("", include("reporting.urls")),
    path("", include("payments.urls")),
    path("", include("funding.urls")),
    path("", include("accounts.urls")),
    path("", include("documents.urls")),
    path("", include("notifications.urls")),
    path("", include("common.pages")),
]

handler400 = "common.views.bad_request"
