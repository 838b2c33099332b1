"""Handing in: once, judged by the instant of arrival, frozen with its SHA-256.

Saving a section and handing in both lock the proposal's row, so no save slips in between the check
and the freeze.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from audit.services import record
from calls.services import hold_closings
from common import clock
from common.formatting import format_moment
from common.moments import end_of_day, local_day, shift_days
from documents.services import request_document
from notifications.services import portal_url, queue_mail
from projects.content import Content, fingerprint, proposal_content
from projects.draft import Draft, load_draft
from projects.lifecycle import PROPOSAL_LIFECYCLE, UNDECIDED_STATES, ProposalState
from projects.models import Proposal, ProposalVersion
from projects.policies import is_submitter
from projects.signals import submission_refused
from projects.window import Window, window_at

RECEIPT_KIND = "projects.proposal_receipt"
DOSSIER_KIND = "projects.proposal_dossier"
RECEIVED_STATES = UNDECIDED_STATES - {ProposalState.INCOMPLETE}


class TooLate(ValidationError):
    """The window was closed when the request arrived; `evidence` is what the record keeps."""

    def __init__(self, window: Window, evidence: dict[str, Any]) -> None:
        self.evidence = evidence
        super().__init__(window.sentence, code="late" if window.is_late else "early")


def submit_proposal(
    *, proposal: Proposal, by: User, arrived_at: datetime, after: int | None = None
) -> ProposalVersion:
    """Hand the proposal in, as it stands, at the instant its request arrived.

    Pressing again, or in another tab, gives the version that is already there: no second version,
    receipt or mail. A late attempt changes nothing; the record keeps when it arrived and was
    handled, and the SHA-256 of what would have been handed in.

    `after` is the number of the version that stood there when the person pressed (0: none). Who
    meant to replace version 1 is never told that all is well because version 1 is there.

    Raises:
        PermissionDenied: when `by` is no submitter; the sentence names who is.
        TooLate: after the window, or before it opens.
        ValidationError: with a sentence for everything that is missing.
    """
    try:
        check_submitter(by, proposal)
        with transaction.atomic():
            return _submit(proposal, by, arrived_at, after)
    except PermissionDenied:
        submission_refused.send(sender=Proposal, reason="not_permitted")
        raise
    except TooLate as refusal:
        record(
            actor=by,
            action="proposal.submit_refused",
            label=_("Indienen geweigerd: te laat")
            if refusal.code == "late"
            else _("Indienen geweigerd: nog niet open"),
            about=proposal,
            comment=_late_words(refusal.evidence, arrived_at),
            data={"code": refusal.code, **refusal.evidence},
        )
        submission_refused.send(sender=Proposal, reason=refusal.code)
        raise
    except ValidationError as refusal:
        reason = getattr(refusal.error_list[0], "code", None) or "other"
        submission_refused.send(sender=Proposal, reason=reason)
        raise


def _late_words(evidence: dict[str, Any], arrived_at: datetime) -> str:
    words = _("Aangekomen op %(moment)s (%(seconds)s seconden). Er is niets ingediend.") % {
        "moment": format_moment(arrived_at),
        "seconds": arrived_at.strftime("%S"),
    }
    if digest := evidence.get("sha256"):
        words += " " + _("Controlesom van de tekst op dat ogenblik: %(digest)s") % {
            "digest": digest
        }
    return words


def check_submitter(by: User, proposal: Proposal) -> None:
    """Do nothing when `by` may hand in.

    Raises:
        PermissionDenied: naming the colleagues who may.
    """
    if is_submitter.test(by, proposal):
        return
    names = ", ".join(map(str, members_with_role(proposal.organisation_id, MemberRole.SUBMITTER)))
    if not names:
        raise PermissionDenied(is_submitter.sentence)
    raise PermissionDenied(
        _("%(rule)s Vraag het aan: %(names)s.") % {"rule": is_submitter.sentence, "names": names}
    )


def open_correction_window(*, proposal: Proposal, declared_at: datetime) -> None:
    """Set until when an incomplete proposal may be completed: whole calendar days, to 24.00 uur.

    Part of the step "mark_incomplete" (a listener calls it), so in that transaction.
    """
    until = None
    if days := proposal.call.correction_days:
        until = end_of_day(local_day(shift_days(declared_at, days)))
    proposal.correction_until = until
    Proposal.objects.filter(pk=proposal.pk).update(correction_until=until)


def give_longer_to_correct(*, proposal: Proposal, until: datetime) -> None:
    """Let an incomplete proposal be completed until `until`, later than its call promises.

    Part of declaring it incomplete, after that step and in its transaction.
    """
    proposal.correction_until = until
    Proposal.objects.filter(pk=proposal.pk).update(correction_until=until)


def on_proposal_step(*, instance: Any, transition: Any, **_kwargs: Any) -> None:
    """Listener of `common.lifecycle.transitioned` for proposals."""
    if transition.name == "mark_incomplete":
        open_correction_window(proposal=instance, declared_at=clock.now())


def _submit(
    proposal: Proposal, by: User, arrived_at: datetime, after: int | None
) -> ProposalVersion:
    hold_closings(proposal.call_id)
    current = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("call", "organisation", "round", "theme", "previous")
        .get(pk=proposal.pk)
    )
    latest = current.latest_version if current.was_submitted else None
    is_reopened = current.state == ProposalState.SUBMITTED and current.reopened_at is not None
    if latest is not None and current.state in RECEIVED_STATES and not is_reopened:
        if latest.number == after:
            raise _nothing_new(window_at(current, arrived_at), latest, arrived_at)
        return latest
    draft = load_draft(current)
    window = window_at(current, arrived_at)
    content = proposal_content(
        draft,
        version=latest.number + 1 if latest else 1,
        arrived_at=arrived_at,
        submitted_by=str(by),
        submission_round=window.round,
    )
    if is_reopened or current.can_be_edited:
        _check(draft, window, content, arrived_at)
    current.round = window.round
    current.submitted_at = arrived_at
    current.total_cost = draft.estimate.total
    current.requested_amount = draft.estimate.requested
    PROPOSAL_LIFECYCLE.perform(
        current,
        "submit",
        actor=by,
        comment=(
            _("Versie %(number)s, aangekomen op %(moment)s, binnen de uitloop (%(grace)s min.)")
            if content["timing"]["grace_minutes_used"]
            else _("Versie %(number)s, aangekomen op %(moment)s")
        )
        % {
            "number": content["version"],
            "moment": format_moment(arrived_at),
            "grace": content["timing"]["grace_minutes_used"],
        },
        save=["round", "submitted_at", "total_cost", "requested_amount"],
    )
    if is_reopened:
        current.reopened_at = None
        current.save(update_fields=["reopened_at"])
    version = ProposalVersion.objects.create(
        proposal=current,
        number=content["version"],
        content=content,
        sha256=fingerprint(content),
        arrived_at=arrived_at,
        submitted_by=by,
    )
    request_document(
        kind=RECEIPT_KIND, params={"version": version.pk}, requested_by=by, about=current
    )
    _send_receipts(version, current, by)
    return version


def _nothing_new(window: Window, latest: ProposalVersion, arrived_at: datetime) -> ValidationError:
    """For who pressed to replace `latest` when the proposal is not, or no longer, reopened."""
    counts = _("Versie %(number)s telt.") % {"number": latest.number}
    if window.is_open:
        return ValidationError(
            _("Er is geen nieuwe versie ingediend: het voorstel is niet heropend. %(counts)s")
            % {"counts": counts},
            code="not_reopened",
        )
    late = replace(window, sentence=too_late_to_replace(latest.number), is_late=True)
    return TooLate(late, _evidence(arrived_at, None))


def too_late_to_replace(number: int) -> str:
    """For who changed a version and was late: nothing is lost that was handed in before."""
    return _(
        "U kunt geen nieuwe versie meer indienen: de ronde is gesloten. Versie %(number)s, die u "
        "eerder indiende, telt."
    ) % {"number": number}


def _evidence(arrived_at: datetime, content: Content | None) -> dict[str, Any]:
    return {
        "arrived_at": arrived_at.isoformat(),
        "processed_at": clock.now().isoformat(),
        "sha256": fingerprint(content) if content is not None else "",
    }


def _check(draft: Draft, window: Window, content: Content, arrived_at: datetime) -> None:
    if not window.is_open:
        if draft.proposal.state == ProposalState.SUBMITTED:
            number = content["version"] - 1
            window = replace(window, sentence=too_late_to_replace(number), is_late=True)
        raise TooLate(window, _evidence(arrived_at, content))
    sentences = [gap.sentence for gap in draft.missing]
    if not draft.proposal.organisation.is_verified:
        sentences.insert(0, unverified_sentence())
    if sentences:
        raise ValidationError(
            [ValidationError(sentence, code="incomplete") for sentence in sentences]
        )


def unverified_sentence() -> str:
    return _(
        "Uw organisatie is nog niet nagekeken. Het PIO-team doet dat; "
        "u kunt intussen verder werken."
    )


def _send_receipts(version: ProposalVersion, proposal: Proposal, by: User) -> None:
    """To the person who pressed, and to the contact when that is another address."""
    context = {
        "title": proposal.title,
        "reference": proposal.reference,
        "call": proposal.call.title,
        "number": version.number,
        "arrived": format_moment(version.arrived_at),
        "sha256": version.sha256,
        "grace_minutes": version.grace_minutes,
        "receipt_url": portal_url("projects:receipt", proposal.reference, version.number),
    }
    queue_mail(
        kind="projects.receipt",
        to=by,
        template="projects/mail/receipt.md",
        context=context,
        about=proposal,
        dedupe_key=f"projects.receipt:{version.pk}:submitter",
    )
    if proposal.contact_email.lower() != by.email.lower():
        queue_mail(
            kind="projects.receipt",
            to=proposal.contact_email,
            template="projects/mail/receipt.md",
            context=context,
            about=proposal,
            dedupe_key=f"projects.receipt:{version.pk}:contact",
        )
