"""Links with which a person chooses a password, by mail."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.safestring import SafeString

from accounts.models import ExternalIdentity, Organisation, User
from notifications.services import portal_url, queue_mail


def password_link(user: User) -> SafeString:
    """The address where `user` chooses a password; works once, for three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return portal_url("accounts:password_set", uid, default_token_generator.make_token(user))


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """Mail a link to the active account with this address; do nothing when there is none.

    Somebody who was invited and lost the invitation has no password yet, and may ask too. Who is
    known through ACM/IDM signs in there, and nowhere else.
    """
    user = User.objects.filter(
        email__iexact=email, is_active=True, external_identity__isnull=True
    ).first()
    if user is None:
        return
    queue_mail(
        kind="accounts.password_reset",
        to=user,
        template="accounts/mail/password_reset.md",
        context={"link": password_link(user)},
        is_private=True,
    )


def mail_invitation(*, person: User, organisation: Organisation, invited_by: User) -> None:
    """Tell a person of the new membership, with a link to choose a password when there is none."""
    is_known_outside = ExternalIdentity.objects.filter(user=person).exists()
    chooses_password = not person.has_usable_password() and not is_known_outside
    queue_mail(
        kind="accounts.invitation",
        to=person,
        template="accounts/mail/invitation.md",
        context={
            "organisation": organisation.name,
            "invited_by": str(invited_by),
            "chooses_password": chooses_password,
            "link": password_link(person) if chooses_password else portal_url("accounts:sign_in"),
        },
        is_private=chooses_password,
    )
