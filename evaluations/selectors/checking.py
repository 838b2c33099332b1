"""What the completeness check of a file shows, and what it asks the applicant."""

from django.db.models import QuerySet

from calls.models import ChecklistItem, ChecklistKind
from evaluations.models import CompletenessCheck
from projects.corrections import AskedCorrection
from projects.models import Proposal


def points_to_check(proposal: Proposal) -> list[ChecklistItem]:
    """The completeness list of the call, in order."""
    items = ChecklistItem.objects.filter(call=proposal.call_id, kind=ChecklistKind.COMPLETENESS)
    return list(items.order_by("position", "pk"))


def checks_of(proposal: Proposal) -> "QuerySet[CompletenessCheck]":
    """Every check of a file, latest first, with its answers and what it asked."""
    return (
        CompletenessCheck.objects.filter(version__proposal=proposal)
        .select_related("version", "checked_by")
        .prefetch_related("answers", "corrections")
        .order_by("-checked_at", "-pk")
    )


def corrections_asked(proposal: Proposal) -> list[AskedCorrection]:
    """What the check of the last version asks; a source for `projects.corrections`."""
    check = checks_of(proposal).filter(is_complete=False).first()
    if check is None:
        return []
    return [
        AskedCorrection(
            number=number,
            kind=item.get_kind_display(),
            section_code=item.section_code,
            key=item.key,
            label=item.label,
            what=item.what,
        )
        for number, item in enumerate(check.corrections.all(), 1)
    ]
