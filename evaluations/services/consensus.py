"""Common scores: the lead proposes, every other reader agrees or says why not."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Criterion
from common import clock
from common.drafting import Clash
from common.formatting import format_clock
from common.lifecycle import TransitionRefused
from evaluations.models import Consensus, ConsensusReply, ConsensusScore
from evaluations.policies import is_lead_adviser, is_second_reader
from evaluations.selectors.readers import (
    all_agree,
    consensus_of,
    needs_consensus,
    readers_of,
    total_of_consensus,
    unfinished,
)
from evaluations.services.locking import lock_file
from evaluations.services.scores import (
    ScoreEntry,
    changed_scores,
    missing_of_scores,
    stored_scores,
)
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Proposal

LEAVING = frozenset({"decline", "recuse", "revoke", "conflict_found"})
"""Steps by which an adviser whose scores are not final is no reader of the file any more."""


class ConsensusChanged(Clash):
    """The common scores were saved since this form was opened."""

    def __init__(self, current: Consensus) -> None:
        super().__init__(
            current,
            _(
                "De gemeenschappelijke scores zijn intussen gewijzigd (om %(clock)s uur). "
                "Vergelijk de twee teksten en kies."
            )
            % {"clock": format_clock(current.updated_at)},
        )


@transaction.atomic
def save_consensus(
    *,
    proposal: Proposal,
    by: User,
    version: int,
    entries: Mapping[int, ScoreEntry],
    remarks: str = "",
) -> Consensus:
    """Keep a draft of the common scores; fields may stay empty. The same again is no new version.

    `entries` by criterion id; `version` as it was when the form was read, 0 for the first save.

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        ConsensusChanged: when the stored version is another one, with other content.
        TransitionRefused: when no consensus is needed, a reader is not done, or the scores lie
            before the readers.
        ValidationError: when a score is impossible.
    """
    proposal, found = _of_lead(proposal, by)
    if found is not None and found.proposed_at is not None:
        raise TransitionRefused(
            _("Dit voorstel ligt bij de andere lezers. Neem het eerst terug om het te wijzigen."),
            code="state",
        )
    stored = stored_scores(found) if found is not None else {}
    changed = changed_scores(proposal.call, stored, entries)
    if found is None:
        if version != 0:
            raise ValidationError(_("Herlaad de pagina: er is nog geen voorstel om te wijzigen."))
        found = Consensus(proposal=proposal, version=0)
    elif not changed and found.remarks == remarks:
        return found
    elif found.version != version:
        raise ConsensusChanged(found)
    found.remarks = remarks
    found.version += 1
    found.updated_at, found.updated_by = clock.now(), by
    found.save()
    ConsensusScore.objects.bulk_create(
        [
            ConsensusScore(consensus=found, criterion_id=key, **vars(entry))
            for key, entry in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["consensus", "criterion"],
        update_fields=["value", "motivation"],
    )
    return found


@transaction.atomic
def propose_consensus(*, proposal: Proposal, by: User) -> Consensus:
    """Lay the saved common scores before the other readers, who get a mail.

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        TransitionRefused: when no consensus is needed, a reader is not done, or the scores lie
            before the readers already.
        ValidationError: by `score_` and `motivation_` with the id of the criterion: what is
            missing.
    """
    proposal, found = _of_lead(proposal, by)
    if found is None:
        raise ValidationError(_("Er zijn nog geen gemeenschappelijke scores om voor te leggen."))
    if found.proposed_at is not None:
        raise TransitionRefused(_("Dit voorstel ligt al bij de andere lezers."), code="state")
    criteria = list(Criterion.objects.filter(call=proposal.call_id))
    missing = missing_of_scores(proposal.call, criteria, stored_scores(found))
    if missing:
        raise ValidationError(missing)
    found.proposed_at, found.reopened_at = clock.now(), None
    found.save(update_fields=["proposed_at", "reopened_at"])
    record(
        actor=by,
        action="consensus.proposed",
        label=_("Gemeenschappelijke scores voorgelegd aan de andere lezers"),
        about=found,
        data={"version": found.version},
    )
    for reader in readers_of(proposal):
        if not reader.is_lead:
            _mail(proposal, reader.adviser, "consensus_proposed", f"{found.pk}:{found.version}")
    return found


@transaction.atomic
def take_back_consensus(*, proposal: Proposal, by: User) -> Consensus:
    """Take the proposal back to change it; what the readers answered counts no more.

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        TransitionRefused: when the scores are final, or do not lie before the readers.
    """
    proposal, found = _of_lead(proposal, by)
    if found is None or found.proposed_at is None:
        raise TransitionRefused(_("Dit voorstel ligt niet bij de andere lezers."), code="state")
    found.proposed_at = None
    found.version += 1
    found.updated_at, found.updated_by = clock.now(), by
    found.save(update_fields=["proposed_at", "version", "updated_at", "updated_by"])
    record(
        actor=by,
        action="consensus.taken_back",
        label=_("Voorstel van gemeenschappelijke scores teruggenomen"),
        about=found,
        data={"version": found.version},
    )
    return found


@transaction.atomic
def answer_consensus(
    *, proposal: Proposal, by: User, version: int, agrees: bool, remark: str = ""
) -> ConsensusReply:
    """A reader agrees with the common scores of `version`, or says why not.

    When every reader agrees, the scores are final in the same act.

    Raises:
        PermissionDenied: when `by` is no reader of the file, or is the lead.
        TransitionRefused: when the proposal was changed or taken back, or is final.
        ValidationError: when who does not agree gives no reason.
    """
    proposal = lock_file(proposal, {ProposalState.ASSESSMENT})
    readers = readers_of(proposal)
    own = next((one for one in readers if one.adviser_id == by.pk and not one.is_lead), None)
    is_second_reader.check(by, own)
    assert own is not None
    found = _stored(proposal)
    if own in unfinished(readers) or found is None or found.proposed_at is None:
        raise TransitionRefused(_("Er ligt nu geen voorstel bij de lezers."), code="state")
    if found.version != version:
        raise TransitionRefused(
            _("Het voorstel is intussen gewijzigd. Lees het opnieuw en antwoord dan."),
            code="state",
        )
    remark = remark.strip()
    if not agrees and not remark:
        raise ValidationError({"remark": _("Schrijf waarom u niet akkoord gaat.")})
    reply = ConsensusReply.objects.create(
        consensus=found, assignment=own, version=version, agrees=agrees, remark=remark
    )
    record(
        actor=by,
        action="consensus.agreed" if agrees else "consensus.disagreed",
        label=_("Akkoord met de gemeenschappelijke scores")
        if agrees
        else _("Niet akkoord met de gemeenschappelijke scores"),
        about=found,
        data={"version": version},
    )
    is_reached = settle_consensus(proposal=proposal, by=by)
    lead = next((one for one in readers if one.is_lead), None)
    if lead is not None and (is_reached or not agrees):
        _mail(proposal, lead.adviser, "consensus_answered", str(reply.pk))
    return reply


@transaction.atomic
def settle_consensus(*, proposal: Proposal, by: User | None) -> bool:
    """Make the common scores final when every reader agrees; gives whether that happened now.

    Also after a reader left the file: who is no reader any more holds nothing up.
    """
    proposal = lock_file(proposal)
    found = _stored(proposal)
    if found is None or found.proposed_at is None or found.finalised_at is not None:
        return False
    readers = readers_of(proposal)
    if not needs_consensus(proposal, readers) or not all_agree(found, readers):
        return False
    criteria = list(Criterion.objects.filter(call=proposal.call_id))
    total = total_of_consensus(found, criteria, proposal.call.overall_threshold)
    found.total_percent, found.passes = total.percent, total.passes
    found.finalised_at = clock.now()
    found.save(update_fields=["total_percent", "passes", "finalised_at"])
    record(
        actor=by,
        action="consensus.reached",
        label=_("Consensus bereikt"),
        about=found,
        data={"version": found.version},
    )
    return True


@transaction.atomic
def reopen_consensus(*, proposal: Proposal, by: User | None) -> bool:
    """Make common scores a draft of the lead again, as other readers are to agree with them.

    Gives whether that happened. What was final stays on record in the audit log.
    """
    proposal = lock_file(proposal)
    found = _stored(proposal)
    if found is None or found.proposed_at is None or proposal.state != ProposalState.ASSESSMENT:
        return False
    given = {
        "version": found.version,
        "was_final": found.finalised_at is not None,
        "total_percent": str(found.total_percent or ""),
        "scores": {
            score.criterion_id: {"value": str(score.value), "motivation": score.motivation}
            for score in found.scores.all()
        },
    }
    found.proposed_at = found.finalised_at = found.total_percent = found.passes = None
    found.version += 1
    found.updated_at = found.reopened_at = clock.now()
    found.save()
    record(
        actor=by,
        action="consensus.reopened",
        label=_("Gemeenschappelijke scores weer een ontwerp"),
        about=found,
        # Who left or came, and why, is not for every reader.
        comment=_("De lezers van dit dossier zijn niet meer dezelfde."),
        data=given,
    )
    return True


def on_assignment_step(*, instance: Any, transition: Any, actor: Any, **_kwargs: Any) -> None:
    """Listener of `common.lifecycle.transitioned` for assignments: the readers changed.

    Who leaves before the own scores are final had no part in a consensus, and holds it up no more.
    Where scores are set aside, or a reader is ready after the consensus was reached, the readers
    who are on the file now must agree.
    """
    proposal = Proposal(pk=instance.proposal_id)
    if transition.name in LEAVING:
        settle_consensus(proposal=proposal, by=actor)
    elif transition.name == "set_aside" or (
        transition.name == "finish"
        and Consensus.objects.filter(proposal=proposal, finalised_at__isnull=False).exists()
    ):
        reopen_consensus(proposal=proposal, by=actor)


def refuse_before_readers_agree(proposal: Proposal) -> None:
    """An advice waits for every reader that was asked, and for the consensus that they need.

    Raises:
        TransitionRefused: naming who is not done, or what must be done first.
    """
    readers = readers_of(proposal)
    if waiting := unfinished(readers):
        raise TransitionRefused(
            _(
                "Nog niet alle lezers hebben hun scores definitief gemaakt: %(names)s. Wacht op"
                " hen, of vraag het PIO-team om hun toewijzing in te trekken."
            )
            % {"names": ", ".join(str(one.adviser) for one in waiting)},
            code="readers",
        )
    if len(readers) < proposal.call.reader_count:
        raise TransitionRefused(
            _(
                "Deze oproep vraagt %(asked)d lezers per dossier, en dit dossier heeft er "
                "%(present)d. Vraag het PIO-team om een lezer toe te wijzen."
            )
            % {"asked": proposal.call.reader_count, "present": len(readers)},
            code="readers",
        )
    if needs_consensus(proposal, readers):
        found = Consensus.objects.filter(proposal=proposal).first()
        if found is None or found.finalised_at is None:
            raise TransitionRefused(
                _("De lezers moeten het eerst eens worden over gemeenschappelijke scores."),
                code="consensus",
            )


def _of_lead(proposal: Proposal, by: User) -> tuple[Proposal, Consensus | None]:
    """The file, locked, while `by` may work on its common scores; and what is stored."""
    proposal = lock_file(proposal, {ProposalState.ASSESSMENT})
    readers = readers_of(proposal)
    is_lead_adviser.check(by, next((one for one in readers if one.is_lead), None))
    if unfinished(readers):
        raise TransitionRefused(
            _(
                "Nog niet alle lezers hebben hun scores definitief gemaakt. Daarna zoekt u een"
                " consensus."
            ),
            code="readers",
        )
    if not needs_consensus(proposal, readers):
        raise TransitionRefused(_("Voor dit dossier is geen consensus nodig."), code="state")
    found = _stored(proposal)
    if found is not None and found.finalised_at is not None:
        raise TransitionRefused(_("De gemeenschappelijke scores zijn definitief."), code="state")
    return proposal, found


def _stored(proposal: Proposal) -> Consensus | None:
    found = consensus_of(proposal)
    if found is not None:
        found.proposal = proposal
    return found


def _mail(proposal: Proposal, to: User, name: str, key: str) -> None:
    """The number of the file and a link, no content."""
    queue_mail(
        kind=f"evaluations.{name}",
        to=to,
        template=f"evaluations/mail/{name}.md",
        context={
            "reference": proposal.reference,
            "url": portal_url("evaluations:consensus", proposal.reference),
        },
        about=proposal,
        dedupe_key=f"evaluations.{name}:{key}:{to.pk}",
    )
