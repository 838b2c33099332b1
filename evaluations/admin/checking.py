"""The completeness check in /admin/: to look at."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from evaluations.models import (
    ClockPause,
    CompletenessAnswer,
    CorrectionItem,
)


@admin.register(CompletenessAnswer)
class CompletenessAnswerAdmin(ReadOnlyAdmin):
    list_display = ["check_of", "label", "is_ok"]
    list_select_related = ["check_of__version__proposal"]
    list_filter = ["is_ok"]
    search_fields = ["label", "check_of__version__proposal__reference"]


@admin.register(CorrectionItem)
class CorrectionItemAdmin(ReadOnlyAdmin):
    list_display = ["check_of", "kind", "label", "what"]
    list_select_related = ["check_of__version__proposal"]
    list_filter = ["kind"]
    search_fields = ["what", "check_of__version__proposal__reference"]


@admin.register(ClockPause)
class ClockPauseAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "reason", "started_at", "ended_at"]
    list_filter = ["reason", "ended_at"]
    search_fields = ["proposal__reference"]
