"""Entering the account of an organisation, and its confirmation by somebody else."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from documents.services import store_upload
from documents.uploads import check_upload
from payments.iban import read_iban
from payments.models import BankAccount
from payments.policies import may_enter_account, may_judge_account


@transaction.atomic
def enter_account(
    *,
    organisation: Organisation,
    iban: str,
    holder: str,
    by: User,
    proof: File | None = None,
) -> BankAccount:
    """Enter an account; a staff member other than `by` confirms it. One that waited is replaced.

    Raises:
        PermissionDenied: when `by` may not enter accounts of the organisation.
        ValidationError: no IBAN, no holder, it is the confirmed account already, or the file can't
            be kept.
    """
    may_enter_account.check(by, organisation)
    number = _read(iban, holder, proof)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = BankAccount.objects.filter(organisation=organisation)
    if known.current().filter(iban=number, holder=holder.strip()).exists():
        raise ValidationError({"iban": _("Op deze rekening wordt al betaald.")})
    for waiting in known.to_confirm():
        _end(waiting, by, _("Vervangen door een andere rekening."))
    account = BankAccount(
        organisation=organisation, iban=number, holder=holder.strip(), entered_by=by
    )
    if proof is not None:
        account.proof = store_upload(uploaded=proof, created_by=by)
    with readable_constraints():
        account.save()
    _record(account, by, "entered", _("Rekening ingevoerd"))
    return account


def _read(iban: str, holder: str, proof: File | None) -> str:
    """The number; raises ValidationError with everything that is wrong, each beside its field."""
    wrong: dict[str, Any] = {}
    number = ""
    try:
        number = read_iban(iban)
    except ValidationError as refusal:
        wrong["iban"] = refusal.error_list
    if not holder.strip():
        wrong["holder"] = _("Schrijf op wiens naam de rekening staat.")
    if proof is not None:
        try:
            check_upload(proof)
        except ValidationError as refusal:
            wrong["proof"] = refusal.error_list
    if wrong:
        raise ValidationError(wrong)
    return number


@transaction.atomic
def confirm_account(*, account: BankAccount, by: User) -> BankAccount:
    """Confirm an account as somebody else than who entered it; the one before it ends.

    Raises:
        PermissionDenied: when `by` entered it, or is not of the programme office.
        ValidationError: when it does not wait for confirmation any more.
    """
    may_judge_account.check(by, account)
    account = _lock(account)
    if not account.is_waiting:
        raise ValidationError(_("Deze rekening wacht niet meer op bevestiging."))
    for former in BankAccount.objects.filter(organisation=account.organisation_id).current():
        _end(former, by, _("Vervangen door een andere rekening."))
    account.confirmed_by, account.confirmed_at = by, clock.now()
    with readable_constraints():
        account.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(account, by, "confirmed", _("Rekening bevestigd"))
    return account


@transaction.atomic
def end_account(*, account: BankAccount, reason: str, by: User) -> BankAccount:
    """Refuse an account that waits, or end the confirmed one: nothing is paid on it any more.

    Raises:
        PermissionDenied: when `by` entered it, or is not of the programme office.
        ValidationError: no reason, or it ended already.
    """
    may_judge_account.check(by, account)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom.")})
    account = _lock(account)
    if account.ended_at is not None:
        raise ValidationError(_("Deze rekening is al beëindigd."))
    _end(account, by, reason.strip())
    return account


def _end(account: BankAccount, by: User, reason: str) -> None:
    account.ended_by, account.ended_at, account.end_reason = by, clock.now(), reason[:300]
    account.save(update_fields=["ended_by", "ended_at", "end_reason"])
    _record(account, by, "ended", _("Rekening beëindigd"), reason)


def _record(account: BankAccount, by: User, act: str, label: str, comment: str = "") -> None:
    record(
        actor=by,
        action=f"account.{act}",
        label=label,
        about=account.organisation,
        comment=comment,
        data={"account": account.pk},
    )


def _lock(account: BankAccount) -> BankAccount:
    """The account as it is now; its organisation first, so that two confirmations queue up."""
    Organisation.objects.select_for_update().get(pk=account.organisation_id)
    return BankAccount.objects.select_related("organisation").get(pk=account.pk)
