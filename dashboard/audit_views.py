"""The log of the portal, for those who watch over it."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.policies import may_read_log
from audit.selectors import log
from common.forms import DayField, PortalForm
from common.views import staff_required

PAGE_SIZE = 50


class AuditFilterForm(PortalForm):
    """Who did what, when."""

    actor = forms.CharField(label=_("Door (naam of e-mailadres)"), required=False)
    action = forms.CharField(label=_("Handeling"), required=False)
    since = DayField(label=_("Vanaf"), required=False)
    until = DayField(label=_("Tot en met"), required=False)


@staff_required
def audit_log(request: HttpRequest) -> HttpResponse:
    """Events, newest first; a filter that cannot be read shows its error and no rows."""
    may_read_log.check(request.user)
    form = AuditFilterForm(request.GET)
    events = log(request.user, **form.cleaned_data) if form.is_valid() else log(request.user).none()
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "dashboard/audit_log.html", {"form": form, "page": page})
