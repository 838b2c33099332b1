from django.urls import path

from accounts.views import acm_idm, organisations, profile, sign_in, staff, typed_text

app_name = "accounts"
urlpatterns = [
    path("aanmelden/", sign_in.SignInView.as_view(), name="sign_in"),
    path("aanmelden/voorbeeld/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("aanmelden/acm-idm/", acm_idm.start, name="acm_idm"),
    path("aanmelden/acm-idm/terug/", acm_idm.come_back, name="acm_idm_back"),
    path("mijn-tekst/", typed_text.kept_text, name="kept_text"),
    path("afmelden/", sign_in.SignOutView.as_view(), name="sign_out"),
    path("aanmelding/verlengen/", sign_in.extend_session, name="extend_session"),
    path("wachtwoord/vergeten/", sign_in.password_reset, name="password_reset"),
    path("wachtwoord/vergeten/gevraagd/", sign_in.password_reset_sent, name="password_reset_sent"),
    path(
        "wachtwoord/kiezen/<uidb64>/<token>/",
        sign_in.PasswordSetView.as_view(),
        name="password_set",
    ),
    path("wachtwoord/wijzigen/", sign_in.PasswordChangeView.as_view(), name="password_change"),
    path("mijn-gegevens/", profile.profile, name="profile"),
    path("organisatie/", organisations.own_organisations, name="organisations"),
    path("organisatie/kiezen/", profile.choose_organisation, name="choose_organisation"),
    path("organisatie/registreren/", organisations.register, name="register_organisation"),
    path("organisatie/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisatie/<int:pk>/bewerken/", organisations.edit, name="edit_organisation"),
    path("organisatie/<int:pk>/leden/", organisations.member_add, name="add_member"),
    path("organisatie/<int:pk>/leden/<int:membership_id>/", organisations.member, name="member"),
    path(
        "organisatie/<int:pk>/leden/<int:membership_id>/verwijderen/",
        organisations.member_remove,
        name="remove_member",
    ),
    path("beheer/organisaties/", staff.organisations, name="staff_organisations"),
    path("beheer/organisaties/<int:pk>/", staff.organisation, name="staff_organisation"),
    path("beheer/organisaties/<int:pk>/nazicht/", staff.verify, name="verify_organisation"),
]
