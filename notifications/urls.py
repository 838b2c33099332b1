from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("beheer/herinneringen/", views.overview, name="overview"),
    path("beheer/herinneringen/mails/", views.outbox, name="outbox"),
    path("beheer/herinneringen/mails/<int:mail_id>/", views.mail_detail, name="mail"),
    path(
        "beheer/herinneringen/mails/<int:mail_id>/opnieuw/", views.mail_resend, name="mail_resend"
    ),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>/", views.mailbox_detail, name="mailbox_mail"),
]
