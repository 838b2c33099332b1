"""People, organisations, and what a person may do for an organisation."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import format_kbo, validate_kbo, validate_nis, validate_ovo
from accounts.roles import MemberRole, StaffRole
from common import clock
from common.constraints import check, unique

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail address, whatever its capitals."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person. The national register number is never stored (domain.md 9.3)."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("e-mailadres"),
        unique=True,
        error_messages={"unique": _("Er is al een account met dit e-mailadres.")},
    )
    job_title = models.CharField(_("functie"), max_length=120, blank=True)
    phone = models.CharField(_("telefoon"), max_length=40, blank=True)
    session_series = models.PositiveIntegerField(_("reeks van sessies"), default=0, editable=False)
    """Raised to end every session of this person."""

    acting_for: int | None = None
    """Set on the person of a request: the organisation chosen at ACM/IDM, 0 when none was.

    Rights that ACM/IDM gave count only in a session for that organisation. None outside a request.
    """
    viewed_by: "User | None" = None
    """Set on the person of a request: the administrator who sees the portal as this person."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    if TYPE_CHECKING:
        memberships: RelatedManager["Membership"]

    class Meta:
        verbose_name = _("persoon")
        verbose_name_plural = _("personen")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message=_("Er is al een account met dit e-mailadres."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end when the password changes, and when the series is raised."""
        of_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_series:
            return of_password
        return salted_hmac(
            "accounts.session_series",
            f"{of_password}{self.session_series}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @cached_property
    def staff_roles(self) -> frozenset[StaffRole]:
        """Roles in the programme; one query per request."""
        if not self.is_active:
            return frozenset()
        names = set(self.groups.values_list("name", flat=True))
        return frozenset(role for role in StaffRole if role.value in names)

    @property
    def roles_in_programme(self) -> list[StaffRole]:
        """As `staff_roles`, in order, for a list that fetched the groups beforehand."""
        names = {group.name for group in self.groups.all()}
        return [role for role in StaffRole if role.value in names]

    def has_staff_role(self, *roles: StaffRole) -> bool:
        return not self.staff_roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Who may enter /admin/: follows from the role, so it is no column that can disagree."""
        return self.is_superuser or self.has_staff_role(StaffRole.ADMINISTRATOR, StaffRole.AUDITOR)

    @property
    def is_programme_staff(self) -> bool:
        return bool(self.staff_roles)

    @cached_property
    def own_memberships(self) -> list["Membership"]:
        """Organisations with the role in each, by name; one query per request."""
        if not self.is_active:
            return []
        held = self.memberships.select_related("organisation").order_by("organisation__name", "pk")
        if self.acting_for is not None:
            by_hand = models.Q(source=MembershipSource.PORTAL)
            held = held.filter(by_hand | models.Q(organisation=self.acting_for))
        return list(held)

    @cached_property
    def member_roles(self) -> dict[int, MemberRole]:
        """Role per organisation id; no query beside that of `own_memberships`."""
        return {
            membership.organisation_id: MemberRole(membership.role)
            for membership in self.own_memberships
        }

    def has_member_role(self, organisation_id: int, least: MemberRole) -> bool:
        role = self.member_roles.get(organisation_id)
        return role is not None and role.includes(least)


class OrganisationType(models.TextChoices):
    """Kinds of public bodies (domain.md 2.2)."""

    DEPARTMENT = "department", _("Vlaams departement")
    AGENCY = "agency", _("Vlaams agentschap")
    MUNICIPALITY = "municipality", _("Stad of gemeente")
    OCMW = "ocmw", _("OCMW")
    PROVINCE = "province", _("Provincie")
    INTERMUNICIPAL = "intermunicipal", _("Intergemeentelijk samenwerkingsverband")
    AUTONOMOUS_COMPANY = "autonomous_company", _("Autonoom gemeente- of provinciebedrijf")
    POLICE_ZONE = "police_zone", _("Politiezone")
    RESCUE_ZONE = "rescue_zone", _("Hulpverleningszone")
    POLDER_WATERING = "polder_watering", _("Polder of watering")
    HOSPITAL = "hospital", _("Ziekenhuis")
    CARE = "care", _("Zorginstelling")
    EDUCATION = "education", _("Onderwijsinstelling")
    RESEARCH = "research", _("Onderzoeksinstelling")
    PUBLIC_COMPANY = "public_company", _("Overheidsonderneming")
    OTHER = "other", _("Andere")


LOCAL_AUTHORITY_TYPES = frozenset(
    {
        OrganisationType.MUNICIPALITY,
        OrganisationType.OCMW,
        OrganisationType.PROVINCE,
        OrganisationType.INTERMUNICIPAL,
        OrganisationType.AUTONOMOUS_COMPANY,
        OrganisationType.POLICE_ZONE,
        OrganisationType.RESCUE_ZONE,
        OrganisationType.POLDER_WATERING,
    }
)
"""What the access-management documentation counts as "lokaal bestuur" (domain.md 2.2)."""


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> Self:
        """Staff see all; others the organisations they are a member of."""
        if user.is_programme_staff:
            return self
        return self.filter(pk__in=user.member_roles)

    def of_local_authorities(self) -> Self:
        return self.filter(type__in=LOCAL_AUTHORITY_TYPES)


class Organisation(models.Model):
    """A public body that applies or takes part.

    KBO is not unique: Flemish departments share the number of one legal person (domain.md 2.3).
    """

    name = models.CharField(_("naam"), max_length=200)
    type = models.CharField(_("soort"), max_length=30, choices=OrganisationType)
    kbo = models.CharField(
        _("ondernemingsnummer (KBO)"), max_length=10, blank=True, validators=[validate_kbo]
    )
    ovo = models.CharField(_("OVO-code"), max_length=9, blank=True, validators=[validate_ovo])
    nis = models.CharField(_("NIS-code"), max_length=5, blank=True, validators=[validate_nis])
    street = models.CharField(_("straat en nummer"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=4, blank=True)
    city = models.CharField(_("gemeente"), max_length=100, blank=True)
    province = models.CharField(_("provincie"), max_length=60, blank=True)
    is_verified = models.BooleanField(
        _("nagekeken"),
        default=False,
        help_text=_("Een medewerker heeft nagegaan dat dit een aanbestedende overheid is."),
    )
    is_fictional = models.BooleanField(_("voorbeelddata"), default=False)
    created_at = models.DateTimeField(_("aangemaakt op"), default=clock.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    if TYPE_CHECKING:
        memberships: RelatedManager["Membership"]

    class Meta:
        verbose_name = _("organisatie")
        verbose_name_plural = _("organisaties")
        ordering = ["name", "pk"]
        constraints = [
            check(
                "accounts_organisation_kbo_ten_digits",
                models.Q(kbo="") | models.Q(kbo__regex=r"^[01]\d{9}$"),
                _("Een ondernemingsnummer heeft tien cijfers."),
            ),
            unique(
                "accounts_organisation_ovo_once",
                "ovo",
                condition=~models.Q(ovo=""),
                message=_("Er is al een organisatie met deze OVO-code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kbo_display(self) -> str:
        return format_kbo(self.kbo)

    @property
    def is_local_authority(self) -> bool:
        return self.type in LOCAL_AUTHORITY_TYPES


class MembershipSource(models.TextChoices):
    """Who gave the role: a manager in the portal, or the organisation's access manager."""

    PORTAL = "portal", _("in het portaal gegeven")
    ACM_IDM = "acm_idm", _("komt van ACM/IDM")


class Membership(models.Model):
    """A person's role in an organisation."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("persoon")
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisatie")
    )
    role = models.CharField(_("rol"), max_length=20, choices=MemberRole)
    source = models.CharField(
        _("herkomst"),
        max_length=20,
        choices=MembershipSource,
        default=MembershipSource.PORTAL,
        editable=False,
    )
    created_at = models.DateTimeField(_("sinds"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("lidmaatschap")
        verbose_name_plural = _("lidmaatschappen")
        ordering = ["organisation__name", "user__last_name", "pk"]
        constraints = [
            unique(
                "accounts_membership_once",
                "user",
                "organisation",
                message=_("Deze persoon hoort al bij deze organisatie."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.get_role_display()})"

    @property
    def is_from_acm_idm(self) -> bool:
        return self.source == MembershipSource.ACM_IDM


class ExternalIdentity(models.Model):
    """A person as ACM/IDM knows it; an account is found by this and never by e-mail.

    `subject` is `vo_id`: the national register number is not asked and not stored (domain.md 9.3).
    """

    user = models.OneToOneField(
        User, models.CASCADE, related_name="external_identity", verbose_name=_("persoon")
    )
    issuer = models.CharField(_("uitgever"), max_length=200)
    subject = models.CharField(_("sleutel (vo_id)"), max_length=200)
    staff_roles = models.JSONField(
        _("rollen in het programma volgens ACM/IDM"), default=list, blank=True
    )
    """Names of the groups that came from ACM/IDM: those, and no others, are dropped when lost."""
    created_at = models.DateTimeField(_("sinds"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("koppeling met ACM/IDM")
        verbose_name_plural = _("koppelingen met ACM/IDM")
        ordering = ["user__last_name", "pk"]
        constraints = [
            unique(
                "accounts_identity_once",
                "issuer",
                "subject",
                message=_("Deze persoon van ACM/IDM is al met een account verbonden."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class ExternalOrganisation(models.Model):
    """Which organisation is meant by a code of ACM/IDM: a KBO number, OVO code or school number.

    Several departments may share one KBO number; their OVO codes tell them apart.
    """

    code = models.CharField(_("code bij ACM/IDM"), max_length=40, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name=_("organisatie")
    )
    created_at = models.DateTimeField(_("sinds"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("organisatie bij ACM/IDM")
        verbose_name_plural = _("organisaties bij ACM/IDM")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} – {self.organisation}"


class Attempt(models.Model):
    """One try of something that only so many may be tried of; removed after a day."""

    what = models.CharField(_("wat"), max_length=40)
    key = models.CharField(_("van wie of waar"), max_length=64)
    """A digest of an address: nobody reads back whose it was."""
    at = models.DateTimeField(_("tijdstip"), default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("poging")
        verbose_name_plural = _("pogingen")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["what", "key", "at"], name="accounts_attempt_of")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class SignedInDevice(models.Model):
    """Where somebody is signed in now, for that person alone to see and to end.

    No more of a device than a person needs to know it by; the row goes with the session.
    """

    user = models.ForeignKey(
        User, models.CASCADE, related_name="signed_in_devices", verbose_name=_("persoon")
    )
    session_key = models.CharField(_("sessie"), max_length=40, db_index=True, editable=False)
    device = models.CharField(_("toestel"), max_length=60)
    address = models.GenericIPAddressField(_("adres"), null=True)
    began_at = models.DateTimeField(_("aangemeld op"), default=clock.now)
    seen_at = models.DateTimeField(_("laatst actief"), default=clock.now)
    ends_at = models.DateTimeField(_("eindigt op"), db_index=True)

    class Meta:
        verbose_name = _("aangemeld toestel")
        verbose_name_plural = _("aangemelde toestellen")
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return self.device
