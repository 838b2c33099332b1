"""What a change of the application form does to proposals, and saying that one has read of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import MemberRole
from calls.definition import current_form_version
from calls.models import Call, FormQuestion, FormVersion
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Attachment, Proposal
from projects.services.drafting import lock_for_editing

WORKING_STATES = [ProposalState.DRAFT, ProposalState.INCOMPLETE]


def acknowledge_form(*, proposal: Proposal, number: int, by: User) -> Proposal:
    """Somebody of the organisation has read what changed up to version `number` of the form.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: when the proposal can no longer be changed, or there is no such version.
    """
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        if not 1 <= number <= current_form_version(current.call):
            raise ValidationError(_("Deze versie van het formulier bestaat niet."))
        if number > current.known_form_version:
            current.known_form_version = number
            current.save(update_fields=["known_form_version"])
    return current


def on_form_changing(*, call: Call, dropped: list[int], **_kwargs: Any) -> None:
    """Let saves in progress end first, and keep the files of questions that go as general ones.

    A file without description gets the question as one. Listener of `calls.signals.form_changing`.
    """
    working = Proposal.objects.filter(call=call, state__in=WORKING_STATES)
    list(working.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    label = FormQuestion.objects.filter(pk=OuterRef("question_id")).values(text=Left("label", 200))
    Attachment.objects.filter(question__in=dropped).update(
        description=Coalesce(NullIf("description", Value("")), Subquery(label)), question=None
    )


def on_form_changed(*, call: Call, version: FormVersion, **_kwargs: Any) -> None:
    """Tell who works on a draft what changed. Listener of `calls.signals.form_changed`."""
    drafts = list(
        Proposal.objects.filter(call=call, state__in=WORKING_STATES)
        .select_related("organisation")
        .order_by("pk")
    )
    enough = [role.value for role in MemberRole if role.includes(MemberRole.EDITOR)]
    people: dict[int, list[User]] = {}
    for membership in (
        Membership.objects.filter(
            organisation__in={draft.organisation_id for draft in drafts},
            role__in=enough,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")
    ):
        people.setdefault(membership.organisation_id, []).append(membership.user)
    for draft in drafts:
        for person in people.get(draft.organisation_id, []):
            queue_mail(
                kind="projects.form_changed",
                to=person,
                template="projects/mail/form_changed.md",
                context={
                    "title": draft.title,
                    "reference": draft.reference,
                    "organisation": draft.organisation.name,
                    "call": call.title,
                    "is_incomplete": draft.state == ProposalState.INCOMPLETE,
                    "reason": version.reason,
                    "differences": version.differences,
                    "proposal_url": portal_url("projects:proposal", draft.reference),
                },
                about=draft,
                dedupe_key=f"projects.form_changed:{version.pk}:{draft.pk}:{person.pk}",
            )
