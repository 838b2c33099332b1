"""What may be chosen above a list of files: search words, and boxes on the list of all files."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import Call, Theme
from common.forms import PortalForm
from evaluations.models import Assignment, FileSummary
from evaluations.policies import may_see_all_files
from evaluations.search import Rights, Search, read_search
from evaluations.selectors.lists import TABS, matching_files, rights_of
from projects.lifecycle import ProposalState

STATES = [choice for choice in ProposalState.choices if choice[0] != ProposalState.DRAFT]

NOBODY = Rights(overview=False, decisions=False)


class SearchField(forms.CharField):
    """Search words (`evaluations.search`); gives a `Search`, or the sentences of what is wrong."""

    rights = NOBODY
    """Of the person who searches: the form sets it."""

    def clean(self, value: Any) -> Any:
        search = read_search(super().clean(value), self.rights)
        if not search.is_readable:
            raise ValidationError([*search.problems])
        return search


class SearchForm(PortalForm):
    """The search field of the work list; the tab is kept."""

    q = SearchField(
        label=_("Zoekwoorden"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    tab = forms.ChoiceField(
        choices=[(name, name) for name in TABS], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_rights(self, user)


def give_rights(form: Any, user: Any, field: str = "q") -> None:
    """Let the search field of a form read what this person may search on."""
    form.fields[field].rights = rights_of(user)


class SearchFilter(django_filters.CharFilter):
    field_class = SearchField


class FileFilter(django_filters.FilterSet):
    """The search words, and a box for what is asked most."""

    q = SearchFilter(method="search", label=_("Zoekwoorden"))
    call = django_filters.ModelChoiceFilter(
        queryset=Call.objects.order_by("-created_at", "-pk"),
        label=_("Oproep"),
        empty_label=_("Alle"),
    )
    state = django_filters.ChoiceFilter(
        field_name="proposal__state", choices=STATES, label=_("Status"), empty_label=_("Alle")
    )
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
        model = FileSummary
        fields = ["q", "call", "state", "adviser", "theme"]

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, queryset=matching_files(user, Search()))
        self.user = user
        if may_see_all_files.test(user, None):
            self.filters["adviser"].queryset = staff_with_role(StaffRole.ADVISER)
        else:
            # Who else works on a file is not for an adviser to find out by filtering.
            del self.filters["adviser"]

    def get_form_class(self) -> Any:
        form_class = super().get_form_class()
        form_class.base_fields["q"].rights = rights_of(self.user)
        return form_class

    def filter_queryset(self, queryset: QuerySet[FileSummary]) -> QuerySet[FileSummary]:
        """Nothing while the search words cannot be read: no list that looks right and is not."""
        return queryset.none() if "q" in self.form.errors else super().filter_queryset(queryset)

    def search(
        self, queryset: QuerySet[FileSummary], name: str, value: Search
    ) -> QuerySet[FileSummary]:
        return matching_files(self.user, value, queryset)

    def with_theme(
        self, queryset: QuerySet[FileSummary], name: str, value: Theme
    ) -> QuerySet[FileSummary]:
        return queryset.filter(theme=value.name)

    def with_adviser(
        self, queryset: QuerySet[FileSummary], name: str, value: User
    ) -> QuerySet[FileSummary]:
        of_adviser = Assignment.objects.visible_to(self.user).active().filter(adviser=value)
        return queryset.filter(Exists(of_adviser.filter(proposal=OuterRef("proposal"))))
