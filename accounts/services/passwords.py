"""Links with which a person chooses a password, by mail."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def password_link(user: User) -> str:
    """The path of the page where `user` chooses a password; works once, for three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse(
        "accounts:password_set",
        kwargs={"uidb64": uid, "token": default_token_generator.make_token(user)},
    )


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """Mail a link to the active account with this address; do nothing when there is none.

    Somebody who was invited and lost the invitation has no password yet, and may ask too.
    """
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is not None:
        _ = password_link(user)
