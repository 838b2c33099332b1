"""Lists of files: work, exports, saved views, actions on many files."""

from django.urls import path

from evaluations.views import bulk, lists, saved_views

urlpatterns = [
    path("beheer/werk/", lists.work, name="work"),
    path("beheer/dossiers/", lists.files, name="files"),
    path("beheer/lijst/<slug:name>.<slug:extension>", lists.list_export, name="list_export"),
    path("beheer/werk/weergaven/", saved_views.saved_views, name="saved_views"),
    path("beheer/werk/weergaven/nieuw/", saved_views.saved_view_new, name="saved_view_new"),
    path("beheer/werk/weergaven/<int:pk>/", saved_views.saved_view, name="saved_view"),
    path(
        "beheer/werk/weergaven/<int:pk>/wijzigen/",
        saved_views.saved_view_edit,
        name="saved_view_edit",
    ),
    path(
        "beheer/werk/weergaven/<int:pk>/verwijderen/",
        saved_views.saved_view_delete,
        name="saved_view_delete",
    ),
    path("beheer/werk/acties/", bulk.bulk_runs, name="bulk_runs"),
    path("beheer/werk/acties/nieuw/", bulk.bulk_new, name="bulk_new"),
    path("beheer/werk/acties/<int:pk>/", bulk.bulk_run, name="bulk_run"),
]
