"""People of a partner: inviting them, and what they write about their own part."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.services.members import find_or_create_person
from accounts.services.passwords import password_link
from audit.services import record
from calls.models import SectionKind
from common import clock
from common.formatting import format_clock
from documents.services import store_upload
from notifications.services import portal_url, queue_mail
from projects.models import Attachment, Partner, PartnerAccess, Proposal, SectionAnswers
from projects.policies import is_submitter
from projects.services.drafting import lock_editable, lock_for_editing
from projects.services.revisions import keep_revision, keep_state_before, latest_revision

MAX_PEOPLE = 5
PART_FIELDS = ("role", "contribution")
NO_ACCESS = "Alleen wie voor deze partner is uitgenodigd, mag dit deel invullen."


class PartnerClash(ValidationError):
    """Somebody saved this partner's row since the person opened it; `current` is what stands."""

    def __init__(self, current: Partner, name: str, clock_time: str) -> None:
        self.current = current
        super().__init__(
            _(
                "%(name)s heeft uw deel intussen gewijzigd (om %(clock)s uur). Uw tekst is nog "
                "niet opgeslagen. Vergelijk de twee teksten en kies."
            )
            % {"name": name, "clock": clock_time},
            code="clash",
        )


@transaction.atomic
def invite_to_partner(
    *, partner: Partner, email: str, by: User, first_name: str = "", last_name: str = ""
) -> PartnerAccess:
    """Give a person of the partner access to that part, and send an invitation.

    Raises:
        PermissionDenied: when `by` is no submitter of the lead: it opens the draft's outline.
        ValidationError: by field: the partner was removed, the person is of the lead itself, works
            for the programme, was invited already, or there are too many.
    """
    is_submitter.check(by, partner.proposal)
    current = lock_for_editing(partner.proposal, by)
    found = current.partners.filter(pk=partner.pk).first()
    if found is None:
        raise ValidationError({"partner": _("Deze partner is intussen verwijderd.")})
    if found.accesses.count() >= MAX_PEOPLE:
        raise ValidationError(
            {"partner": _("Een partner heeft hoogstens %(n)s mensen.") % {"n": MAX_PEOPLE}}
        )
    person = find_or_create_person(email=email, first_name=first_name, last_name=last_name)
    if person.has_member_role(current.organisation_id, MemberRole.READER):
        raise ValidationError(
            {"email": _("Deze persoon hoort bij uw eigen organisatie en ziet het hele voorstel.")}
        )
    access, created = PartnerAccess.objects.get_or_create(
        partner=found, user=person, defaults={"invited_by": by}
    )
    if not created:
        raise ValidationError({"email": _("Deze persoon is al uitgenodigd voor deze partner.")})
    _record(current, by, "invited", _("Partner uitgenodigd"), found, person)
    chooses_password = not person.has_usable_password()
    queue_mail(
        kind="projects.partner_invitation",
        to=person,
        template="projects/mail/partner_invitation.md",
        context={
            "invited_by": str(by),
            "organisation": current.organisation.name,
            "partner": found.name,
            "title": current.title,
            "reference": current.reference,
            "chooses_password": chooses_password,
            "link": password_link(person)
            if chooses_password
            else portal_url("projects:partner_part", current.reference, found.pk),
        },
        about=current,
        is_private=chooses_password,
    )
    return access


@transaction.atomic
def end_partner_access(*, access: PartnerAccess, by: User) -> None:
    """Take the access away, also after submission. Raises: PermissionDenied."""
    proposal = access.partner.proposal
    is_submitter.check(by, proposal)
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    label = _("Toegang van een partner stopgezet")
    _record(current, by, "access_ended", label, access.partner, access.user)
    access.delete()


def save_partner_part(
    *, partner: Partner, role: str, contribution: str, version: int, by: User
) -> Partner:
    """Keep what the partner says of its own part.

    The section of the partners counts one version further, so that the lead cannot save over it
    from a page that was opened before.

    Raises:
        PermissionDenied: when `by` was not invited for this partner, or no longer.
        PartnerClash: when `version` is not the latest and the texts differ.
        ValidationError: when the proposal can no longer be changed, or the partner was removed.
    """
    values = {"role": role, "contribution": contribution}

    def write(current: Partner) -> bool:
        if all(getattr(current, name) == value for name, value in values.items()):
            return False
        if current.version != version:
            raise _clash(current)
        for name, value in values.items():
            setattr(current, name, value)
        current.clean_fields(exclude=[f.name for f in Partner._meta.fields if f.name not in values])
        current.version += 1
        current.save(update_fields=[*values, "version"])
        return True

    return _change(partner, by, write)


def add_letter(*, partner: Partner, uploaded: File, by: User) -> Attachment:
    """Keep the partner's letter of intent; a new one takes the place of the old.

    Raises: as `save_partner_part`; ValidationError with a sentence for `letter` about the file.
    """
    kept: list[Attachment] = []

    def write(current: Partner) -> bool:
        try:
            stored = store_upload(uploaded=uploaded, created_by=by)
        except ValidationError as refusal:
            raise ValidationError({"letter": refusal.error_list}) from refusal
        letter = current.attachments.first() or Attachment(
            proposal_id=current.proposal_id, partner=current
        )
        letter.file, letter.added_by, letter.added_at = stored, by, clock.now()
        letter.description = str(_("Intentieverklaring van %(name)s") % {"name": current.name})[
            :200
        ]
        letter.save()
        kept.append(letter)
        Partner.objects.filter(pk=current.pk).update(has_letter_of_intent=True)
        record(
            actor=by,
            action="proposal.attachment_added",
            label=_("Intentieverklaring toegevoegd"),
            about=current.proposal,
            data={"file": str(stored.pk), "partner": current.pk},
        )
        return True

    _change(partner, by, write)
    return kept[0]


def remove_letter(*, partner: Partner, by: User) -> None:
    """Take the letter out; a version that was handed in keeps it. Raises: as above."""

    def write(current: Partner) -> bool:
        letters = list(current.attachments.all())
        if not letters:
            return False
        for letter in letters:
            record(
                actor=by,
                action="proposal.attachment_removed",
                label=_("Intentieverklaring verwijderd"),
                about=current.proposal,
                data={"file": str(letter.file_id), "partner": current.pk},
            )
            letter.delete()
        Partner.objects.filter(pk=current.pk).update(has_letter_of_intent=False)
        return True

    _change(partner, by, write)


def _change(partner: Partner, by: User, write: Callable[[Partner], bool]) -> Partner:
    """Lock the proposal, check the access again, write, and keep a version of the section."""
    with transaction.atomic():
        proposal = lock_editable(partner.proposal)
        current = Partner.objects.filter(proposal=proposal, pk=partner.pk).first()
        if current is None or not current.accesses.filter(user=by).exists():
            raise PermissionDenied(NO_ACCESS)
        current.proposal = proposal
        section = proposal.call.sections.filter(kind=SectionKind.PARTNERS).first()
        saved = SectionAnswers.objects.filter(proposal=proposal, section=section).first()
        latest = None
        if section is not None:
            latest = latest_revision(proposal, section) or keep_state_before(
                proposal=proposal, section=section, saved=saved
            )
        if write(current) and section is not None:
            saved = saved or SectionAnswers(proposal=proposal, section=section, version=0)
            saved.version += 1
            saved.updated_by, saved.updated_at = by, clock.now()
            saved.save()
            keep_revision(
                proposal=proposal,
                section=section,
                saved=saved,
                by=by,
                is_autosave=False,
                latest=latest,
            )
    return current


def _clash(current: Partner) -> PartnerClash:
    last = (
        SectionAnswers.objects.filter(
            proposal=current.proposal_id, section__kind=SectionKind.PARTNERS
        )
        .select_related("updated_by")
        .first()
    )
    name = str(last.updated_by) if last else _("Iemand anders")
    moment = last.updated_at if last else clock.now()
    return PartnerClash(current, name, format_clock(moment))


def _record(
    proposal: Proposal, by: User, action: str, label: str, partner: Partner, person: User
) -> None:
    record(
        actor=by,
        action=f"proposal.partner_{action}",
        label=label,
        about=proposal,
        comment=partner.name,
        data={"partner": partner.pk, "user": person.pk},
    )
