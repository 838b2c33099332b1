"""Changing what was handed in, until the closing: the last version counts until the next one."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from audit.services import record
from common import clock
from common.formatting import format_moment
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Proposal, ProposalVersion
from projects.policies import is_submitter
from projects.services.putting_back import put_back

SETTLE_AFTER = timedelta(minutes=10)
"""How long after the last instant the text is left alone: a new version that arrived in time may
still be waiting for its turn. Longer than `LONGEST_WAIT` of the proxy and the time that the web
server lets a request run (deploy/gunicorn.conf.py)."""


def reopen_proposal(*, proposal: Proposal, by: User) -> Proposal:
    """Open the working text of a submitted proposal again; its last version keeps counting.

    Reopening twice changes nothing.

    Raises:
        PermissionDenied: when `by` is no submitter.
        ValidationError: when it was not handed in, is being checked, or its round has closed.
    """
    is_submitter.check(by, proposal)
    with transaction.atomic():
        current = _lock(proposal)
        if current.state != ProposalState.SUBMITTED:
            raise ValidationError(
                _("Dit voorstel kan niet heropend worden: de status is nu “%(state)s”.")
                % {"state": current.state_for_applicant},
                code="state",
            )
        now = clock.now()
        if not current.takes_a_new_version_at(now):
            raise ValidationError(
                _("De ronde is gesloten. Wat u indiende, telt en kan niet meer wijzigen."),
                code="late",
            )
        if current.reopened_at is None:
            current.reopened_at = now
            current.save(update_fields=["reopened_at"])
            record(
                actor=by,
                action="proposal.reopened",
                label=_("Voorstel heropend"),
                about=current,
                comment=_("Versie %(number)s blijft tellen tot er een nieuwe versie is ingediend.")
                % {"number": _latest(current).number},
            )
    return current


def cancel_reopening(*, proposal: Proposal, by: User) -> Proposal:
    """Leave it at the version that counts: the working text goes back to it.

    Raises:
        PermissionDenied: when `by` is no submitter.
        ValidationError: when it is not reopened.
    """
    is_submitter.check(by, proposal)
    with transaction.atomic():
        current = _lock(proposal)
        if current.reopened_at is None or current.state != ProposalState.SUBMITTED:
            raise ValidationError(_("Dit voorstel is niet heropend."), code="state")
        end_reopening(current, by)
        record(
            actor=by,
            action="proposal.reopening_cancelled",
            label=_("Heropening geannuleerd"),
            about=current,
            comment=_("Versie %(number)s telt.") % {"number": _latest(current).number},
        )
    return current


def end_reopening(current: Proposal, by: User | None) -> None:
    """Put the text back; inside a transaction that holds the lock. Nothing when not reopened."""
    if current.reopened_at is None:
        return
    current.reopened_at = None
    current.save(update_fields=["reopened_at"])
    put_back(current, _latest(current), by)


def settle_reopened() -> int:
    """End what is still reopened after its window, and tell the applicant which version counts.

    Safe to run twice at once. Returns how many it ended.
    """
    waiting = Proposal.objects.filter(
        reopened_at__isnull=False, state=ProposalState.SUBMITTED
    ).order_by("pk")
    return sum(_settle(key) for key in waiting.values_list("pk", flat=True))


@transaction.atomic
def _settle(key: int) -> bool:
    current = (
        Proposal.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("call", "round", "organisation")
        .filter(pk=key, reopened_at__isnull=False, state=ProposalState.SUBMITTED)
        .first()
    )
    now = clock.now()
    if current is None or current.takes_a_new_version_at(now):
        return False
    if current.takes_a_new_version_at(now - SETTLE_AFTER):
        return False
    version = _latest(current)
    end_reopening(current, None)
    record(
        actor=None,
        action="proposal.reopening_lapsed",
        label=_("Geen nieuwe versie ingediend voor de sluiting"),
        about=current,
        comment=_("Versie %(number)s telt.") % {"number": version.number},
    )
    for person in members_with_role(current.organisation_id, MemberRole.EDITOR):
        queue_mail(
            kind="projects.reopening_lapsed",
            to=person,
            template="projects/mail/reopening_lapsed.md",
            context={
                "title": version.title,
                "reference": current.reference,
                "number": version.number,
                "arrived": format_moment(version.arrived_at),
                "url": portal_url("projects:proposal", current.reference),
            },
            about=current,
            dedupe_key=f"projects.reopening_lapsed:{version.pk}:{person.pk}",
        )
    return True


def _lock(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("call", "round", "organisation")
        .get(pk=proposal.pk)
    )


def _latest(proposal: Proposal) -> ProposalVersion:
    return proposal.versions.select_related("submitted_by").latest("number")
