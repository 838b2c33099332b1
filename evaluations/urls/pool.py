"""The pool of advisers and who assesses what."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE

urlpatterns = [
    path(f"{FILE}toewijzing/", views.assignment, name="assignment"),
    path(f"{FILE}toewijzing/aanvaarden/", views.accept, name="accept"),
    path(f"{FILE}toewijzing/conflict/", views.conflict, name="conflict"),
    path(f"{FILE}toewijzing/weigeren/", views.decline, name="decline"),
    path(f"{FILE}toewijzing/<int:pk>/intrekken/", views.revoke, name="revoke"),
]
