"""Roles: of a person in an organisation (Membership) and of staff (groups)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberRole(models.TextChoices):
    """What a member of an organisation may do; each role includes the ones before it."""

    READER = "reader", _("Lezer")
    EDITOR = "editor", _("Bewerker")
    SUBMITTER = "submitter", _("Indiener")
    MANAGER = "manager", _("Beheerder")

    @property
    def rank(self) -> int:
        return list(MemberRole).index(self)

    def includes(self, other: "MemberRole") -> bool:
        return self.rank >= other.rank


class StaffRole(models.TextChoices):
    """Staff roles; the value is the name of the Django group (domain.md 1.3)."""

    TEAM_MEMBER = "pio_team_member", _("PIO-teamlid")
    PROJECT_LEADER = "pio_project_leader", _("PIO-projectleider")
    ADVISER = "vlaio_adviser", _("VLAIO-adviseur")
    PROGRAMME_MANAGER = "programme_manager", _("Programmamanager")
    COMMITTEE_SECRETARY = "committee_secretary", _("Secretaris Beslissingscomité")
    ADMINISTRATOR = "administrator", _("Beheerder portaal")
    AUDITOR = "auditor", _("Auditor (alleen lezen)")
