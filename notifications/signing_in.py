"""What a person hears at signing in: that the portal's mails to them come back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from notifications.services.limits import is_unreachable


def tell_at_sign_in(*, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    """Listener of `user_logged_in`."""
    if request is None or not hasattr(request, "_messages") or not is_unreachable(user.email):
        return
    text = _("Onze mails aan %(address)s komen terug. U leest uw berichten in het portaal:")
    messages.warning(
        request,
        format_html(
            '{} <a href="{}">{}</a>.',
            text % {"address": user.email},
            reverse("notifications:messages"),
            _("Mijn berichten"),
        ),
    )
