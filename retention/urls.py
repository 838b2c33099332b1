from django.urls import path

from retention import views
from retention.views import lists, requests

app_name = "retention"
KEPT = "beheer/bewaren/"
urlpatterns = [
    path(KEPT, views.overview, name="overview"),
    path(f"{KEPT}regels/<slug:code>/", views.rule, name="rule"),
    path(f"{KEPT}regels/<slug:code>/lijst/", lists.draw, name="draw"),
    path(f"{KEPT}lijsten/<int:pk>/", lists.one_list, name="list"),
    path(f"{KEPT}lijsten/<int:pk>/voorstellen/", lists.propose, name="propose"),
    path(f"{KEPT}lijsten/<int:pk>/goedkeuren/", lists.approve, name="approve"),
    path(f"{KEPT}lijsten/<int:pk>/vervallen/", lists.drop, name="drop"),
    path(f"{KEPT}lijsten/<int:pk>/<int:item>/", lists.leave, name="leave"),
    path(f"{KEPT}aangehouden/", views.holds, name="holds"),
    path(f"{KEPT}aangehouden/<int:pk>/vrijgeven/", views.lift, name="lift"),
    path("beheer/privacy/", requests.staff_list, name="requests"),
    path("beheer/privacy/nieuw/", requests.register, name="register"),
    path("beheer/privacy/<int:pk>/", requests.handle, name="handle"),
    path("beheer/privacy/<int:pk>/verlengen/", requests.extend, name="extend"),
    path("beheer/privacy/<int:pk>/overzicht/", requests.export_for, name="export_for"),
    path("mijn-gegevens/privacy/", requests.own, name="own"),
    path("mijn-gegevens/privacy/overzicht/", requests.export, name="export"),
    path("mijn-gegevens/privacy/<int:pk>/", requests.own_request, name="request"),
]
