"""Addresses of the evaluation, one module per kind of work."""

from evaluations.urls import (
    applicant,
    assessing,
    deciding,
    files,
    letters,
    lists,
    numbers,
    offline,
    pool,
)

app_name = "evaluations"
urlpatterns = [
    *lists.urlpatterns,
    *files.urlpatterns,
    *pool.urlpatterns,
    *assessing.urlpatterns,
    *offline.urlpatterns,
    *deciding.urlpatterns,
    *letters.urlpatterns,
    *numbers.urlpatterns,
    *applicant.urlpatterns,
]
