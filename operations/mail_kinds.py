"""The kinds of message about how the portal works, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Audience, MailKind

FILES = _("Uw bestanden")

KINDS = (
    MailKind(
        code="operations.virus_found",
        label=_("Virus in een bestand dat u stuurde"),
        because=_("dit bestand stuurde"),
        group=FILES,
        audience=Audience.EVERYBODY,
        always=_("Een virus kan ook op uw computer staan."),
    ),
    MailKind(
        code="operations.virus_found_staff",
        label=_("Virus in een bestand van een dossier"),
        because=_("dit dossier opvolgt"),
        group=FILES,
        audience=Audience.STAFF,
    ),
)
