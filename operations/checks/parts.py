"""The running portal: clocks, workers, what waits too long."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.formatting import format_day, format_moment
from documents.models import Job, JobState
from documents.signing import CertificateError, certificate
from notifications.lifecycle import MailState
from notifications.models import OutboxMail, Reminder
from operations.checks.registry import Finding, check, fault, ok, warning
from operations.health import broker_answers
from operations.metrics import LATE, RECENT
from operations.selectors import last_signs, silent_parts
from reporting.standby import Look, Reason, has_standby, look

CLOCK_WARNING = timedelta(seconds=1)
CLOCK_FAULT = timedelta(seconds=10)
CERTIFICATE_WARNING = timedelta(days=60)
STUCK = timedelta(minutes=30)
DEAD = timedelta(minutes=10)
"""So long after a worker's last sign of life the sweep should have given its job to another."""


@check("clocks", gettext_lazy("Klokken"), of_data=False)
def clocks(*, full: bool) -> Finding:
    """The machine decides whether a submission is in time, the database when it was recorded."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database,) = cursor.fetchone()
    after = timezone.now()
    apart = max(before - database, database - after, timedelta(0))
    sentence = _("Machine en databank verschillen %(seconds)s seconden.") % {
        "seconds": f"{apart.total_seconds():.1f}".replace(".", ",")
    }
    if apart > CLOCK_FAULT:
        return fault(sentence)
    return warning(sentence) if apart > CLOCK_WARNING else ok(sentence)


@check("broker", gettext_lazy("Berichtenbus"), of_data=False)
def broker(*, full: bool) -> Finding:
    if broker_answers():
        return ok(_("De berichtenbus antwoordt."))
    return fault(_("De berichtenbus antwoordt niet: al het werk op de achtergrond wacht."))


@check("parts", gettext_lazy("Workers en beat"), of_data=False)
def parts(*, full: bool) -> Finding:
    signs = last_signs()
    silent = silent_parts(signs)
    if not signs:
        return warning(_("Nog geen enkel onderdeel gaf een teken van leven."))
    if silent:
        return fault(
            _("%(n)s onderdelen geven geen teken van leven.") % {"n": len(silent)},
            [
                _("%(part)s: laatst gezien %(moment)s")
                % {"part": part, "moment": format_moment(seen) if seen else _("nooit")}
                for part, seen in silent.items()
            ],
        )
    return ok(_("Elk onderdeel gaf zopas een teken van leven."))


@check("jobs", gettext_lazy("Documenttaken"), of_data=False)
def jobs(*, full: bool) -> Finding:
    now = clock.now()
    stuck = Job.objects.filter(
        Q(state=JobState.QUEUED, requested_at__lt=now - STUCK)
        | Q(state=JobState.RUNNING, lease_until__lt=now - DEAD)
    ).order_by("requested_at", "pk")
    names = [f"{kind} {pk}" for kind, pk in stuck.values_list("kind", "pk")[:100]]
    if names:
        return fault(_("%(n)s taken zitten vast.") % {"n": len(names)}, names)
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=now - RECENT)
    lost = [
        f"{kind} {pk}" for kind, pk in failed.order_by("-finished_at").values_list("kind", "pk")
    ]
    if lost:
        return warning(_("%(n)s taken mislukten in de laatste 30 dagen.") % {"n": len(lost)}, lost)
    return ok(_("Geen enkele taak zit vast."))


@check("certificate", gettext_lazy("Certificaat van de handtekening"), of_data=False)
def signing_certificate(*, full: bool) -> Finding:
    """Letters that should be signed are not made while the certificate can not sign."""
    try:
        found = certificate()
    except CertificateError as error:
        return fault(_("Het certificaat kan niet gelezen worden: %(why)s.") % {"why": error})
    if found is None:
        return ok(_("Er is geen certificaat ingesteld: documenten worden niet ondertekend."))
    words = {"subject": found.subject, "day": format_day(found.not_after)}
    if not found.is_valid_now:
        return fault(_("Het certificaat %(subject)s is niet geldig (tot %(day)s).") % words)
    if found.not_after - clock.now() < CERTIFICATE_WARNING:
        return warning(_("Het certificaat %(subject)s vervalt op %(day)s.") % words)
    return ok(_("Het certificaat %(subject)s is geldig tot %(day)s.") % words)


@check("standby", gettext_lazy("Leeskopie voor rapporten"), of_data=False)
def standby(*, full: bool) -> Finding:
    """Reports are right without it too; what is no standby of this database is a wrong address."""
    if not has_standby():
        return ok(_("Er is geen leeskopie ingesteld: rapporten lezen de databank zelf."))
    found = look()
    match found.reason:
        case None:
            return ok(_("De leeskopie weet alles wat de databank weet."))
        case Reason.OTHER_DATABASE:
            return fault(_("De leeskopie hoort niet bij deze databank. Rapporten lezen haar niet."))
        case Reason.NO_STANDBY:
            return fault(
                _("De leeskopie volgt de databank niet meer. Rapporten lezen de databank zelf.")
            )
        case Reason.BEHIND:
            return warning(
                _("De leeskopie loopt achter. Rapporten lezen de databank zelf."),
                [_("Laatste boeking of wijziging daar: %(age)s geleden.") % {"age": _age(found)}]
                if found.behind is not None
                else [],
            )
        case _:
            return warning(_("De leeskopie antwoordt niet. Rapporten lezen de databank zelf."))


def _age(found: Look) -> str:
    seconds = int(found.behind.total_seconds()) if found.behind else 0
    return str(timedelta(seconds=seconds))


@check("reminders", gettext_lazy("Herinneringen"), of_data=False)
def reminders(*, full: bool) -> Finding:
    late = Reminder.objects.late(clock.now(), LATE).order_by("due_at", "pk")
    names = [f"{rule} {pk}" for rule, pk in late.values_list("rule", "pk")[:100]]
    if names:
        return fault(_("%(n)s herinneringen zijn te laat.") % {"n": len(names)}, names)
    return ok(_("Elke herinnering waarvan het moment er is, is verstuurd of overgeslagen."))


@check("mails", gettext_lazy("Mails"), of_data=False)
def mails(*, full: bool) -> Finding:
    now = clock.now()
    waiting = OutboxMail.objects.ready(now - STUCK).count()
    if waiting:
        return fault(_("%(n)s mails wachten al langer dan een half uur.") % {"n": waiting})
    unsure = OutboxMail.objects.filter(
        state__in=[MailState.UNCERTAIN, MailState.FAILED], created_at__gte=now - RECENT
    ).count()
    if unsure:
        return warning(
            _("%(n)s mails zijn onzeker of mislukt: kijk ze na bij Herinneringen en mails.")
            % {"n": unsure}
        )
    return ok(_("Geen mail blijft liggen."))
