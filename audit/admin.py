from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.models import AuditEvent, ChainHead, ChainLink, Reading, Refusal, RowChange
from audit.withheld import acts_shown_to
from common.admin import ReadOnlyAdmin
from common.hidden import hidden_from


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "label", "content_type", "object_id", "source", "target"]
    list_filter = ["action", "content_type", "at"]
    search_fields = ["label", "action", "object_id", "actor__email", "actor__last_name"]
    list_select_related = ["actor", "content_type"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(acts_shown_to(request.user))


class _AllOrNothing(ReadOnlyAdmin):
    """A table that tells of everything at once, by its numbers and hashes alone.

    For whom a file does not exist, it does not exist either; /beheer/logboek/ shows the rest.
    """

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.none() if hidden_from(request.user) else rows


@admin.register(ChainLink)
class ChainLinkAdmin(_AllOrNothing):
    list_display = ["position", "event_id", "hash"]
    list_filter = [("position", admin.EmptyFieldListFilter)]
    search_fields = ["event_id", "hash"]


@admin.register(ChainHead)
class ChainHeadAdmin(_AllOrNothing):
    list_display = ["at", "count", "hash"]
    list_filter = ["at"]
    search_fields = ["hash"]


@admin.register(RowChange)
class RowChangeAdmin(_AllOrNothing):
    list_display = ["at", "kind", "object_id", "operation", "actor_id", "via", "database_user"]
    list_filter = ["operation", "kind", "at"]
    search_fields = ["kind", "object_id", "actor_id", "request", "via"]
    # /beheer/logboek/ shows the values, as far as they are for who reads the log.
    exclude = ["before", "after"]


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ["last_at", "actor", "what", "keys", "status", "why", "times"]
    list_filter = ["status", "method", "last_at"]
    search_fields = ["what", "keys", "why", "actor__email", "actor__last_name"]
    list_select_related = ["actor"]


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    list_display = ["at", "reader", "what", "content_type", "object_id", "via"]
    list_filter = ["what", "content_type", "at"]
    search_fields = ["object_id", "via", "reader__email", "reader__last_name"]
    list_select_related = ["reader", "content_type"]


@admin.register(LogEntry)
class TableChangeAdmin(ReadOnlyAdmin):
    """What administrators changed in these tables; Django itself writes this record."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_filter = ["action_flag", "action_time", "content_type"]
    search_fields = ["object_repr", "user__email", "user__last_name"]
    list_select_related = ["user", "content_type"]
