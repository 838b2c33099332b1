"""A commitment: what is open, its instalments, its bookings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_pct
from common.moments import today
from common.money import format_eur
from common.views import service_errors
from funding import services
from funding.forms.cofinancing import (
    MAX_INSTALMENTS,
    PlanFormSet,
    PreparationForm,
    RecoveryForm,
    ReleaseForm,
)
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, ChangeKind, Commitment
from funding.policies import (
    may_ask_change,
    may_commit,
    may_pay,
    may_release,
    may_request_cofinancing,
)
from funding.selectors import commitments as selectors
from funding.services import PlannedInstalment
from funding.views.access import money_view
from projects.selectors.projects import staff_project
from projects.views.acts import ConfirmForm, act_page, posted


@money_view
@require_safe
def commitment(request: SignedInRequest, number: str) -> HttpResponse:
    """Amounts, instalments with their claims, bookings."""
    found = selectors.commitment_page(number)
    instalments = list(found.instalments.all())
    may_plan = may_request_cofinancing.test(request.user)
    return render(
        request,
        "funding/commitment.html",
        {
            "commitment": found,
            "project": found.project,
            "instalments": instalments,
            "may_open": may_plan,
            "changes": found.changes.all(),
            "change_kinds": ChangeKind.choices
            if found.decision_id and may_ask_change.test(request.user, found)
            else [],
            "may_plan": may_plan
            and found.open_amount > 0
            and all(instalment.state == InstalmentState.PLANNED for instalment in instalments),
            "may_release": may_release.test(request.user) and found.open_amount > 0,
            "may_recover": may_pay.test(request.user) and found.paid > found.recovered,
        },
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest, number: str) -> HttpResponse:
    """Set the instalments: shares that total exactly 100 %, with their conditions."""
    may_request_cofinancing.check(request.user)
    found = selectors.commitment_page(number)
    errors: list[Any] = []
    if request.method == "POST":
        formset, sheet = _changed_plan(request)
        if sheet and formset.is_valid():
            rows = [PlannedInstalment(**form.cleaned_data) for form in formset.forms]
            holder = ConfirmForm({})
            if holder.is_valid():
                with service_errors(holder):
                    services.plan_instalments(commitment=found, plan=rows, by=request.user)
            if holder.is_valid():
                messages.success(request, _("De schijven zijn gepland."))
                return redirect(found)
            errors = list(holder.non_field_errors())
    else:
        formset = PlanFormSet(initial=_initial_plan(found))
    return render(
        request,
        "funding/plan.html",
        {
            "commitment": found,
            "formset": formset,
            "errors": errors,
            "to_divide": found.committed - found.released,
        },
    )


def _initial_plan(commitment: Commitment) -> list[dict[str, Any]]:
    existing = list(commitment.instalments.all())
    rows: list[Any] = existing or services.default_plan(commitment.effective_on)
    return [
        {"share": row.share, "condition": row.condition, "expected_on": row.expected_on}
        for row in rows
    ]


def _changed_plan(request: SignedInRequest) -> tuple[Any, bool]:
    """The posted plan and whether it is to be saved; no when a row is added or removed."""
    data = request.POST.copy()
    if "add" in data:
        data["form-TOTAL_FORMS"] = str(min(_total(data) + 1, MAX_INSTALMENTS))
    elif _is_small_number(data.get("remove")):
        _remove_row(data, int(str(data["remove"])))
    else:
        return PlanFormSet(data), True
    rows = PlanFormSet(data)
    return PlanFormSet(initial=[_raw(form) for form in rows.forms]), False


def _remove_row(data: Any, index: int) -> None:
    total = _total(data)
    for number in range(index, total - 1):
        for name in ("share", "condition", "expected_on"):
            data[f"form-{number}-{name}"] = data.get(f"form-{number + 1}-{name}", "")
    if index < total:
        data["form-TOTAL_FORMS"] = str(total - 1)


def _total(data: Any) -> int:
    """How many rows the form says it has; nothing strange comes through."""
    text = str(data.get("form-TOTAL_FORMS", ""))
    return min(int(text), MAX_INSTALMENTS) if _is_small_number(text) else 0


def _is_small_number(text: Any) -> bool:
    """Whether `int` reads it: "²" is a digit to Python, and a very long row of digits too much."""
    return str(text).isdecimal() and len(str(text)) < 5


def _raw(form: Any) -> dict[str, str]:
    return {name: form.data.get(form.add_prefix(name), "") for name in form.fields}


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, number: str) -> HttpResponse:
    """Lower what is open; the page says whether VAK comes back."""
    may_release.check(request.user)
    found = selectors.commitment_page(number)
    year = found.line.budget_year.year
    comes_back = today().year == year
    explanation = (
        _("Dit is een terugboeking in hetzelfde jaar: het VAK van %(year)s komt terug.")
        if comes_back
        else _("Dit is vrijval van een ouder jaar: het encours daalt, maar er komt geen VAK terug.")
    ) % {"year": year}
    again = _("Schijven die nog niet aangevraagd zijn, verdelen wat overblijft.")
    return act_page(
        request,
        title=_("Bedrag vrijgeven"),
        form=posted(request, ReleaseForm, initial={"amount": found.open_amount}),
        act=lambda data: services.release_commitment(commitment=found, by=request.user, **data),
        submit=_("Vrijgeven"),
        done=_("Het bedrag is vrijgegeven."),
        explanation=f"{explanation} {again}",
        tone="warning",
        facts=[
            (_("Vastgelegd"), format_eur(found.committed)),
            (_("Vereffend"), format_eur(found.paid)),
            (_("Staat open"), format_eur(found.open_amount)),
        ],
        back=found.get_absolute_url(),
        about=str(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: SignedInRequest, number: str) -> HttpResponse:
    """Book what the beneficiary paid back."""
    may_pay.check(request.user)
    found = selectors.commitment_page(number)
    return act_page(
        request,
        title=_("Terugvordering boeken"),
        form=posted(request, RecoveryForm, initial={"received_on": today()}),
        act=lambda data: services.book_recovery(commitment=found, by=request.user, **data),
        submit=_("Boeken"),
        done=_("Het ontvangen bedrag is geboekt."),
        explanation=_(
            "Een terugvordering is een ontvangst: er komt geen krediet terug, en wat open staat, "
            "blijft gelijk."
        ),
        facts=[
            (_("Vereffend"), format_eur(found.paid)),
            (_("Al teruggevorderd"), format_eur(found.recovered)),
        ],
        back=found.get_absolute_url(),
        about=str(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: SignedInRequest, reference: str) -> HttpResponse:
    """Commit a share of the costs before the tender, which the committee does not decide on."""
    may_commit.check(request.user)
    project = staff_project(request.user, reference)
    line = selectors.line_for(today().year, BudgetLine.Stream.PREPARATION)
    return act_page(
        request,
        title=_("Voortraject vastleggen"),
        form=posted(request, PreparationForm, initial={"on": today()}),
        act=lambda data: services.commit_preparation(project=project, by=request.user, **data),
        submit=_("Vastleggen"),
        done=_("Het bedrag is vastgelegd op de werkingsmiddelen."),
        explanation=_(
            "Kosten vóór de opdracht worden in onderling akkoord gedeeld, uit gewone "
            "werkingsmiddelen. Het Beslissingscomité beslist hier niet over."
        ),
        facts=[(_("VAK beschikbaar"), format_eur(line.vak_available))] if line else [],
        back=reverse("funding:staff_project_funding", args=[project.reference]),
        about=str(project),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def open_instalment(request: SignedInRequest, number: str, instalment: int) -> HttpResponse:
    """The condition is met: the beneficiary may claim and gets a mail."""
    may_request_cofinancing.check(request.user)
    found = selectors.commitment_page(number)
    row = selectors.instalment_of(found, instalment)
    return act_page(
        request,
        title=_("Schijf %(number)s opvraagbaar maken") % {"number": row.number},
        form=posted(request, ConfirmForm),
        act=lambda data: services.open_instalment(instalment=row, by=request.user),
        submit=_("Opvraagbaar maken"),
        done=_("De schijf is opvraagbaar. De begunstigde krijgt een mail."),
        explanation=_(
            "U bevestigt dat de voorwaarde is vervuld. De indieners van de organisatie krijgen een "
            "mail en kunnen de schijf aanvragen. Het plan van de schijven ligt daarna vast."
        ),
        facts=[
            (_("Voorwaarde"), row.condition),
            (_("Aandeel"), format_pct(row.share)),
            (_("Bedrag"), format_eur(row.amount)),
            (_("Begunstigde"), found.project.organisation.name),
        ],
        back=reverse("funding:commitment", args=[found.number]),
        about=str(found),
    )
