"""The evaluation in /admin/: to look at; only the texts of the letter are edited here.

An adviser's own notes are not shown: they are for the adviser alone.
"""

from django.contrib import admin

from common.admin import ReadOnlyAdmin, ReadOnlyInline
from evaluations.models import (
    Advice,
    Assignment,
    CompletenessCheck,
    ConflictDeclaration,
    Evaluation,
    LetterCounter,
    LetterText,
    Score,
    SelectionDecision,
)


@admin.register(CompletenessCheck)
class CompletenessCheckAdmin(ReadOnlyAdmin):
    list_display = ["version", "is_complete", "checked_by", "checked_at"]
    list_select_related = ["version__proposal", "checked_by"]
    list_filter = ["is_complete", "checked_at", "version__proposal__call"]
    search_fields = ["version__proposal__reference", "version__proposal__title", "remarks"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "adviser", "is_lead", "state", "due_on", "assigned_at"]
    list_filter = ["state", "is_lead", "due_on", "proposal__call"]
    search_fields = ["proposal__reference", "proposal__title", "adviser__email"]


@admin.register(ConflictDeclaration)
class ConflictDeclarationAdmin(ReadOnlyAdmin):
    list_display = ["assignment", "has_conflict", "declared_at"]
    list_select_related = ["assignment__proposal", "assignment__adviser"]
    list_filter = ["has_conflict", "declared_at"]
    search_fields = ["assignment__proposal__reference", "assignment__adviser__email"]


class ScoreInline(ReadOnlyInline):
    model = Score
    fields = ["criterion", "value", "motivation"]


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    list_display = ["assignment", "finalised_at", "version"]
    list_select_related = ["assignment__proposal", "assignment__adviser"]
    list_filter = ["finalised_at", "assignment__proposal__call"]
    search_fields = ["assignment__proposal__reference", "assignment__adviser__email"]
    exclude = ["own_notes"]
    inlines = [ScoreInline]


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ["evaluation", "criterion", "value"]
    list_select_related = [
        "evaluation__assignment__proposal",
        "evaluation__assignment__adviser",
        "criterion",
    ]
    list_filter = ["evaluation__assignment__proposal__call", "value"]
    search_fields = ["evaluation__assignment__proposal__reference", "criterion__title"]


@admin.register(Advice)
class AdviceAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "number", "conclusion", "author", "finalised_at"]
    list_filter = ["conclusion", "finalised_at", "proposal__call"]
    search_fields = ["proposal__reference", "proposal__title", "author__email"]


@admin.register(SelectionDecision)
class SelectionDecisionAdmin(ReadOnlyAdmin):
    list_display = [
        *("proposal", "outcome", "follows_advice", "decided_by", "decided_at", "notified_at"),
    ]
    list_select_related = ["proposal", "decided_by"]
    list_filter = ["outcome", "follows_advice", "notified_at", "proposal__call"]
    search_fields = ["proposal__reference", "proposal__title", "letter_number"]


@admin.register(LetterCounter)
class LetterCounterAdmin(ReadOnlyAdmin):
    list_display = ["year", "last_number"]
    list_filter = ["year"]
    search_fields = ["year"]


@admin.register(LetterText)
class LetterTextAdmin(ReadOnlyAdmin):
    """To look at: /beheer/brieven/ checks the placeholders and keeps what stood there before."""

    list_display = ["outcome", "version", "updated_at", "updated_by"]
    list_select_related = ["updated_by"]
    list_filter = ["outcome"]
    search_fields = ["opening", "closing", "appeal"]
