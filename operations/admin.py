from django.contrib import admin

from common.admin import ReadOnlyAdmin
from operations.models import CspReport, Heartbeat, Inspection, OutageAnswer, Refusal, SignOfLife


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["part", "minute"]
    list_filter = ["part", "minute"]
    search_fields = ["part"]


@admin.register(SignOfLife)
class SignOfLifeAdmin(ReadOnlyAdmin):
    list_display = ["part", "node", "seen_at"]
    list_filter = ["part"]
    search_fields = ["part", "node"]


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ["kind", "reason", "count"]
    list_filter = ["kind"]
    search_fields = ["kind", "reason"]


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ["ran_at", "faults", "warnings", "is_full", "seconds"]
    list_filter = ["ran_at", "is_full"]
    search_fields = ["findings"]


@admin.register(OutageAnswer)
class OutageAnswerAdmin(ReadOnlyAdmin):
    list_display = ["answered_at", "round", "outcome", "began_at", "ended_at", "answered_by"]
    list_filter = ["outcome", "answered_at"]
    search_fields = ["reason", "round__call__reference", "answered_by__email"]


@admin.register(CspReport)
class CspReportAdmin(ReadOnlyAdmin):
    list_display = ["day", "directive", "blocked", "page", "count"]
    list_filter = ["directive", "day"]
    search_fields = ["blocked", "page"]
