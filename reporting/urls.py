"""Addresses of the reports."""

from django.urls import path

from reporting.views import yearly

app_name = "reporting"

_report = "beheer/jaarrapport/<int:year>/"

urlpatterns = [
    path("beheer/jaarrapport/", yearly.reports, name="reports"),
    path(_report, yearly.report, name="report"),
    path(f"{_report}csv/<slug:key>/", yearly.table_csv, name="report_csv"),
    path(f"{_report}<str:extension>/", yearly.export, name="report_export"),
]
