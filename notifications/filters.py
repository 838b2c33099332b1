"""What staff look for in reminders and mails."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder
from notifications.registry import all_rules


def _rule_choices() -> list[tuple[str, Any]]:
    return [(rule.name, rule.label) for rule in all_rules()]


class ReminderFilter(django_filters.FilterSet):
    """Without a choice of state the page shows what is still to be sent."""

    state = django_filters.ChoiceFilter(
        choices=ReminderState, label=_("Status"), empty_label=_("Alle")
    )
    rule = django_filters.ChoiceFilter(
        choices=_rule_choices, label=_("Soort herinnering"), empty_label=_("Alle")
    )
    q = django_filters.CharFilter(method="search", label=_("Persoon of dossier"))

    class Meta:
        model = Reminder
        fields = ["state", "rule"]

    def search(self, rows: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        return rows.filter(
            Q(about_label__icontains=value)
            | Q(recipient__email__icontains=value)
            | Q(recipient__first_name__icontains=value)
            | Q(recipient__last_name__icontains=value)
        )


class MailFilter(django_filters.FilterSet):
    """The outbox by state, and by whom or what it is about."""

    state = django_filters.ChoiceFilter(choices=MailState, label=_("Status"), empty_label=_("Alle"))
    q = django_filters.CharFilter(method="search", label=_("Adres of onderwerp"))

    class Meta:
        model = OutboxMail
        fields = ["state"]

    def search(self, rows: QuerySet[OutboxMail], name: str, value: str) -> QuerySet[OutboxMail]:
        return rows.filter(Q(address__icontains=value) | Q(subject__icontains=value))


class MailboxFilter(django_filters.FilterSet):
    """The demo mailbox of one address."""

    address = django_filters.CharFilter(lookup_expr="icontains", label=_("Adres"))

    class Meta:
        model = OutboxMail
        fields = ["address"]
