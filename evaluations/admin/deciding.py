"""Consensus, board, meetings and feedback in /admin/: to look at."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from evaluations.models import (
    AgendaItem,
    Consensus,
    ConsensusReply,
    ConsensusScore,
    Departure,
    ExclusionAnswer,
    FeedbackTalk,
    LetterTextVersion,
    Meeting,
    MeetingAttendee,
    PreparedNotification,
    RankingLine,
)


@admin.register(ExclusionAnswer)
class ExclusionAnswerAdmin(ReadOnlyAdmin):
    list_display = ["evaluation", "item", "is_met"]
    list_select_related = [
        "evaluation__assignment__proposal",
        "evaluation__assignment__adviser",
        "item",
    ]
    list_filter = ["is_met"]
    search_fields = ["evaluation__assignment__proposal__reference", "item__label"]


@admin.register(Consensus)
class ConsensusAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "proposed_at", "finalised_at", "total_percent"]
    list_select_related = ["proposal"]
    list_filter = ["finalised_at", "proposal__call"]
    search_fields = ["proposal__reference"]


@admin.register(ConsensusScore)
class ConsensusScoreAdmin(ReadOnlyAdmin):
    list_display = ["consensus", "criterion", "value"]
    list_select_related = ["consensus__proposal", "criterion"]
    list_filter = ["value"]
    search_fields = ["consensus__proposal__reference", "criterion__title"]


@admin.register(ConsensusReply)
class ConsensusReplyAdmin(ReadOnlyAdmin):
    list_display = ["consensus", "assignment", "version", "agrees", "replied_at"]
    list_select_related = ["consensus__proposal", "assignment__proposal", "assignment__adviser"]
    list_filter = ["agrees"]
    search_fields = ["consensus__proposal__reference", "assignment__adviser__email"]


@admin.register(RankingLine)
class RankingLineAdmin(ReadOnlyAdmin):
    list_display = ["call", "amount", "after", "drawn_by", "drawn_at"]
    list_select_related = ["call", "after", "drawn_by"]
    list_filter = ["call"]
    search_fields = ["call__reference", "note"]


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ["title", "call", "starts_at", "state"]
    list_filter = ["state", "call"]
    search_fields = ["title", "call__reference"]


@admin.register(MeetingAttendee)
class MeetingAttendeeAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "person", "guest_name", "is_present"]
    list_select_related = ["meeting", "person"]
    list_filter = ["is_present"]
    search_fields = ["meeting__title", "person__email", "guest_name"]


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "position", "proposal", "leaning", "discussed_at"]
    list_select_related = ["meeting", "proposal"]
    list_filter = ["leaning", "meeting__call"]
    search_fields = ["meeting__title", "proposal__reference"]


@admin.register(Departure)
class DepartureAdmin(ReadOnlyAdmin):
    list_display = ["item", "attendee", "reason", "left_at"]
    list_select_related = ["item__proposal", "attendee__person"]
    list_filter = ["left_at"]
    search_fields = ["item__proposal__reference", "reason"]


@admin.register(FeedbackTalk)
class FeedbackTalkAdmin(ReadOnlyAdmin):
    list_display = ["decision", "state", "asked_by", "asked_at", "planned_at"]
    list_select_related = ["decision__proposal", "asked_by"]
    list_filter = ["state"]
    search_fields = ["decision__proposal__reference", "asked_by__email"]


@admin.register(LetterTextVersion)
class LetterTextVersionAdmin(ReadOnlyAdmin):
    list_display = ["text", "version", "saved_at", "saved_by"]
    list_select_related = ["text", "saved_by"]
    list_filter = ["text", "saved_at"]
    search_fields = ["opening", "closing", "appeal"]


@admin.register(PreparedNotification)
class PreparedNotificationAdmin(ReadOnlyAdmin):
    list_display = ["decision", "prepared_at", "prepared_by"]
    list_select_related = ["decision__proposal", "prepared_by"]
    list_filter = ["prepared_at", "decision__proposal__call"]
    search_fields = ["decision__proposal__reference"]
