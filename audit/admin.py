from django.contrib import admin

from audit.models import AuditEvent
from common.admin import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "label", "content_type", "object_id", "source", "target"]
    list_filter = ["action", "content_type", "at"]
    search_fields = ["label", "action", "object_id", "actor__email", "actor__last_name"]
    list_select_related = ["actor", "content_type"]
