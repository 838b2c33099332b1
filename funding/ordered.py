"""Claims that a payment order carries: the room of payments, above this one, says which.

A claim in a running order is paid by what the bank confirms, not by hand, and its check stands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Notice:
    """Something about payments that the beneficiary must see on the page of the money."""

    title: str
    sentence: str
    url: str


@dataclass
class _Orders:
    running: Callable[[Iterable[int]], dict[int, str]]
    returned: Callable[[Any], None]
    notices: Callable[[Any], list[Notice]]


_orders = _Orders(
    running=lambda _claims: {}, returned=lambda _payment: None, notices=lambda _project: []
)


def register(
    *,
    running: Callable[[Iterable[int]], dict[int, str]],
    returned: Callable[[Any], None],
    notices: Callable[[Any], list[Notice]],
) -> None:
    """Called from AppConfig.ready() of the room above.

    `running` gives, per key of a claim that waits in an order, the number of that order; `returned`
    hears that a payment came back, inside the transaction; `notices` gives what the beneficiary
    of a project must see.
    """
    _orders.running, _orders.returned, _orders.notices = running, returned, notices


def running_orders(claims: Iterable[int]) -> dict[int, str]:
    """Which of these claims wait in an order, with its number; one query."""
    return _orders.running(claims)


def notices_for(project: Any) -> list[Notice]:
    """What the beneficiary of the project must see."""
    return _orders.notices(project)


def payment_returned(payment: Any) -> None:
    """Tell the room above that a payment came back."""
    _orders.returned(payment)


def refuse_ordered(claim: Any, *, confirmed: str = "") -> None:
    """Raises ValidationError when the claim waits in another order than the one confirmed."""
    number = running_orders([claim.pk]).get(claim.pk, "")
    if number != confirmed:
        raise ValidationError(
            _(
                "Deze schuldvordering staat in betaalopdracht %(number)s. Wacht op de bevestiging "
                "van de bank."
            )
            % {"number": number or confirmed},
            code="ordered",
        )
