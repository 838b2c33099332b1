from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from common.admin import PortalAdmin, ReadOnlyAdmin
from notifications.models import (
    Bounce,
    CalendarFeed,
    MailPreference,
    OutboxMail,
    Reminder,
    ReminderOffset,
    UnreachableAddress,
)
from notifications.registry import all_rules


@admin.register(ReminderOffset)
class ReminderOffsetAdmin(PortalAdmin):
    """Staff add a moment or switch one off; the database refuses to change or remove one."""

    list_display = ["__str__", "days", "hours", "enabled"]
    list_filter = ["enabled", "rule"]
    search_fields = ["rule"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "rule":
            choices = [(rule.name, rule.label) for rule in all_rules()]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("rule", "days", "hours")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "rule_label", "about_label", "recipient", "state", "reason"]
    list_filter = ["state", "rule", "due_at"]
    search_fields = ["about_label", "recipient__email", "recipient__last_name", "rule"]
    list_select_related = ["recipient"]


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnlyAdmin):
    """The bodies are read on the staff page, which keeps personal links from other eyes."""

    list_display = ["created_at", "kind", "address", "subject", "state", "sent_at", "attempts"]
    list_filter = ["state", "kind", "created_at"]
    search_fields = ["address", "subject", "kind", "recipient__last_name"]
    exclude = ["text", "html"]


@admin.register(MailPreference)
class MailPreferenceAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "channel", "changed_at"]
    list_filter = ["channel", "kind"]
    search_fields = ["user__email", "user__last_name", "kind"]
    list_select_related = ["user"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """Who has a calendar; never its secret."""

    list_display = ["user", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["user__email", "user__last_name"]
    list_select_related = ["user"]
    exclude = ["secret"]


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ["at", "address", "kind", "status", "text"]
    list_filter = ["kind", "at"]
    search_fields = ["address", "status", "text"]


@admin.register(UnreachableAddress)
class UnreachableAddressAdmin(ReadOnlyAdmin):
    list_display = ["address", "marked_at", "bounces", "trusted_at", "trusted_by"]
    list_filter = ["marked_at", "trusted_at"]
    search_fields = ["address", "trusted_by__email"]
    list_select_related = ["trusted_by"]
