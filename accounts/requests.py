"""The request of a page for which one must be signed in."""

from django.http import HttpRequest

from accounts.models import Organisation, User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` or `staff_required` gets; a type, never constructed."""

    user: User
    organisation: Organisation | None
    """The organisation that the person acts for, set by `ActiveOrganisationMiddleware`."""
