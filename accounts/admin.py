"""People and organisations in /admin/, and how the admin itself is entered."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import (
    Attempt,
    ExternalIdentity,
    ExternalOrganisation,
    Membership,
    Organisation,
    SignedInDevice,
    User,
)
from accounts.roles import StaffRole
from accounts.services.profile import set_staff_roles
from common.admin import PortalAdmin, ReadOnlyAdmin, ReadOnlyInline
from common.admin_site import REFUSED


def admin_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Enter the admin through the portal's own sign-in page, with its lock-out and its words.

    Raises:
        PermissionDenied: to somebody who is signed in but is no administrator or auditor.
    """
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(wanted)
    if not admin.site.has_permission(request):
        raise PermissionDenied(REFUSED)
    return redirect(wanted)


def own_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """A password is changed on the page of the portal, which notes it and tells the person."""
    return redirect("accounts:password_change")


for secret in (TOTPDevice, StaticDevice):
    admin.site.unregister(secret)

admin.site.site_header = _("PIO Portal: tabellen")
admin.site.site_title = _("PIO Portal")
admin.site.index_title = _("Alle tabellen")
admin.site.login = admin_login  # type: ignore[method-assign]
admin.site.password_change = own_password  # type: ignore[method-assign, assignment]
admin.site.password_change_done = own_password  # type: ignore[method-assign, assignment]


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ["user", "organisation", "role", "created_at"]
    readonly_fields = ["created_at"]


@admin.register(User)
class UserAdmin(PortalAdmin):
    """Contact data; roles and organisations are given on the portal's own pages."""

    list_display = ["email", "first_name", "last_name", "job_title", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "memberships__role"]
    search_fields = ["email", "first_name", "last_name", "job_title"]
    fields = [
        *("email", "first_name", "last_name", "job_title", "phone", "is_active"),
        *("groups", "last_login", "date_joined"),
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ["groups"]
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed (not active), never removed: the log names it."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()  # chosen through "Wachtwoord vergeten?"
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """The roles go through their service, so that the log has them."""
        groups = form.cleaned_data.pop("groups", None)
        super().save_related(request, form, formsets, change)
        if groups is not None:
            names = {group.name for group in groups}
            set_staff_roles(
                actor=request.user,  # type: ignore[arg-type]
                person_id=form.instance.pk,
                roles={role for role in StaffRole if role.value in names},
            )


@admin.register(Organisation)
class OrganisationAdmin(PortalAdmin):
    """Public bodies; whether one has been checked is recorded on its own staff page."""

    list_display = ["name", "type", "kbo_display", "ovo", "city", "is_verified", "is_fictional"]
    list_filter = ["is_verified", "type", "is_fictional", "province"]
    search_fields = ["name", "kbo", "ovo", "nis", "city"]
    service_fields = ["is_verified", "created_at"]
    inlines = [MembershipInline]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belongs where; changed by the managers of the organisation, under their rules."""

    list_display = ["user", "organisation", "role", "source", "created_at"]
    list_filter = ["role", "source", "organisation__type"]
    search_fields = ["user__email", "user__last_name", "organisation__name", "organisation__kbo"]


@admin.register(ExternalIdentity)
class ExternalIdentityAdmin(ReadOnlyAdmin):
    """Who signs in with ACM/IDM."""

    list_display = ["user", "issuer", "created_at"]
    list_filter = ["issuer"]
    search_fields = ["user__email", "user__last_name", "subject"]


@admin.register(ExternalOrganisation)
class ExternalOrganisationAdmin(PortalAdmin):
    """Which organisation ACM/IDM means; a row may be pointed to another organisation."""

    list_display = ["code", "organisation", "created_at"]
    list_filter = ["organisation__type"]
    search_fields = ["code", "organisation__name"]
    fields = ["code", "organisation"]


@admin.register(SignedInDevice)
class SignedInDeviceAdmin(ReadOnlyAdmin):
    """Where people are signed in now; only the person ends a session."""

    list_display = ["user", "device", "began_at", "seen_at"]
    list_filter = ["began_at"]
    search_fields = ["user__email", "user__last_name"]
    exclude = ["session_key", "address"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """How often something was tried in the last day."""

    list_display = ["at", "what"]
    list_filter = ["what"]
    search_fields = ["key"]


class _SignInsAdmin(ReadOnlyAdmin):
    """What django-axes noted of signing in; its own tables let even an auditor remove rows."""

    list_display = ["attempt_time", "username", "ip_address", "user_agent"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]


@admin.register(AccessAttempt)
class AccessAttemptAdmin(_SignInsAdmin):
    """Who waits after wrong passwords: removing the row ends the waiting."""

    list_display = [*_SignInsAdmin.list_display, "failures_since_start"]
    exclude = ["get_data", "post_data"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(AccessLog)
class AccessLogAdmin(_SignInsAdmin):
    exclude = ["session_hash"]


@admin.register(AccessFailureLog)
class AccessFailureLogAdmin(_SignInsAdmin):
    list_display = [*_SignInsAdmin.list_display, "locked_out"]
