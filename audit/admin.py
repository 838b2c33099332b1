from django.contrib import admin
from django.contrib.admin.models import LogEntry

from audit.models import AuditEvent
from common.admin import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "label", "content_type", "object_id", "source", "target"]
    list_filter = ["action", "content_type", "at"]
    search_fields = ["label", "action", "object_id", "actor__email", "actor__last_name"]
    list_select_related = ["actor", "content_type"]


@admin.register(LogEntry)
class TableChangeAdmin(ReadOnlyAdmin):
    """What administrators changed in these tables; Django itself writes this record."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_filter = ["action_flag", "action_time", "content_type"]
    search_fields = ["object_repr", "user__email", "user__last_name"]
    list_select_related = ["user", "content_type"]
