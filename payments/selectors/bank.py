"""Reads of bank accounts."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Organisation
from payments.models import BankAccount


def account_list(*, state: str = "", search: str = "") -> QuerySet[BankAccount]:
    """Accounts, latest first; `state` is "waiting", "current", "ended" or empty for all."""
    found = BankAccount.objects.select_related("organisation", "entered_by", "confirmed_by")
    if state == "waiting":
        found = found.to_confirm()
    elif state == "current":
        found = found.current()
    elif state == "ended":
        found = found.filter(ended_at__isnull=False)
    if search:
        found = found.filter(organisation__name__icontains=search)
    return found.order_by("-entered_at", "-pk")


def account_page(pk: int) -> BankAccount:
    """An account with its people.

    Raises:
        Http404: when there is none.
    """
    found = (
        BankAccount.objects.select_related(
            "organisation", "entered_by", "confirmed_by", "ended_by", "proof"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def organisation_for_account(user: Any, pk: int) -> Organisation:
    """An organisation of `user`, or any for staff.

    Raises:
        Http404: for everybody else.
    """
    organisations = Organisation.objects.all()
    if not user.is_programme_staff:
        organisations = organisations.filter(pk__in=user.member_roles)
    found = organisations.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def accounts_of(organisation: Organisation) -> list[BankAccount]:
    """All accounts of an organisation, latest first."""
    return list(
        BankAccount.objects.filter(organisation=organisation)
        .select_related("entered_by", "confirmed_by", "ended_by", "proof")
        .order_by("-entered_at", "-pk")
    )


def proof_for(user: Any, pk: int, *, as_staff: bool) -> BankAccount:
    """An account whose proof `user` may fetch.

    Raises:
        Http404: for everybody else, or when there is no file.
    """
    accounts = BankAccount.objects.filter(proof__isnull=False).select_related("proof")
    if not as_staff:
        accounts = accounts.filter(organisation__in=user.member_roles)
    found = accounts.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
