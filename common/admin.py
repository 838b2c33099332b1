"""The Django admin as the portal uses it: reference data to edit, everything else to look up.

A state moves through its service only, so a state is read-only here; a thing with a lifecycle is
also not made or removed here, because its services leave the audit events and send the mails.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from common.hidden import leave_out

STATE_FIELD = "state"
NOTHING_REMOVED = _("Uit deze tabel verwijdert u niets.")


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


class PortalAdmin(admin.ModelAdmin):
    """Base of every table in /admin/.

    Give each subclass `list_display`, `search_fields` and `list_filter`. Foreign keys are followed
    in the list (one query) and chosen by searching, whatever the number of rows.
    """

    service_fields: Sequence[str] = ()
    """Fields beside `state` that only services write, such as amounts of a ledger."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False  # no count of the whole table beside that of the filter
    show_facets = admin.ShowFacets.NEVER
    save_on_top = True
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    empty_value_display = "–"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without what does not exist for this person, as a file with a conflict of interest."""
        return leave_out(request.user, super().get_queryset(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list. What is posted to it are rows to remove: no other act is offered there.

        Raises:
            PermissionDenied: to who posts and may not remove.
        """
        if request.method == "POST" and not self.has_delete_permission(request):
            raise PermissionDenied(NOTHING_REMOVED)
        return super().changelist_view(request, extra_context)

    @property
    def has_lifecycle(self) -> bool:
        """Whether services move this thing from state to state."""
        return _has_field(self.model, STATE_FIELD)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        declared = tuple(super().get_readonly_fields(request, obj))
        protected = (*([STATE_FIELD] if self.has_lifecycle else []), *self.service_fields)
        return (*declared, *(name for name in protected if name not in declared))

    def get_list_select_related(self, request: HttpRequest) -> bool | list[str] | tuple[str, ...]:
        if self.list_select_related:
            return self.list_select_related
        return [
            field.name
            for field in self.model._meta.concrete_fields
            if field.many_to_one or field.one_to_one
        ]

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Relations to tables that can be searched: a <select> of every row does not scale."""
        relations = [*self.model._meta.concrete_fields, *self.model._meta.many_to_many]
        searchable = [
            field.name
            for field in relations
            if field.remote_field
            and field.name not in self.filter_horizontal
            and field.related_model in self.admin_site._registry
            and self.admin_site._registry[field.related_model].search_fields
        ]
        return [*self.autocomplete_fields, *searchable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.has_lifecycle and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.has_lifecycle and super().has_delete_permission(request, obj)


class _LookOnly:
    """Nobody adds, changes or deletes: not even a superuser."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_LookOnly, PortalAdmin):
    """A table to look at: ledgers, frozen versions, the audit log."""


class ReadOnlyInline(_LookOnly, admin.TabularInline):
    """Rows that belong to the thing, to look at."""

    extra = 0
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All that are shown: Django makes no form of a field that nobody may edit."""
        return flatten(self.fields or tuple(super().get_readonly_fields(request, obj)))
