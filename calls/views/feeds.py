"""What programs read: Atom feeds and calendars. Always in Dutch, the language of the calls."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import selectors
from calls.calendars import calendar_of
from calls.models import Call
from calls.news import News, news_of, plain_text
from notifications.services import portal_url

NEWEST = 100
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def tag_uri(key: str) -> str:
    """An identifier that outlives addresses (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname or 'localhost'},2026:{key}"


class SteadyAtomFeed(Atom1Feed):
    """An empty feed says when it began, not "now": else it would seem to change at every look."""

    def latest_post_date(self) -> datetime:
        latest: datetime = super().latest_post_date() if self.items else self.feed["began_at"]
        return latest


class DutchFeed(Feed):
    feed_type = SteadyAtomFeed
    language = "nl"

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response: HttpResponse = super().__call__(request, *args, **kwargs)
        return response


class CallsFeed(DutchFeed):
    """Every public call; the one that changed last comes first."""

    def title(self) -> str:
        return _("Oproepen van het Programma Innovatieve Overheidsopdrachten")

    def subtitle(self) -> str:
        return _("Nieuwe en gewijzigde oproepen van PIO Portal")

    def link(self) -> str:
        return portal_url("calls:list")

    def feed_url(self) -> str:
        return portal_url("calls:feed")

    def feed_guid(self) -> str:
        return tag_uri("oproepen")

    def feed_extra_kwargs(self, obj: None) -> dict[str, Any]:
        return {"began_at": FIRST_DAY}

    def items(self) -> list[Call]:
        return list(selectors.calls_by_change()[:NEWEST])

    def item_title(self, item: Call) -> str:
        return plain_text(f"{item.reference} – {item.title}")

    def item_description(self, item: Call) -> str:
        return plain_text(item.summary)

    def item_link(self, item: Call) -> str:
        return portal_url("calls:detail", item.slug)

    def item_guid(self, item: Call) -> str:
        return tag_uri(f"oproep/{item.pk}")

    def item_updateddate(self, item: Call) -> datetime:
        updated: datetime = item.last_changed  # type: ignore[attr-defined]
        return updated


class NewsFeed(DutchFeed):
    """The news of one call: answers and moved closings."""

    def get_object(self, request: HttpRequest, slug: str) -> Call:
        return get_object_or_404(Call.objects.public(), slug=slug)

    def title(self, obj: Call) -> str:
        return plain_text(_("Nieuws over %(call)s") % {"call": obj})

    def subtitle(self, obj: Call) -> str:
        return _("Antwoorden op vragen en verplaatste sluitingen")

    def link(self, obj: Call) -> str:
        return portal_url("calls:detail", obj.slug)

    def feed_url(self, obj: Call) -> str:
        return portal_url("calls:news_feed", obj.slug)

    def feed_guid(self, obj: Call) -> str:
        return tag_uri(f"oproep/{obj.pk}/nieuws")

    def feed_extra_kwargs(self, obj: Call) -> dict[str, Any]:
        return {"began_at": obj.created_at}

    def items(self, obj: Call) -> list[News]:
        return news_of(obj)[:NEWEST]

    def item_title(self, item: News) -> str:
        return plain_text(item.title)

    def item_description(self, item: News) -> str:
        return plain_text(item.text)

    def item_link(self, item: News) -> str:
        return item.url

    def item_guid(self, item: News) -> str:
        return tag_uri(item.key)

    def item_updateddate(self, item: News) -> datetime:
        return item.at


@require_safe
def calls_calendar(request: HttpRequest) -> HttpResponse:
    """All public calls, to subscribe to."""
    with translation.override(settings.LANGUAGE_CODE):
        return _as_file(
            calendar_of(selectors.calls_for_calendar(), name=_("Oproepen PIO")), "oproepen-pio"
        )


@require_safe
def call_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """One call."""
    call = get_object_or_404(selectors.calls_for_calendar(), slug=slug)
    with translation.override(settings.LANGUAGE_CODE):
        return _as_file(calendar_of([call], name=str(call)), call.slug)


def _as_file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )
