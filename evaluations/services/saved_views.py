"""Search words that somebody keeps, shares with colleagues and may receive by mail."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.moments import BRUSSELS, is_working_day, local_day
from evaluations import conf
from evaluations.models import SavedView
from evaluations.policies import may_see_all_files
from evaluations.search import read_search
from evaluations.selectors.lists import WORK_ORDER, matching_files, order_of, rights_of
from notifications.services import portal_url, queue_mail

NUMBERS_IN_MAIL = 50
"""How many file numbers a mail holds; the rest is behind the link."""


@transaction.atomic
def save_view(
    *,
    by: User,
    name: str,
    words: str,
    sort: str = "",
    is_shared: bool = False,
    mailing: str = SavedView.Mailing.NEVER,
    view: SavedView | None = None,
) -> SavedView:
    """Keep a new view, or change one of one's own.

    Raises:
        PermissionDenied: when the view is of somebody else, or an adviser shares one: the words of
            a view may name what an adviser of another file must not read, and the other way round.
        ValidationError: when the words cannot be read, or the name is taken or missing.
    """
    if view is not None:
        _own(view, by)
    if is_shared:
        may_see_all_files.check(by)
    search = read_search(words, rights_of(by))
    if not search.is_readable:
        raise ValidationError({"words": [*search.problems]})
    if not name.strip():
        raise ValidationError({"name": _("Geef de weergave een naam.")})
    kept = view or SavedView(owner=by)
    kept.name, kept.words, kept.sort = name.strip(), words.strip(), sort
    kept.is_shared, kept.mailing = is_shared, mailing
    with readable_constraints(fields={"evaluations_view_name_once": "name"}):
        kept.save()
    record(
        actor=by,
        action="savedview.changed" if view else "savedview.added",
        label=_("Weergave opgeslagen"),
        about=kept,
    )
    return kept


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Take away a view of one's own.

    Raises:
        PermissionDenied: when it is of somebody else.
    """
    _own(view, by)
    record(actor=by, action="savedview.deleted", label=_("Weergave verwijderd"), about=view)
    view.delete()


def _own(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise PermissionDenied(_("Deze weergave is van een collega. Sla er zelf een kopie van op."))


# --- By mail -------------------------------------------------------------------------------------


def mail_saved_views() -> int:
    """Mail every view that is due: on working days, from the set hour on, once a day.

    Returns how many mails were written. Safe to run twice at once: each view is locked, and a mail
    has a key of its day.
    """
    now = clock.now()
    day = local_day(now)
    if not is_working_day(day) or now.astimezone(BRUSSELS).hour < conf.saved_view_hour():
        return 0
    return sum(_mail_view(pk, day) for pk in _due(day).values_list("pk", flat=True))


def _due(day: date) -> QuerySet[SavedView]:
    """Views that were not looked at yet on `day`, or, once a week, in its week.

    A week begins on its first working day. A new view waits for the next week; one whose turn was
    missed is mailed as soon as the portal runs again.
    """
    monday = day - timedelta(days=day.weekday())
    begun = any(is_working_day(monday + timedelta(days=n)) for n in range(day.weekday()))
    daily = SavedView.objects.filter(mailing=SavedView.Mailing.DAILY).exclude(
        last_mailed_on__gte=day
    )
    weekly = SavedView.objects.filter(mailing=SavedView.Mailing.WEEKLY).exclude(
        last_mailed_on__gte=monday
    )
    if begun:
        weekly = weekly.filter(last_mailed_on__isnull=False)
    return (daily | weekly).order_by("pk")


@transaction.atomic
def _mail_view(pk: int, day: date) -> bool:
    view = (
        _due(day)
        .filter(pk=pk)
        .select_related("owner")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if view is None:  # another worker has it
        return False
    view.last_mailed_on = day
    view.save(update_fields=["last_mailed_on"])
    owner = view.owner
    if not (owner.is_active and owner.is_programme_staff):
        return False
    search = read_search(view.words, rights_of(owner))
    rows = matching_files(owner, search).order_by(*order_of(owner, view.sort, WORK_ORDER))
    references = list(rows.values_list("proposal__reference", flat=True))
    if not references:
        return False
    with translation.override("nl"):
        mail = queue_mail(
            kind="evaluations.saved_view",
            to=owner,
            template="evaluations/mail/saved_view.md",
            context={
                "count": len(references),
                "references": references[:NUMBERS_IN_MAIL],
                "more": max(len(references) - NUMBERS_IN_MAIL, 0),
                "url": portal_url("evaluations:saved_view", view.pk),
            },
            dedupe_key=f"evaluations.saved_view:{view.pk}:{day.isoformat()}",
        )
    return mail is not None
