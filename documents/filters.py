"""The filter of the staff list."""

import django_filters
from django.utils.translation import gettext_lazy as _

from documents.models import Job, JobState


class JobFilter(django_filters.FilterSet):
    title = django_filters.CharFilter(lookup_expr="icontains", label=_("Titel bevat"))
    state = django_filters.ChoiceFilter(
        choices=JobState.choices, label=_("Status"), empty_label=_("Alle")
    )

    class Meta:
        model = Job
        fields = ["title", "state"]
