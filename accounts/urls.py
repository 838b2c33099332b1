from django.urls import path

from accounts.views import sign_in

app_name = "accounts"
urlpatterns = [
    path("aanmelden/", sign_in.SignInView.as_view(), name="sign_in"),
    path("aanmelden/voorbeeld/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("afmelden/", sign_in.SignOutView.as_view(), name="sign_out"),
    path("wachtwoord/vergeten/", sign_in.password_reset, name="password_reset"),
    path("wachtwoord/vergeten/gevraagd/", sign_in.password_reset_sent, name="password_reset_sent"),
    path(
        "wachtwoord/kiezen/<uidb64>/<token>/",
        sign_in.PasswordSetView.as_view(),
        name="password_set",
    ),
    path("wachtwoord/wijzigen/", sign_in.PasswordChangeView.as_view(), name="password_change"),
]
