"""Facts in /admin/: to look up, never to change."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin
from common.hidden import hidden_from
from reporting.facts.kinds import KINDS
from reporting.models import Fact, Horizon, ReportEdition


@admin.register(Fact)
class FactAdmin(ReadOnlyAdmin):
    list_display = ["recorded_at", "kind", "subject_id", "content"]
    list_filter = ["kind"]
    search_fields = ["=subject_id", "kind"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without facts about what does not exist for this person."""
        facts = super().get_queryset(request)
        hidden = hidden_from(request.user)
        for kind in KINDS.values():
            keys = hidden.get(apps.get_model(kind.model))
            if keys is not None:
                facts = facts.exclude(kind=kind.name, subject_id__in=list(keys))
        return facts


@admin.register(Horizon)
class HorizonAdmin(ReadOnlyAdmin):
    list_display = ["known_until", "closed_at", "closed_by"]
    list_filter = ["closed_at"]
    search_fields = ["closed_by__email"]


@admin.register(ReportEdition)
class ReportEditionAdmin(ReadOnlyAdmin):
    list_display = ["year", "number", "cut_off", "made_by", "signed_by", "signed_at"]
    list_filter = ["year"]
    search_fields = ["year", "content_hash"]
