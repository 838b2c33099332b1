"""The tables of calls for administrators; daily work is done under /beheer/oproepen/."""

from django.contrib import admin

from calls.models import (
    Call,
    CallDocument,
    CallFollower,
    CallQuestion,
    ChecklistItem,
    ClosingMove,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    FormVersion,
    Milestone,
    PublicPost,
    ReminderMoment,
    SelfTestQuestion,
    SetupExplanation,
    SubmissionRound,
    Theme,
)
from common.admin import PortalAdmin, ReadOnlyAdmin, ReadOnlyInline


@admin.register(Theme)
class ThemeAdmin(PortalAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class RoundInline(ReadOnlyInline):
    model = SubmissionRound


class SectionInline(ReadOnlyInline):
    model = FormSection
    fields = ["code", "title", "kind", "position"]


@admin.register(Call)
class CallAdmin(PortalAdmin):
    """What people rely on once a call is published changes through its own pages only."""

    list_display = ["reference", "title", "state", "created_at", "is_fictional"]
    list_filter = ["state", "is_fictional"]
    search_fields = ["reference", "title", "summary"]
    service_fields = ["last_proposal_number", "created_at"]
    readonly_fields = ["reference", "slug"]
    inlines = [RoundInline, SectionInline]


class CallPartAdmin(ReadOnlyAdmin):
    """Parts are edited while the call is a draft, by a service that keeps a record of it."""

    search_fields = ["call__reference", "call__title"]
    list_filter = ["call__state"]


@admin.register(SubmissionRound)
class SubmissionRoundAdmin(CallPartAdmin):
    list_display = ["call", "number", "opens_at", "closes_at"]


@admin.register(Milestone)
class MilestoneAdmin(CallPartAdmin):
    list_display = ["call", "label", "at", "is_public"]
    list_filter = ["is_public", "call__state"]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(CallPartAdmin):
    list_display = ["label", "call", "kind", "position"]
    list_filter = ["kind", "call"]
    search_fields = ["label", "call__reference"]


@admin.register(Criterion)
class CriterionAdmin(CallPartAdmin):
    list_display = ["call", "position", "title", "weight", "threshold"]
    search_fields = ["title", "call__reference"]


@admin.register(CofinancingRule)
class CofinancingRuleAdmin(CallPartAdmin):
    list_display = ["call", "phase", "rate", "ceiling", "ceiling_is_indicative"]
    list_filter = ["phase", "ceiling_is_indicative"]


@admin.register(FormSection)
class FormSectionAdmin(CallPartAdmin):
    list_display = ["call", "code", "title", "kind", "position"]
    list_filter = ["kind", "call__state"]


@admin.register(FormQuestion)
class FormQuestionAdmin(CallPartAdmin):
    list_display = ["section", "label", "key", "type", "required_from", "max_length"]
    list_filter = ["type", "required_from"]
    search_fields = ["label", "key", "section__call__reference"]
    list_select_related = ["section"]


@admin.register(FormVersion)
class FormVersionAdmin(CallPartAdmin):
    list_display = ["call", "number", "created_by", "created_at", "published_at"]


@admin.register(ReminderMoment)
class ReminderMomentAdmin(CallPartAdmin):
    list_display = ["call", "days", "hours"]


@admin.register(SetupExplanation)
class SetupExplanationAdmin(CallPartAdmin):
    list_display = ["call", "item", "written_by", "written_at"]


@admin.register(ClosingMove)
class ClosingMoveAdmin(ReadOnlyAdmin):
    list_display = ["round", "was", "becomes", "moved_by", "moved_at"]
    list_filter = ["moved_at"]
    search_fields = ["round__call__reference", "reason"]


@admin.register(CallDocument)
class CallDocumentAdmin(CallPartAdmin):
    list_display = ["call", "position", "title", "added_by", "added_at"]
    search_fields = ["title", "call__reference"]


@admin.register(SelfTestQuestion)
class SelfTestQuestionAdmin(CallPartAdmin):
    list_display = ["call", "position", "question", "good_answer", "weight"]
    search_fields = ["question", "call__reference"]


@admin.register(CallQuestion)
class CallQuestionAdmin(CallPartAdmin):
    list_display = ["call", "question", "asked_at", "published_at"]
    list_filter = ["published_at", "call__state"]
    search_fields = ["question", "answer", "call__reference"]


@admin.register(CallFollower)
class CallFollowerAdmin(ReadOnlyAdmin):
    list_display = ["email", "call", "asked_at", "confirmed_at"]
    list_filter = ["confirmed_at"]
    search_fields = ["email", "call__reference"]


@admin.register(PublicPost)
class PublicPostAdmin(ReadOnlyAdmin):
    list_display = ["form", "at"]
    list_filter = ["form"]
    search_fields = ["sender"]
