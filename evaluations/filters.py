"""The filters of the list of files."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import Call, Theme
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES
from evaluations.policies import may_see_all_files
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.selectors.submission import as_handed_in

STATES = [choice for choice in ProposalState.choices if choice[0] != ProposalState.DRAFT]


class FileFilter(django_filters.FilterSet):
    """Free text looks in number, title, short name and applicant."""

    q = django_filters.CharFilter(method="search", label=_("Zoek"))
    call = django_filters.ModelChoiceFilter(
        queryset=Call.objects.order_by("-created_at", "-pk"),
        label=_("Oproep"),
        empty_label=_("Alle"),
    )
    state = django_filters.ChoiceFilter(choices=STATES, label=_("Status"), empty_label=_("Alle"))
    adviser = django_filters.ModelChoiceFilter(
        queryset=User.objects.none(),
        method="with_adviser",
        label=_("Adviseur"),
        empty_label=_("Alle"),
    )
    theme = django_filters.ModelChoiceFilter(
        queryset=Theme.objects.order_by("name"),
        method="with_theme",
        label=_("Thema"),
        empty_label=_("Alle"),
    )

    class Meta:
        model = Proposal
        fields = ["q", "call", "state", "adviser", "theme"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_see_all_files.test(user, None):
            self.filters["adviser"].queryset = staff_with_role(StaffRole.ADVISER)
        else:
            # Who else works on a file is not for an adviser to find out by filtering.
            del self.filters["adviser"]

    def search(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        words = value.strip()
        return queryset.annotate(frozen_acronym=as_handed_in("acronym")).filter(
            Q(reference__icontains=words)
            | Q(frozen_title__icontains=words)
            | Q(frozen_acronym__icontains=words)
            | Q(organisation__name__icontains=words)
        )

    def with_theme(
        self, queryset: QuerySet[Proposal], name: str, value: Theme
    ) -> QuerySet[Proposal]:
        return queryset.annotate(frozen_theme=as_handed_in("theme")).filter(frozen_theme=value.name)

    def with_adviser(
        self, queryset: QuerySet[Proposal], name: str, value: User
    ) -> QuerySet[Proposal]:
        return queryset.filter(
            assignments__adviser=value, assignments__state__in=ACTIVE_ASSIGNMENT_STATES
        )
