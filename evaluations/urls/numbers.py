"""Figures on the evaluation."""

from django.urls import path

from evaluations.views import numbers

urlpatterns = [
    path("beheer/cijfers/", numbers.numbers_page, name="numbers"),
    path("beheer/cijfers/xlsx/", numbers.numbers_xlsx, name="numbers_xlsx"),
    path("beheer/cijfers/<slug:key>.csv", numbers.numbers_csv, name="numbers_csv"),
]
