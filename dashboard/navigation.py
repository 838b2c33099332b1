"""The side navigation of the staff pages: one table of what each role works with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import policies
from common.policies import Policy
from documents.policies import may_list_jobs
from evaluations.policies import may_see_all_files, may_see_pool
from notifications.policies import may_see_messages
from operations.policies import may_see_operation, may_see_outages
from projects.policies import may_extend
from retention.policies import may_handle, may_see_retention

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class NavItem:
    """A link in the staff navigation, shown to whom the policy admits.

    `also` names pages that one reaches from it although their addresses stand elsewhere.
    `for_adviser` is what it is called for an adviser, who finds only own things there.
    """

    group: "StrOrPromise"
    label: "StrOrPromise"
    url_name: str
    who: Policy
    also: tuple[str, ...] = ()
    for_adviser: "StrOrPromise" = ""


_DECIDING = (
    "evaluations:board",
    "evaluations:draw_line",
    "evaluations:meetings",
    "evaluations:meeting_new",
    "evaluations:meeting",
    "evaluations:meeting_edit",
    "evaluations:room",
    "evaluations:item_depart",
)
_DIVIDING = (
    "evaluations:division",
    "evaluations:division_run",
    "evaluations:division_pair",
)

STAFF_NAV = [
    NavItem(_("Werk"), _("Mijn werk"), "dashboard:staff", policies.is_staff),
    NavItem(_("Werk"), _("Werklijst"), "evaluations:work", policies.is_staff),
    NavItem(_("Werk"), _("Dossiers"), "evaluations:files", policies.is_staff),
    NavItem(
        _("Werk"),
        _("Adviseurs"),
        "evaluations:pool",
        may_see_pool,
        _DIVIDING,
        _("Mijn profiel"),
    ),
    NavItem(_("Werk"), _("Mijn belangen"), "evaluations:interests", policies.is_staff),
    NavItem(_("Werk"), _("Brieven"), "evaluations:letters", may_see_all_files),
    NavItem(_("Werk"), _("Projecten"), "projects:staff_projects", policies.is_staff),
    NavItem(_("Werk"), _("Verplichtingen"), "projects:obligation_calendar", policies.is_staff),
    NavItem(_("Oproepen"), _("Oproepen"), "calls:staff_list", policies.is_staff),
    NavItem(
        _("Oproepen"),
        _("Rangschikking"),
        "evaluations:overview",
        policies.is_staff,
        _DECIDING,
        _("Stand per oproep"),
    ),
    NavItem(_("Oproepen"), _("Cijfers"), "evaluations:numbers", policies.is_staff),
    NavItem(_("Oproepen"), _("Uitstel"), "projects:extensions", may_extend),
    NavItem(_("Geld"), _("Sturing"), "reporting:steering", policies.sees_money),
    NavItem(_("Geld"), _("Begroting"), "funding:budget_years", policies.sees_money),
    NavItem(_("Geld"), _("Cofinanciering"), "funding:requests", policies.sees_money),
    NavItem(_("Geld"), _("Beslissingscomité"), "funding:committee_meetings", policies.sees_money),
    NavItem(_("Geld"), _("Wijzigingen"), "funding:changes", policies.sees_money),
    NavItem(_("Geld"), _("Schuldvorderingen"), "funding:claims", policies.sees_money),
    NavItem(_("Geld"), _("Betalingen"), "payments:orders", policies.sees_money),
    NavItem(_("Geld"), _("Rekeningen"), "payments:accounts", policies.sees_money),
    NavItem(_("Geld"), _("Parlementaire vraag"), "reporting:question", policies.sees_money),
    NavItem(_("Geld"), _("Jaarrapport"), "reporting:reports", policies.sees_money),
    NavItem(_("Portaal"), _("Herinneringen en mails"), "notifications:overview", may_see_messages),
    NavItem(_("Portaal"), _("Documenten"), "documents:jobs", may_list_jobs),
    NavItem(_("Portaal"), _("Werking"), "operations:condition", may_see_operation),
    NavItem(_("Portaal"), _("Storingen"), "operations:outages", may_see_outages),
    NavItem(_("Portaal"), _("Organisaties"), "accounts:staff_organisations", policies.is_staff),
    NavItem(_("Portaal"), _("Personen"), "accounts:people", policies.is_administrator),
    NavItem(_("Portaal"), _("Bewaren en wissen"), "retention:overview", may_see_retention),
    NavItem(_("Portaal"), _("Vragen over gegevens"), "retention:requests", may_handle),
    NavItem(_("Portaal"), _("Logboek"), "dashboard:audit_log", policies.may_read_log),
    NavItem(_("Portaal"), _("Tabellen (admin)"), "admin:index", policies.may_enter_admin),
]


def staff_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The links this person may follow; empty for others than staff."""
    user = getattr(request, "user", None)
    if not getattr(user, "is_programme_staff", False):
        return []
    is_adviser = policies.is_adviser.test(user) and not may_see_all_files.test(user)
    links = [
        {
            "group": item.group,
            "label": (is_adviser and item.for_adviser) or item.label,
            "url": reverse(item.url_name),
        }
        for item in STAFF_NAV
        if item.who.test(user, None)
    ]
    page = request.resolver_match.view_name if request.resolver_match else ""
    named = next((reverse(item.url_name) for item in STAFF_NAV if page in item.also), None)
    active = named or _active([str(link["url"]) for link in links], request.path)
    return [{**link, "active": link["url"] == active} for link in links]


def _active(urls: list[str], path: str) -> str | None:
    """The page itself or the longest address that it stands under; the home page is only itself."""
    home = reverse("dashboard:staff")
    above = [url for url in urls if path == url or (url != home and path.startswith(url))]
    return max(above, key=len, default=None)
