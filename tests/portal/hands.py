"""The steps that somebody takes before a step that asks for another person."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.urls import reverse

from accounts.models import User
from funding.models import YearReopening
from payments.lifecycle import SettlementState
from payments.models import BankAccount, Settlement
from retention.services import propose_list
from tests.accounts.factories import OrganisationFactory
from tests.payments.acts import IBAN
from tests.portal.walk import ADDRESSES
from tests.portal.world import World

Step = Callable[[User], str]
"""Somebody takes the step before; the answer is the address of the next one."""


def taken_by(world: World, name: str, thing: Any, column: str) -> Step:
    def take(by: User) -> str:
        type(thing).objects.filter(pk=thing.pk).update(**{column: by})
        return ADDRESSES[name].url(world)

    return take


def entered_by(name: str) -> Step:
    """An account is never changed, so another one is entered."""

    def enter(by: User) -> str:
        account = BankAccount.objects.create(
            organisation=OrganisationFactory(), iban=IBAN, holder="Stad", entered_by=by
        )
        return reverse(name, args=[account.pk])

    return enter


def ordered_by(world: World) -> Step:
    """Nor is an order."""

    def order(by: User) -> str:
        again = copy(world.order)
        again.pk, again.number, again.made_by = None, "BO-2026-00002", by
        again._state.adding = True
        again.save()
        return reverse("payments:order_sign", args=[again.number])

    return order


def settled_by(world: World) -> Step:
    """Nor is a settlement, and each commitment has one: here another one of the beneficiary."""

    def settle(by: User) -> str:
        again = copy(Settlement.objects.get(commitment=world.settled))
        again.pk, again.commitment = None, world.commitment
        again.state, again.proposed_by = SettlementState.PROPOSED, by
        again.confirmed_by = again.confirmed_at = None
        again._state.adding = True
        again.save()
        return reverse("payments:settlement_confirm", args=[world.commitment.number])

    return settle


def issued_by(world: World) -> Step:
    """Nor is an edition of the yearly report."""

    def issue(by: User) -> str:
        again = copy(world.edition)
        again.pk, again.number, again.made_by = None, 2, by
        again._state.adding = True
        again.save()
        return reverse("reporting:edition_sign", args=[again.pk])

    return issue


def listed_by(world: World) -> Step:
    """A list of what is destroyed is proposed once."""

    def propose(by: User) -> str:
        propose_list(drawn=world.destruction, by=by)
        return reverse("retention:approve", args=[world.destruction.pk])

    return propose


def first_hands(world: World) -> dict[str, list[Step]]:
    """Address -> each step before it that the same person may not have taken."""
    steps = [
        ("funding:answer_reopening", YearReopening.objects.get(), "asked_by"),
        ("funding:claim_approve", world.claim, "claimed_by"),
        ("funding:claim_approve", world.claim, "checked_by"),
        ("funding:change", world.change, "asked_by"),
    ]
    hands = {
        name: [entered_by(name)] for name in ("payments:account_confirm", "payments:account_end")
    }
    hands["payments:order_sign"] = [ordered_by(world)]
    hands["payments:settlement_confirm"] = [settled_by(world)]
    hands["reporting:edition_sign"] = [issued_by(world)]
    hands["retention:approve"] = [listed_by(world)]
    for name, thing, column in steps:
        hands.setdefault(name, []).append(taken_by(world, name, thing, column))
    return hands
