from django.urls import path

from notifications.views import mailbox, own, staff

app_name = "notifications"
urlpatterns = [
    path("mijn-berichten/", own.own_messages, name="messages"),
    path("mijn-berichten/<int:mail_id>/", own.message, name="message"),
    path("mijn-berichten/keuzes/", own.choices, name="choices"),
    path("mijn-berichten/adres/", own.address_works, name="address_works"),
    path("mijn-berichten/agenda/", own.own_calendar, name="calendar"),
    path("mijn-berichten/agenda/adres/", own.calendar_renew, name="calendar_renew"),
    path("mijn-berichten/agenda/stoppen/", own.calendar_stop, name="calendar_stop"),
    path("berichten/<str:token>/stoppen/", own.stop, name="stop"),
    path("agenda/<slug:secret>.ics", own.calendar_feed, name="calendar_feed"),
    path("beheer/herinneringen/", staff.overview, name="overview"),
    path("beheer/herinneringen/mails/", staff.outbox, name="outbox"),
    path("beheer/herinneringen/mails/<int:mail_id>/", staff.mail_detail, name="mail"),
    path(
        "beheer/herinneringen/mails/<int:mail_id>/opnieuw/", staff.mail_resend, name="mail_resend"
    ),
    path("beheer/herinneringen/adressen/", staff.addresses, name="addresses"),
    path(
        "beheer/herinneringen/adressen/<int:pk>/gebruiken/",
        staff.address_trust,
        name="address_trust",
    ),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>/", mailbox.mailbox_detail, name="mailbox_mail"),
]
