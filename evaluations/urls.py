from django.urls import path

from evaluations import views

app_name = "evaluations"
_FILE = "beheer/dossiers/<str:reference>/"
urlpatterns = [
    path("beheer/dossiers/", views.files, name="files"),
    path("beheer/dossiers/overzicht/", views.overview, name="overview"),
    path(_FILE, views.file, name="file"),
    path(f"{_FILE}tijdlijn/", views.history, name="history"),
    path(f"{_FILE}informatie/", views.information, name="information"),
    path(f"{_FILE}informatie/vragen/", views.ask, name="ask_information"),
    path(
        f"{_FILE}informatie/<int:number>/intrekken/",
        views.withdraw_information,
        name="withdraw_information",
    ),
    path(f"{_FILE}volledigheid/", views.completeness, name="completeness"),
    path(f"{_FILE}toewijzing/", views.assignment, name="assignment"),
    path(f"{_FILE}toewijzing/aanvaarden/", views.accept, name="accept"),
    path(f"{_FILE}toewijzing/conflict/", views.conflict, name="conflict"),
    path(f"{_FILE}toewijzing/weigeren/", views.decline, name="decline"),
    path(f"{_FILE}toewijzing/<int:pk>/intrekken/", views.revoke, name="revoke"),
    path(f"{_FILE}scores/", views.scores, name="scores"),
    path(f"{_FILE}beoordelen/", views.scoring, name="scoring"),
    path(f"{_FILE}beoordelen/totaal/", views.running_total, name="running_total"),
    path(f"{_FILE}beoordelen/afronden/", views.finalise, name="finalise_scores"),
    path(f"{_FILE}advies/", views.advice, name="advice"),
    path(f"{_FILE}advies/definitief/", views.advice_final, name="finalise_advice"),
    path(f"{_FILE}advies/verbeteren/", views.advice_correct, name="correct_advice"),
    path(f"{_FILE}beslissing/", views.decide_view, name="decide"),
    path(f"{_FILE}beslissing/terugnemen/", views.undo, name="withdraw_decision"),
    path(f"{_FILE}beslissing/brief/", views.letter, name="remake_letter"),
    path(f"{_FILE}beslissing/meedelen/", views.notify, name="notify"),
    path("voorstellen/<str:reference>/beslissing/", views.applicant_decision, name="decision"),
]
