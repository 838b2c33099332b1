from django.urls import path

from rehearsals import views

app_name = "rehearsals"
urlpatterns = [
    path("beheer/oproepen/<slug:slug>/oefenen/", views.of_call, name="of_call"),
    path("beheer/oefeningen/<uuid:pk>/", views.rehearsal, name="rehearsal"),
    path("beheer/oefeningen/<uuid:pk>/voortgang/", views.status, name="status"),
    path("beheer/oefeningen/<uuid:pk>/opnieuw/", views.again, name="again"),
    path("beheer/oefeningen/<uuid:pk>/verwijderen/", views.delete, name="delete"),
    path("beheer/oefeningen/<uuid:pk>/<int:item_id>/", views.item, name="item"),
    path("beheer/oefeningen/<uuid:pk>/<int:item_id>/bestand/", views.file, name="file"),
]
