"""Files on disk, room for more, and backups of both."""

import shutil
import time
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import clock
from common.formatting import format_moment
from documents import conf as documents_conf
from documents import storage as storage_of_files
from documents.models import ScanState, StoredFile
from operations.backups.folder import backups
from operations.checks.registry import SHOWN, Finding, check, fault, ok, warning
from operations.health import scanner_answers

SAMPLE = 200
SCAN_LATE = timedelta(minutes=30)
_GIGABYTE = 1_000_000_000
_YOUNG = 3600  # seconds in which a file may stand there before its row is committed


@check("files", gettext_lazy("Bestanden"), of_data=True)
def files(*, full: bool) -> Finding:
    """A sample is the latest files; of all, also the hash of the content is worked out again."""
    kept = StoredFile.objects.order_by("-created_at", "pk")
    place, looked, wrong = storage_of_files.here(), 0, []
    for stored in (kept if full else kept[:SAMPLE]).iterator(chunk_size=500):
        looked += 1
        size = place.size(stored.storage_name)
        if size is None:
            wrong.append(_("%(name)s ontbreekt") % {"name": stored.storage_name})
        elif size != stored.size or place.sha256(stored.storage_name) != stored.sha256:
            wrong.append(_("%(name)s is beschadigd") % {"name": stored.storage_name})
    if wrong:
        return fault(
            ngettext(
                "%(n)s bestand is verloren of beschadigd.",
                "%(n)s bestanden zijn verloren of beschadigd.",
                len(wrong),
            )
            % {"n": len(wrong)},
            wrong,
        )
    return ok(
        ngettext("%(n)s bestand nagekeken.", "%(n)s bestanden nagekeken.", looked) % {"n": looked}
    )


@check("orphans", gettext_lazy("Bestanden zonder gegevens"), of_data=False)
def orphans(*, full: bool) -> Finding:
    """Files that no row knows: harmless, but they take room and may hold what should be gone."""
    oldest = time.time() - _YOUNG
    found = {one.name for one in storage_of_files.here().listed() if one.written_at < oldest}
    known = set(
        StoredFile.objects.filter(storage_name__in=found).values_list("storage_name", flat=True)
    )
    lost = sorted(found - known)
    if lost:
        return warning(
            ngettext(
                "%(n)s bestand hoort nergens bij.",
                "%(n)s bestanden horen nergens bij.",
                len(lost),
            )
            % {"n": len(lost)},
            lost,
        )
    return ok(_("Elk bestand hoort bij gegevens in het portaal."))


@check("storage", gettext_lazy("Opslag"), of_data=False)
def storage(*, full: bool) -> Finding:
    """That of the files, and the disk on which documents are made also when they go to a bucket."""
    root, place = documents_conf.media_root(), storage_of_files.here()
    try:
        storage_of_files.Disk(root).try_out()
    except OSError as error:
        return fault(
            _("In MEDIA_ROOT kan niet geschreven worden: %(error)s") % {"error": error.strerror}
        )
    free = shutil.disk_usage(root).free / _GIGABYTE
    words = {"free": f"{free:.1f}".replace(".", ","), "least": settings.FREE_GIGABYTES}
    if free < settings.FREE_GIGABYTES:
        return fault(_("Nog %(free)s GB vrij; het minimum is %(least)s GB.") % words)
    if not place.is_disk:
        place.try_out()
    if place.keeps_what_is_removed():
        return warning(
            _("De bucket bewaart ook wat verwijderd is: wat vernietigd moet zijn, blijft bestaan.")
        )
    return ok(_("Er kan geschreven worden; %(free)s GB vrij.") % words)


@check("backup", gettext_lazy("Back-up"), of_data=False)
def backup(*, full: bool) -> Finding:
    if not settings.BACKUP_DIR:
        return warning(_("BACKUP_DIR is leeg: het portaal weet niet of er back-ups zijn."))
    kept = backups()
    if not kept:
        return fault(_("Er is nog geen back-up."))
    made_at = kept[0].made_at
    words = {"moment": format_moment(made_at), "hours": settings.BACKUP_HOURS}
    if clock.now() - made_at > timedelta(hours=settings.BACKUP_HOURS):
        return fault(_("De laatste back-up is ouder dan %(hours)s uur: %(moment)s.") % words)
    return ok(_("De laatste back-up is van %(moment)s.") % words)


@check("restore", gettext_lazy("Terugzetproef"), of_data=False)
def restore(*, full: bool) -> Finding:
    tested = max((one.tested_at for one in backups() if one.tested_at), default=None)
    if tested is None:
        return warning(_("Nog nooit is nagekeken of een back-up teruggezet kan worden."))
    words = {"moment": format_moment(tested), "days": settings.RESTORE_TEST_DAYS}
    if clock.now() - tested > timedelta(days=settings.RESTORE_TEST_DAYS):
        return warning(
            _("De laatste terugzetproef is ouder dan %(days)s dagen: %(moment)s.") % words
        )
    return ok(_("De laatste terugzetproef is van %(moment)s.") % words)


@check("scanner", gettext_lazy("Virusscanner"), of_data=False)
def scanner(*, full: bool) -> Finding:
    """Whether it answers, what waits too long for it, and what it found."""
    found = StoredFile.objects.order_by("-created_at", "pk")
    infected = [
        _("%(name)s van %(moment)s: %(virus)s")
        % {
            "name": one.storage_name,
            "moment": format_moment(one.created_at),
            "virus": one.scan_note,
        }
        for one in found.filter(scan_state=ScanState.INFECTED)[:SHOWN]
    ]
    if not documents_conf.clamd_address():
        return warning(
            _("CLAMD_ADDRESS is leeg: bestanden worden niet nagekeken op virussen."), infected
        )
    if not scanner_answers():
        return fault(_("De virusscanner antwoordt niet: nieuwe bestanden wachten."))
    late = found.filter(
        scan_state=ScanState.PENDING, created_at__lt=clock.now() - SCAN_LATE
    ).count()
    if late:
        return fault(
            ngettext(
                "%(n)s bestand wacht al langer dan een half uur op de virusscanner.",
                "%(n)s bestanden wachten al langer dan een half uur op de virusscanner.",
                late,
            )
            % {"n": late}
        )
    failed = found.filter(scan_state=ScanState.ERROR)
    if names := [f"{one.storage_name}: {one.scan_note}" for one in failed[:SHOWN]]:
        number = failed.count()
        return warning(
            ngettext(
                "%(n)s bestand kon niet nagekeken worden.",
                "%(n)s bestanden konden niet nagekeken worden.",
                number,
            )
            % {"n": number},
            names,
        )
    if infected:
        return warning(
            _("In deze bestanden is een virus gevonden. Niemand kan ze openen."), infected
        )
    return ok(_("De virusscanner antwoordt, en elk bestand is nagekeken."))
