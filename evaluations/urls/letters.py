"""Letters, telling the applicant, and the talk afterwards."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE
from evaluations.views import feedback, letters, notification

LETTERS = "beheer/brieven/"
TEXT = f"{LETTERS}tekst/<str:outcome>/"
CALL = f"{LETTERS}oproep/<slug:slug>/"

urlpatterns = [
    path(LETTERS, letters.letters, name="letters"),
    path(TEXT, letters.letter_text, name="letter_text"),
    path(f"{TEXT}voorbeeld/", letters.letter_example, name="letter_example"),
    path(f"{TEXT}versies/", letters.letter_versions, name="letter_versions"),
    path(CALL, letters.call_letters, name="call_letters"),
    path(f"{CALL}alle/", letters.all_letters, name="all_letters"),
    path(f"{CALL}mails/", letters.held_mails, name="held_mails"),
    path(f"{FILE}beslissing/brief/", views.letter, name="remake_letter"),
    path(f"{FILE}beslissing/mails/", notification.prepare, name="prepare_notification"),
    path(f"{FILE}beslissing/mails/annuleren/", notification.cancel, name="cancel_notification"),
    path(f"{FILE}beslissing/meedelen/", notification.notify, name="notify"),
    path(f"{FILE}beslissing/bewijs/", notification.proof, name="notification_proof"),
    path(f"{FILE}feedback/", feedback.feedback, name="feedback"),
    path(f"{FILE}feedback/verslag/", feedback.feedback_report, name="feedback_report"),
]
