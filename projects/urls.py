"""Addresses of proposals, and those of projects (project_urls)."""

from django.urls import path

from projects.project_urls import project_urls
from projects.views import (
    assignments,
    extensions,
    form_changes,
    history,
    information,
    partners,
    preview,
    printing,
    proposals,
    reopening,
    sections,
    submission,
    versions,
)

app_name = "projects"
_one = "voorstellen/<str:reference>/"
_section = f"{_one}deel/<str:code>/"
urlpatterns = [
    path("oproepen/<slug:slug>/voorstel-beginnen/", proposals.start, name="start"),
    path(_one, proposals.proposal, name="proposal"),
    path(f"{_one}overgenomen/", proposals.copied, name="copied"),
    path(f"{_one}afdrukken/", printing.print_view, name="print"),
    path(f"{_one}meekijken/", proposals.team_consent, name="team_consent"),
    path(f"{_one}formulier-gelezen/", form_changes.form_read, name="form_read"),
    path(_section, sections.section, name="section"),
    path(f"{_section}berekenen/", sections.estimate, name="estimate"),
    path(f"{_section}geschiedenis/", history.history, name="history"),
    path(f"{_section}geschiedenis/<int:version>/", history.revision, name="revision"),
    path(f"{_section}geschiedenis/<int:version>/terugzetten/", history.restore, name="restore"),
    path(f"{_section}toewijzen/", assignments.assign, name="assign"),
    path(f"{_section}klaar/", assignments.finish, name="finish_assignment"),
    path(f"{_one}partners/", partners.partners, name="partners"),
    path(
        f"{_one}partners/<int:access_id>/stoppen/", partners.end_access, name="end_partner_access"
    ),
    path(f"{_one}partner/<int:pk>/", partners.part, name="partner_part"),
    path(
        f"{_one}partner/<int:pk>/bestanden/<uuid:file_id>/", partners.part_file, name="partner_file"
    ),
    path(f"{_one}bestanden/<uuid:file_id>/", versions.file, name="file"),
    path(f"{_one}nakijken/", submission.check, name="check"),
    path(f"{_one}indienen/", submission.submit, name="submit"),
    path(f"{_one}heropenen/", reopening.reopen, name="reopen"),
    path(f"{_one}heropenen/annuleren/", reopening.cancel, name="cancel_reopening"),
    path(f"{_one}vragen/<int:number>/", information.information, name="information"),
    path("beheer/uitstel/", extensions.extensions, name="extensions"),
    path(f"{_one}intrekken/", submission.withdraw, name="withdraw"),
    path(f"{_one}versies/<int:number>/", versions.version, name="version"),
    path(f"{_one}versies/<int:number>/ontvangst/", versions.receipt, name="receipt"),
    path(f"{_one}versies/<int:number>/document/", versions.make_document, name="make_document"),
    path("beheer/oproepen/<slug:slug>/voorbeeld/<str:code>/", preview.preview, name="preview"),
    path(
        "beheer/oproepen/<slug:slug>/formulier/wijziging/voorbeeld/<str:code>/",
        preview.preview_change,
        name="preview_change",
    ),
    *project_urls,
]
