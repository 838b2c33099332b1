"""Addresses of the reports."""

from django.urls import path

from reporting.views import editions, open_data, questions, registers, steering, yearly

app_name = "reporting"

_steering = "beheer/sturing/<int:year>/"
_report = "beheer/jaarrapport/<int:year>/"

urlpatterns = [
    path("beheer/sturing/", steering.newest, name="steering"),
    path(_steering, steering.steering_year, name="steering_year"),
    path(f"{_steering}wat-als/", steering.try_out, name="what_if"),
    path(f"{_steering}verwachting/<str:expected>/", steering.forecast, name="forecast"),
    path(f"{_steering}<slug:key>/", steering.figure, name="figure"),
    path(
        "beheer/subsidieregister/<int:year>/", registers.subsidy_register, name="subsidy_register"
    ),
    path(
        "beheer/subsidieregister/<int:year>/<str:extension>/",
        registers.subsidy_export,
        name="subsidy_export",
    ),
    path("beheer/dubbele-subsidies/", registers.double_subsidies, name="double_subsidies"),
    path("open-data/", open_data.open_data, name="open_data"),
    path("open-data/openapi.json", open_data.description, name="openapi"),
    path("open-data/360giving.json", registers.grants, name="grants"),
    path("beheer/vraag/", questions.question, name="question"),
    path("beheer/vraag/<str:extension>/", questions.question_export, name="question_export"),
    path("beheer/jaarrapport/", yearly.reports, name="reports"),
    path("beheer/jaarrapport/jaren/", editions.several_years, name="years"),
    path("beheer/jaarrapport/jaren/<slug:key>/", editions.several_years_csv, name="years_csv"),
    path("beheer/jaarrapport/editie/<int:pk>/", editions.edition, name="edition"),
    path("beheer/jaarrapport/editie/<int:pk>/tekenen/", editions.sign, name="edition_sign"),
    path(_report, yearly.report, name="report"),
    path(f"{_report}editie/", editions.make, name="edition_make"),
    path(f"{_report}csv/<slug:key>/", yearly.table_csv, name="report_csv"),
    path(f"{_report}json/", yearly.report_as_json, name="report_json"),
    path(f"{_report}<str:extension>/", yearly.export, name="report_export"),
]
