"""Beginning a proposal, from nothing or from an earlier one."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import MemberRole
from audit.services import record
from calls.definition import current_form_version
from calls.lifecycle import CallPhase
from calls.models import Call
from projects.models import Proposal
from projects.services.copying import copy_texts

ONLY_EDITORS_START = "Alleen een bewerker, indiener of beheerder van de organisatie mag dit."


def start_proposal(
    *,
    call: Call,
    organisation: Organisation,
    title: str,
    by: User,
    previous: Proposal | None = None,
    copy: bool = False,
) -> Proposal:
    """Begin a draft and give it its number, which it keeps.

    A draft may be made as soon as the call is public, so before it opens too; the organisation need
    not be verified yet (domain.md 10). With `copy` it takes over the texts of `previous` that fit.

    Raises:
        PermissionDenied: when `by` is no editor of the organisation.
        ValidationError: when the call takes no proposals, or `previous` is of another organisation.
    """
    if not by.has_member_role(organisation.pk, MemberRole.EDITOR):
        raise PermissionDenied(ONLY_EDITORS_START)
    title = title.strip()
    if not title:
        raise ValidationError(
            {"title": _("Geef uw voorstel een titel. U kunt die later wijzigen.")}
        )
    if previous is not None and previous.organisation_id != organisation.pk:
        raise ValidationError({"previous": _("Kies een voorstel van uw eigen organisatie.")})
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        if locked.phase not in {CallPhase.PLANNED, CallPhase.OPEN}:
            raise ValidationError(_("Voor deze oproep kunt u geen voorstel meer beginnen."))
        locked.last_proposal_number += 1
        locked.save(update_fields=["last_proposal_number"])
        proposal = Proposal.objects.create(
            call=locked,
            known_form_version=current_form_version(locked),
            organisation=organisation,
            reference=f"{locked.reference}-{locked.last_proposal_number:04d}",
            title=title,
            contact_name=by.get_full_name(),
            contact_email=by.email,
            contact_phone=by.phone,
            previous=previous,
            created_by=by,
            is_fictional=organisation.is_fictional or locked.is_fictional,
        )
        record(
            actor=by,
            action="proposal.started",
            label=_("Ontwerp begonnen"),
            about=proposal,
            data={"previous": previous.pk if previous else None},
        )
        if copy and previous is not None:
            copy_texts(source=previous, target=proposal, by=by)
            proposal = Proposal.objects.select_related("call", "organisation").get(pk=proposal.pk)
    return proposal
