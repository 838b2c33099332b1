"""What staff look for in reminders and mails."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import DayField
from common.moments import end_of_day, start_of_day
from notifications.kinds import all_kinds
from notifications.lifecycle import MailState, ReminderState
from notifications.models import Bounce, OutboxMail, Reminder
from notifications.registry import all_rules


def _rule_choices() -> list[tuple[str, Any]]:
    return [(rule.name, rule.label) for rule in all_rules()]


def _kind_choices() -> list[tuple[str, Any]]:
    return sorted(((kind.code, str(kind.label)) for kind in all_kinds()), key=lambda one: one[1])


class DayFilter(django_filters.Filter):
    """A calendar day, as every form of the portal takes it."""

    field_class = DayField


class DayRange(django_filters.FilterSet):
    """From a day up to and including another, on the moment that `moment` names."""

    moment = "created_at"
    since = DayFilter(method="from_day", label=_("Vanaf"))
    until = DayFilter(method="to_day", label=_("Tot en met"))

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__gte": start_of_day(value)})

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__lt": end_of_day(value)})


class ReminderFilter(DayRange):
    """Without a choice of state the page shows what is still to be sent."""

    moment = "due_at"

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


class MailFilter(DayRange):
    """The outbox by state, and by whom or what it is about."""

    state = django_filters.ChoiceFilter(choices=MailState, label=_("Status"), empty_label=_("Alle"))
    kind = django_filters.ChoiceFilter(
        choices=_kind_choices, label=_("Soort bericht"), empty_label=_("Alle")
    )
    q = django_filters.CharFilter(method="search", label=_("Adres of onderwerp"))

    class Meta:
        model = OutboxMail
        fields = ["state", "kind"]

    def search(self, rows: QuerySet[OutboxMail], name: str, value: str) -> QuerySet[OutboxMail]:
        return rows.filter(Q(address__icontains=value) | Q(subject__icontains=value))


class MailboxFilter(django_filters.FilterSet):
    """The demo mailbox of one address."""

    address = django_filters.CharFilter(lookup_expr="icontains", label=_("Adres"))

    class Meta:
        model = OutboxMail
        fields = ["address"]


class BounceFilter(DayRange):
    """What came back, by what it says of the address."""

    moment = "at"
    kind = django_filters.ChoiceFilter(
        choices=Bounce.Kind.choices, label=_("Soort"), empty_label=_("Alle")
    )
    q = django_filters.CharFilter(field_name="address", lookup_expr="icontains", label=_("Adres"))

    class Meta:
        model = Bounce
        fields = ["kind"]
