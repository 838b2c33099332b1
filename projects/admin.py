"""Proposals and projects in /admin/: to look up. What changes them are the services."""

from django.contrib import admin

from common.admin import PortalAdmin, ReadOnlyAdmin, ReadOnlyInline
from projects.models import (
    Attachment,
    CostLine,
    FollowUp,
    InformationItem,
    InformationRequest,
    Obligation,
    Partner,
    PartnerAccess,
    Procurement,
    Project,
    ProjectPhase,
    Proposal,
    ProposalVersion,
    SectionAnswers,
    SectionAssignment,
    SectionRevision,
    SubmissionExtension,
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


class PhaseInline(ReadOnlyInline):
    model = ProjectPhase


class ProcurementInline(ReadOnlyInline):
    model = Procurement
    fields = ["number", "title", "phase", "procedure", "estimated_amount", "awarded_on"]


@admin.register(Project)
class ProjectAdmin(PortalAdmin):
    """What the public portfolio shows can be edited; how the project goes can not."""

    list_display = ["reference", "title", "organisation", "state", "guide", "is_public"]
    list_select_related = ["organisation", "guide"]
    list_filter = ["state", "is_public", "call", "theme", "organisation__type", "is_fictional"]
    search_fields = ["reference", "title", "organisation__name"]
    date_hierarchy = "opened_on"
    service_fields = [
        "proposal",
        "call",
        "organisation",
        "reference",
        "guide",
        "stop_reason",
        "opened_on",
        "ended_on",
        "created_at",
    ]
    inlines = [PhaseInline, ProcurementInline]


@admin.register(ProjectPhase)
class ProjectPhaseAdmin(ReadOnlyAdmin):
    list_display = ["project", "phase", "starts_on", "ends_on"]
    list_select_related = ["project"]
    list_filter = ["phase", "starts_on"]
    search_fields = ["project__reference", "project__title", "note"]


@admin.register(Procurement)
class ProcurementAdmin(ReadOnlyAdmin):
    list_display = ["project", "number", "title", "procedure", "estimated_amount", "awarded_on"]
    list_select_related = ["project"]
    list_filter = [
        "procedure",
        "phase",
        "contractor_is_sme",
        "contractor_is_startup",
        "contractor_region",
        "awarded_on",
    ]
    search_fields = ["title", "project__reference", "project__title", "contractor_name"]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ["project", "noted_on", "in_use", "scaled_to", "noted_by"]
    list_select_related = ["project", "noted_by"]
    list_filter = ["in_use", "noted_on"]
    search_fields = ["project__reference", "project__title", "scaled_to"]


@admin.register(SectionRevision)
class SectionRevisionAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "section", "version", "saved_by", "saved_at"]
    list_filter = ["is_autosave", "saved_at"]
    search_fields = ["proposal__reference"]


@admin.register(SectionAssignment)
class SectionAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "section", "assignee", "due_on", "done_at"]
    list_filter = ["due_on"]
    search_fields = ["proposal__reference", "assignee__email"]


@admin.register(PartnerAccess)
class PartnerAccessAdmin(ReadOnlyAdmin):
    list_display = ["partner", "user", "invited_by", "invited_at"]
    list_filter = ["invited_at"]
    search_fields = ["partner__name", "user__email"]


@admin.register(SubmissionExtension)
class SubmissionExtensionAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "until", "granted_by", "granted_at"]
    list_filter = ["granted_at"]
    search_fields = ["proposal__reference", "reason"]


class InformationItemInline(ReadOnlyInline):
    model = InformationItem
    fields = ["position", "section_code", "label", "question", "answer"]


@admin.register(InformationRequest)
class InformationRequestAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "number", "state", "asked_by", "due_at", "answered_at"]
    list_filter = ["state", "due_at"]
    search_fields = ["proposal__reference", "message"]
    inlines = [InformationItemInline]


@admin.register(InformationItem)
class InformationItemAdmin(ReadOnlyAdmin):
    list_display = ["request", "position", "section_code", "label"]
    list_filter = ["section_code"]
    search_fields = ["label", "question", "request__proposal__reference"]


@admin.register(Obligation)
class ObligationAdmin(ReadOnlyAdmin):
    list_display = ["project", "title", "kind", "due_on", "state", "delivered_at"]
    list_select_related = ["project"]
    list_filter = ["state", "kind"]
    search_fields = ["project__reference", "project__title", "title"]
    date_hierarchy = "due_on"
