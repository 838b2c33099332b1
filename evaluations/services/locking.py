"""What every act on a file begins with: lock the proposal, look again at its state."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from common.lifecycle import TransitionRefused
from projects.lifecycle import ProposalState
from projects.models import Proposal


def lock_file(proposal: Proposal, states: Collection[str] = ()) -> Proposal:
    """The proposal as it is now, locked until the end of the transaction.

    The proposal is always locked first, so that two acts on one file wait for each other and never
    for each other's rows.

    Raises:
        TransitionRefused: when its state is none of `states` (empty: any).
    """
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("call", "round", "organisation")
        .get(pk=proposal.pk)
    )
    if states and locked.state not in states:
        raise TransitionRefused(
            _("Dit kan niet meer: de status van het dossier is nu “%(state)s”.")
            % {"state": ProposalState(locked.state).label},
            code="state",
        )
    return locked


def applicants(proposal: Proposal) -> list[User]:
    """The people of the applicant who get its mails: those who may work on the proposal."""
    return list(members_with_role(proposal.organisation_id, MemberRole.EDITOR))
