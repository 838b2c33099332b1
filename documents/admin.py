"""Jobs and files are read here; they change through services only."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from documents.models import Job, LegalDocument, StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "content_type", "size", "scan_state", "created_at", "created_by"]
    list_select_related = ["created_by"]
    list_filter = ["scan_state", "content_type", "created_at"]
    search_fields = ["name", "sha256", "created_by__email"]
    date_hierarchy = "created_at"


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "state", "percent", "attempt", "requested_at", "requested_by"]
    list_select_related = ["requested_by"]
    list_filter = ["state", "kind", "requested_at"]
    search_fields = ["title", "kind", "requested_by__email", "about_id"]
    date_hierarchy = "requested_at"


@admin.register(LegalDocument)
class LegalDocumentAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "issued_at", "is_signed"]
    list_filter = ["kind", "is_signed", "issued_at"]
    search_fields = ["number", "token", "content_hash"]
    date_hierarchy = "issued_at"
