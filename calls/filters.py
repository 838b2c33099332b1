"""What visitors look for in calls and in questions."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from calls import selectors
from calls.lifecycle import CallPhase
from calls.models import Call, CallQuerySet, CallQuestion
from common import clock


def _phases() -> list[tuple[str, Any]]:
    return [(phase.value, phase.label) for phase in selectors.PUBLIC_PHASES]


def _years() -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in selectors.closing_years()]


class CallFilter(django_filters.FilterSet):
    """The public list; what cannot be read of an address is left out, with a sentence beside it."""

    q = django_filters.CharFilter(method="with_words", label=_("Zoekwoorden"))
    fase = django_filters.ChoiceFilter(
        choices=_phases, method="in_phase", label=_("Fase"), empty_label=_("Alle")
    )
    soort = django_filters.ChoiceFilter(
        choices=OrganisationType.choices,
        method="for_kind",
        label=_("Uw soort organisatie"),
        empty_label=_("Alle"),
    )
    jaar = django_filters.ChoiceFilter(
        choices=_years, method="closing_in", label=_("Jaar van sluiten"), empty_label=_("Alle")
    )

    class Meta:
        model = Call
        fields: list[str] = []

    def with_words(self, calls: CallQuerySet, name: str, value: str) -> CallQuerySet:
        """Every word, in any order, in either language."""
        for word in value.split()[:10]:
            calls = calls.filter(
                Q(title__icontains=word)
                | Q(summary__icontains=word)
                | Q(title_en__icontains=word)
                | Q(summary_en__icontains=word)
                | Q(reference__icontains=word)
            )
        return calls

    def in_phase(self, calls: CallQuerySet, name: str, value: str) -> CallQuerySet:
        return calls.in_phase(CallPhase(value), clock.now())

    def for_kind(self, calls: CallQuerySet, name: str, value: str) -> CallQuerySet:
        return calls.filter(Q(eligible_types=[]) | Q(eligible_types__contains=[value]))

    def closing_in(self, calls: CallQuerySet, name: str, value: str) -> CallQuerySet:
        return calls.closing_in(int(value))


class QuestionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="with_words", label=_("Zoek in vragen en antwoorden"))

    class Meta:
        model = CallQuestion
        fields: list[str] = []

    def with_words(
        self, questions: QuerySet[CallQuestion], name: str, value: str
    ) -> QuerySet[CallQuestion]:
        for word in value.split()[:10]:
            questions = questions.filter(Q(question__icontains=word) | Q(answer__icontains=word))
        return questions
