from django.contrib import admin

from common.admin import ReadOnlyAdmin
from retention.models import (
    DestructionItem,
    DestructionList,
    DraftWarning,
    LegalHold,
    PrivacyRequest,
    RetentionRule,
)


@admin.register(RetentionRule)
class RetentionRuleAdmin(ReadOnlyAdmin):
    list_display = ["label", "code", "months", "warning_days", "destination"]
    list_filter = ["months"]
    search_fields = ["label", "code", "basis"]


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "reason", "placed_by", "placed_at", "lifted_at"]
    list_filter = ["reason", "placed_at"]
    search_fields = ["proposal__reference", "explanation"]
    list_select_related = ["proposal", "placed_by"]


@admin.register(DraftWarning)
class DraftWarningAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "warned_at"]
    list_filter = ["warned_at"]
    search_fields = ["proposal__reference"]
    list_select_related = ["proposal"]


@admin.register(DestructionList)
class DestructionListAdmin(ReadOnlyAdmin):
    list_display = ["pk", "rule", "state", "until", "proposed_by", "approved_by", "finished_at"]
    list_filter = ["state", "rule"]
    search_fields = ["rule__label", "items__number"]
    list_select_related = ["rule", "proposed_by", "approved_by"]


@admin.register(DestructionItem)
class DestructionItemAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "since", "state", "rows", "files", "done_at", "hash"]
    list_filter = ["state", "kind"]
    search_fields = ["number", "hash", "note"]


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(ReadOnlyAdmin):
    list_display = ["pk", "person", "kind", "way", "state", "received_on", "due_on"]
    list_filter = ["state", "kind", "way"]
    search_fields = ["person__email", "person__last_name"]
    list_select_related = ["person"]
