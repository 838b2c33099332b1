"""Proposals and projects in /admin/: to look up. What changes them are the services."""

from django.contrib import admin

from common.admin import PortalAdmin, ReadOnlyAdmin, ReadOnlyInline
from projects.models import (
    Attachment,
    CostLine,
    Partner,
    Proposal,
    ProposalVersion,
    SectionAnswers,
)


class PartnerInline(ReadOnlyInline):
    model = Partner


class CostLineInline(ReadOnlyInline):
    model = CostLine


class VersionInline(ReadOnlyInline):
    model = ProposalVersion
    fields = ["number", "arrived_at", "submitted_by", "sha256"]


@admin.register(Proposal)
class ProposalAdmin(PortalAdmin):
    list_display = [
        "reference",
        "title",
        "organisation",
        "call",
        "state",
        "requested_amount",
        "submitted_at",
        "is_fictional",
    ]
    list_select_related = ["organisation", "call"]
    list_filter = ["state", "call", "theme", "organisation__type", "is_fictional"]
    search_fields = ["reference", "title", "acronym", "organisation__name", "contact_email"]
    date_hierarchy = "created_at"
    service_fields = [
        "reference",
        "call",
        "round",
        "organisation",
        "created_by",
        "created_at",
        "submitted_at",
        "correction_until",
        "total_cost",
        "requested_amount",
        "team_may_view",
        "withdrawal_reason",
    ]
    inlines = [PartnerInline, CostLineInline, VersionInline]


@admin.register(ProposalVersion)
class ProposalVersionAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "number", "arrived_at", "submitted_by", "sha256"]
    list_select_related = ["proposal", "submitted_by"]
    list_filter = ["arrived_at", "proposal__call"]
    search_fields = ["proposal__reference", "proposal__title", "sha256"]
    date_hierarchy = "arrived_at"


@admin.register(SectionAnswers)
class SectionAnswersAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "section", "version", "updated_by", "updated_at"]
    list_select_related = ["proposal", "section__call", "updated_by"]
    list_filter = ["section__kind", "updated_at"]
    search_fields = ["proposal__reference", "proposal__title", "updated_by__email"]


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    list_display = ["name", "kbo", "role", "proposal"]
    list_select_related = ["proposal"]
    list_filter = ["has_letter_of_intent", "proposal__call"]
    search_fields = ["name", "kbo", "proposal__reference"]


@admin.register(CostLine)
class CostLineAdmin(ReadOnlyAdmin):
    list_display = ["description", "phase", "amount", "vat_rate", "vat_recoverable", "proposal"]
    list_select_related = ["proposal"]
    list_filter = ["phase", "vat_rate", "vat_recoverable", "proposal__call"]
    search_fields = ["description", "proposal__reference"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["file", "description", "is_confidential", "proposal", "added_by", "added_at"]
    list_select_related = ["file", "proposal", "added_by"]
    list_filter = ["is_confidential", "added_at"]
    search_fields = ["file__name", "description", "proposal__reference"]
