"""Lists, bulk actions and uploads in /admin/: to look at."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from evaluations.models import (
    BulkRun,
    FileSummary,
    SavedView,
    ScoreUpload,
)


@admin.register(FileSummary)
class FileSummaryAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "step", "due_on", "total_percent", "requested_amount"]
    list_filter = ["step", "passes", "call"]
    search_fields = ["proposal__reference", "title"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "is_shared", "mailing"]
    list_filter = ["is_shared", "mailing"]
    search_fields = ["name", "owner__email"]


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ["action", "made_by", "made_at", "done_at"]
    list_filter = ["action", "done_at"]
    search_fields = ["action", "made_by__email"]


@admin.register(ScoreUpload)
class ScoreUploadAdmin(ReadOnlyAdmin):
    list_display = ["filename", "made_by", "made_at", "applied_at"]
    list_filter = ["applied_at"]
    search_fields = ["filename", "made_by__email"]
    exclude = ["rows"]
