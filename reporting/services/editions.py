"""Making an edition of the yearly report, and signing it as a second person."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.formatting import format_deadline
from documents.models import Job
from documents.services import request_document
from reporting.documents import REPORT_PDF, REPORT_XLSX, REPORT_ZIP, report_params
from reporting.models import ReportEdition
from reporting.policies import may_make_edition, may_sign_edition
from reporting.services.horizon import close_the_past
from reporting.yearly.building import LANGUAGE, build_yearly_report
from reporting.yearly.exports import content_hash


def make_edition(*, year: int, cut_off: datetime, by: User) -> ReportEdition:
    """Close the past before `cut_off`, take the hash of the figures, and have the files made.

    Call it outside a transaction (close_the_past).

    Raises:
        PermissionDenied: when `by` may not make an edition.
        ValidationError: a cut-off in the future, or a booking that does not end.
    """
    may_make_edition.check(by)
    close_the_past(until=cut_off, by=by)
    report = build_yearly_report(year=year, cut_off=cut_off, generated_by=str(by))
    with transaction.atomic(), readable_constraints():
        last = ReportEdition.objects.filter(year=year).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
        pdf, spreadsheet, archive = (
            _request(kind, year, number, cut_off, by)
            for kind in (REPORT_PDF, REPORT_XLSX, REPORT_ZIP)
        )
        edition = ReportEdition.objects.create(
            year=year,
            number=number,
            cut_off=cut_off,
            content_hash=content_hash(report),
            pdf=pdf,
            spreadsheet=spreadsheet,
            archive=archive,
            made_by=by,
        )
        record(
            actor=by,
            action="edition.made",
            label=_("Editie van het jaarrapport gemaakt"),
            about=edition,
            data={"hash": edition.content_hash},
        )
    return edition


def _request(kind: str, year: int, number: int, cut_off: datetime, by: User) -> Job:
    params = report_params(year=year, cut_off=cut_off, by=str(by))
    with translation.override(LANGUAGE):
        title = _("Jaarrapport %(year)s, editie %(number)s, stand %(cut_off)s") % {
            "year": year,
            "number": number,
            "cut_off": format_deadline(cut_off),
        }
    return request_document(
        kind=kind, params={**params, "edition": number}, requested_by=by, title=title
    )


@transaction.atomic
def sign_edition(*, edition: ReportEdition, by: User) -> ReportEdition:
    """Sign an edition whose files are there; its figures are worked out again and must agree.

    Raises:
        PermissionDenied: when `by` made it, or may not sign.
        ValidationError: signed already, files not ready, or figures that are other ones.
    """
    edition = ReportEdition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    may_sign_edition.check(by, edition)
    if edition.is_signed:
        raise ValidationError(_("Deze editie is al ondertekend."))
    if not edition.is_ready:
        raise ValidationError(_("De bestanden van deze editie zijn nog niet klaar."))
    again = build_yearly_report(year=edition.year, cut_off=edition.cut_off, generated_by=str(by))
    if content_hash(again) != edition.content_hash:
        raise ValidationError(
            _("De cijfers van deze stand zijn niet meer dezelfde. Meld dit aan de beheerder.")
        )
    edition.signed_by = by
    edition.signed_at = clock.now()
    with readable_constraints():
        edition.save(update_fields=["signed_by", "signed_at"])
    record(
        actor=by,
        action="edition.signed",
        label=_("Editie van het jaarrapport ondertekend"),
        about=edition,
        data={"hash": edition.content_hash},
    )
    return edition
