"""The pool of advisers in /admin/: to look at."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from evaluations.models import (
    AdviserAbsence,
    AdviserProfile,
    AssignmentPair,
    AssignmentRun,
    ConflictOfInterest,
    Interest,
)


@admin.register(AdviserProfile)
class AdviserProfileAdmin(ReadOnlyAdmin):
    list_display = ["user", "capacity", "is_in_pool"]
    list_select_related = ["user"]
    list_filter = ["is_in_pool", "expertise"]
    search_fields = ["user__email", "user__last_name"]


@admin.register(AdviserAbsence)
class AdviserAbsenceAdmin(ReadOnlyAdmin):
    list_display = ["profile", "first_day", "last_day"]
    list_select_related = ["profile__user"]
    list_filter = ["first_day"]
    search_fields = ["profile__user__email"]


@admin.register(Interest)
class InterestAdmin(ReadOnlyAdmin):
    list_display = ["person", "kind", "name", "kbo", "until"]
    list_filter = ["kind"]
    search_fields = ["person__email", "name", "kbo"]


@admin.register(ConflictOfInterest)
class ConflictOfInterestAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "person", "kind", "found_at", "lifted_at", "lifted_by"]
    list_select_related = ["proposal", "person", "lifted_by"]
    list_filter = ["kind", "lifted_at", "proposal__call"]
    search_fields = ["proposal__reference", "person__email"]


@admin.register(AssignmentRun)
class AssignmentRunAdmin(ReadOnlyAdmin):
    list_display = ["call", "due_on", "made_by", "made_at", "applied_at"]
    list_select_related = ["call", "made_by"]
    list_filter = ["applied_at", "call"]
    search_fields = ["call__reference", "made_by__email"]


@admin.register(AssignmentPair)
class AssignmentPairAdmin(ReadOnlyAdmin):
    list_display = ["run", "proposal", "adviser", "is_lead", "outcome"]
    list_select_related = ["run__call", "proposal", "adviser"]
    list_filter = ["is_lead", "run__call"]
    search_fields = ["proposal__reference", "adviser__email"]
