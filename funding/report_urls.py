from django.urls import path

from funding import report_views as views

report_urls = [
    path("beheer/jaarrapport/", views.reports, name="reports"),
    path("beheer/jaarrapport/<int:year>/", views.report, name="report"),
    path("beheer/jaarrapport/<int:year>/<str:extension>/", views.export, name="report_export"),
    path("beheer/jaarrapport/<int:year>/csv/<slug:key>/", views.table_csv, name="report_csv"),
]
