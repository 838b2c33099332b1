"""Conflicts of interest that the portal's own data show, and who may not decide."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from evaluations.models import Assignment
from evaluations.policies import may_decide
from projects.models import Proposal
from projects.selectors import partners_as_submitted


def conflict_of_interest(person: Any, proposal: Proposal) -> str:
    """The sentence that says why `person` is too close to the file; empty when nothing shows it.

    A member of the applicant or of a partner, found by organisation, enterprise number or name.
    """
    partners = partners_as_submitted(proposal)
    numbers = {kbo for _name, kbo in partners if kbo}
    if proposal.organisation.kbo:
        numbers.add(proposal.organisation.kbo)
    same = Q(organisation=proposal.organisation_id) | Q(organisation__kbo__in=numbers)
    for name, _kbo in partners:
        same |= Q(organisation__name__iexact=name)
    membership = (
        Membership.objects.filter(same, user=person)
        # Anybody may register an organisation under any number; only a verified one counts.
        .filter(Q(organisation=proposal.organisation_id) | Q(organisation__is_verified=True))
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    if membership is None:
        return ""
    return _("%(person)s hoort bij %(organisation)s, die bij dit voorstel betrokken is.") % {
        "person": person,
        "organisation": membership.organisation,
    }


def decision_obstacle(person: Any, proposal: Proposal) -> str:
    """Why `person` may not decide on this file; empty when nothing stands in the way."""
    if not may_decide.test(person, proposal):
        return may_decide.sentence
    if Assignment.objects.filter(proposal=proposal, adviser=person).exists():
        return _(
            "Wie als adviseur bij een dossier gevraagd werd, kan er niet over beslissen. "
            "Vraag een collega."
        )
    return conflict_of_interest(person, proposal)
