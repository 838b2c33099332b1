"""What waits for whom, about reports; one query."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from common.work import WorkItem
from reporting.models import ReportEdition
from reporting.policies import may_make_edition, may_sign_edition


def work_for(user: User) -> list[WorkItem]:
    """The newest edition of each year that waits for a second person, when that may be `user`."""
    if not may_make_edition.test(user, None):
        return []
    newer = ReportEdition.objects.filter(year=OuterRef("year"), number__gt=OuterRef("number"))
    waiting = ReportEdition.objects.filter(~Exists(newer), signed_at__isnull=True)
    return [
        WorkItem(
            label=_("Jaarrapport ondertekenen"),
            title=_("Jaarrapport %(year)s, editie %(number)s")
            % {"year": one.year, "number": one.number},
            url=one.get_absolute_url(),
            due_on=None,
            is_late=False,
            group=_("Geld"),
        )
        for one in waiting.order_by("year", "number")
        if may_sign_edition.test(user, one)
    ]
