"""The partners of a consortium: rows that keep their identity from save to save.

A partner's people have access to that row, and its letter of intent hangs on it. So a save changes
rows in place, adds what is new, and removes only what the person took out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormSection, SectionKind
from projects.fields import PARTNER_FIELDS
from projects.models import Partner, PartnerAccess, Proposal, SectionAnswers
from projects.services.drafting import only, save_section

Row = Mapping[str, Any]


def save_partners(
    *,
    proposal: Proposal,
    section: FormSection,
    rows: Sequence[Row],
    version: int,
    by: User,
    is_autosave: bool = False,
) -> SectionAnswers:
    """Make the partners these rows (`PARTNER_FIELDS`, and `id` of a row that stood there).

    A partner that is left out goes, and its people lose their access; its letter of intent stays
    with the proposal as a plain attachment.

    Raises: as `save_answers`.
    """

    def pairs(current: Proposal) -> list[tuple[Partner | None, dict[str, Any]]]:
        standing = list(current.partners.prefetch_related("attachments"))
        matched = match_rows(standing, rows)
        return [
            (partner, _with_letter(partner, row))
            for partner, row in zip(matched, rows, strict=True)
        ]

    def is_same(current: Proposal) -> bool:
        return list(current.partners.values("pk", *PARTNER_FIELDS)) == [
            {"pk": partner.pk if partner else None, **values} for partner, values in pairs(current)
        ]

    def write(current: Proposal) -> None:
        found = pairs(current)
        _remove(current, {partner.pk for partner, _values in found if partner}, by)
        kept, new = [], []
        for position, (partner, values) in enumerate(found, 1):
            if partner is None:
                new.append(Partner(proposal=current, position=position, **values))
                continue
            if any(getattr(partner, name) != value for name, value in values.items()):
                partner.version += 1
            partner.position = position
            for name, value in values.items():
                setattr(partner, name, value)
            kept.append(partner)
        Partner.objects.bulk_update(kept, [*PARTNER_FIELDS, "position", "version"])
        Partner.objects.bulk_create(new)

    return save_section(
        proposal,
        section,
        SectionKind.PARTNERS,
        version,
        by,
        is_same,
        write,
        is_autosave=is_autosave,
    )


def match_rows(standing: Sequence[Partner], rows: Sequence[Row]) -> list[Partner | None]:
    """For each row the partner it continues: by `id`, else one of that name that no row claims.

    The name helps a page that saved a new row and does not know its number yet.
    """
    free = {partner.pk: partner for partner in standing}
    matched: list[Partner | None] = [free.pop(row.get("id") or 0, None) for row in rows]
    for place, row in enumerate(rows):
        if matched[place] is None:
            name = str(row["name"]).strip().casefold()
            same = next((p for p in free.values() if p.name.strip().casefold() == name), None)
            matched[place] = free.pop(same.pk) if same else None
    return matched


def _with_letter(partner: Partner | None, row: Row) -> dict[str, Any]:
    """The fields of a row; a letter that was added says so itself."""
    values = only(PARTNER_FIELDS, row)
    if partner is not None and partner.attachments.all():
        values["has_letter_of_intent"] = True
    return values


def _remove(proposal: Proposal, kept: set[int], by: User) -> None:
    gone = proposal.partners.exclude(pk__in=kept)
    lost = list(PartnerAccess.objects.filter(partner__in=gone).values_list("user_id", flat=True))
    gone.delete()
    if lost:
        record(
            actor=by,
            action="proposal.partner_access_ended",
            label=_("Partner verwijderd: zijn mensen hebben geen toegang meer"),
            about=proposal,
            data={"users": lost},
        )
