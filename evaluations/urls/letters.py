"""Letters and telling the applicant."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE

urlpatterns = [
    path(f"{FILE}beslissing/brief/", views.letter, name="remake_letter"),
    path(f"{FILE}beslissing/meedelen/", views.notify, name="notify"),
]
