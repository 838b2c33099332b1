"""Rehearsals in /admin/: to look up."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from rehearsals.models import Rehearsal, RehearsalItem


@admin.register(Rehearsal)
class RehearsalAdmin(ReadOnlyAdmin):
    list_display = ["call", "state", "applicants", "seed", "requested_by", "requested_at"]
    list_select_related = ["call", "requested_by"]
    list_filter = ["state", "requested_at"]
    search_fields = ["call__reference", "call__title", "requested_by__email"]
    date_hierarchy = "requested_at"


@admin.register(RehearsalItem)
class RehearsalItemAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "code", "at", "recipient", "outcome"]
    list_select_related = ["rehearsal"]
    list_filter = ["kind", "outcome", "at"]
    search_fields = ["title", "code", "recipient", "address"]
