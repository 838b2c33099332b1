"""What people ask about their data: each question is a row with a clock."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.moments import add_months, today
from documents.models import Job
from documents.services import request_document
from notifications.mails import portal_url
from notifications.services import queue_mail
from retention.lifecycle import REQUEST_LIFECYCLE, RequestState
from retention.models import PrivacyRequest, RequestKind, RequestWay
from retention.policies import may_handle

OWN_DATA = "retention.own_data"
"""The kind of document that holds what the portal knows of one person."""


def ask(*, kind: str, text: str, by: User) -> PrivacyRequest:
    """A person asks something about the own data; the answer is due within the month.

    Raises:
        ValidationError: without a text, or while the same kind of question is still open.
    """
    with transaction.atomic():
        # One at a time of one person: who presses twice asks once.
        User.objects.select_for_update().get(pk=by.pk)
        if by.privacy_requests.open().filter(kind=kind).exists():
            raise ValidationError(_("U vroeg dit al. Wij antwoorden u eerst op die vraag."))
        return _register(
            person=by, kind=kind, way=RequestWay.PORTAL, text=text, received_on=today(), by=by
        )


def register_request(
    *, person: User, kind: str, text: str, received_on: date, by: Any
) -> PrivacyRequest:
    """Staff register what a person asked by letter or mail, on the day it arrived.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: without a text, or with a day that has yet to come.
    """
    may_handle.check(by)
    if received_on > today():
        raise ValidationError({"received_on": _("De vraag kan niet later ontvangen zijn dan nu.")})
    with transaction.atomic():
        return _register(
            person=person,
            kind=kind,
            way=RequestWay.LETTER,
            text=text,
            received_on=received_on,
            by=by,
        )


def _register(
    *, person: User, kind: str, way: str, text: str, received_on: date, by: Any
) -> PrivacyRequest:
    if not text.strip():
        raise ValidationError({"text": _("Schrijf wat gevraagd wordt.")})
    request = PrivacyRequest.objects.create(
        person=person,
        kind=RequestKind(kind),
        way=way,
        text=text.strip(),
        registered_by=by,
        received_on=received_on,
        due_on=add_months(received_on, settings.PRIVACY_REQUEST_MONTHS),
    )
    record(
        actor=by,
        action="retention.data_asked",
        label="Vraag over persoonsgegevens geregistreerd",
        about=request,
        data={"kind": request.kind, "person": person.pk},
    )
    return request


def extend_request(*, request: PrivacyRequest, reason: str, by: Any) -> PrivacyRequest:
    """Take the two months more that the law allows once, and tell the person why (AVG art. 12.3).

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when it was answered, was extended before, or no reason is given.
    """
    may_handle.check(by)
    with transaction.atomic():
        locked = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if locked.state != RequestState.OPEN:
            raise ValidationError(_("Deze vraag is al beantwoord."))
        if locked.extension_reason:
            raise ValidationError(_("De termijn is al een keer verlengd. Nog eens kan niet."))
        if not reason.strip():
            raise ValidationError({"reason": _("Schrijf waarom het antwoord later komt.")})
        locked.extension_reason = reason.strip()
        locked.due_on = add_months(locked.due_on, settings.PRIVACY_EXTENSION_MONTHS)
        locked.save(update_fields=["extension_reason", "due_on"])
        record(
            actor=by,
            action="retention.request_extended",
            label="Termijn van een vraag verlengd",
            about=locked,
            comment=reason,
        )
        _tell(locked, "retention/mail/request_extended.md", "extended")
    return locked


def answer_request(
    *, request: PrivacyRequest, granted: bool, answer: str, by: Any
) -> PrivacyRequest:
    """Grant or refuse, with words for the person, who gets a mail that the answer is there.

    What was asked to be corrected is corrected first, on its own page; the answer says what.

    Raises:
        PermissionDenied, TransitionRefused: when `by` may not, or it was answered.
        ValidationError: without an answer.
    """
    if not answer.strip():
        raise ValidationError({"answer": _("Schrijf het antwoord.")})
    with transaction.atomic(), readable_constraints():
        locked = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        locked.answer = answer.strip()
        locked.answered_by, locked.answered_at = by, clock.now()
        REQUEST_LIFECYCLE.perform(
            locked,
            "grant" if granted else "refuse",
            actor=by,
            save=["answer", "answered_by", "answered_at"],
        )
        _tell(locked, "retention/mail/request_answered.md", "answered")
    return locked


def _tell(request: PrivacyRequest, template: str, what: str) -> None:
    queue_mail(
        kind=f"retention.request_{what}",
        to=request.person,
        template=template,
        context={"number": request.pk, "url": portal_url("retention:request", request.pk)},
        about=request,
        dedupe_key=f"retention.request_{what}:{request.pk}",
    )


def make_export(*, person: User, by: User) -> Job:
    """Ask for the file with all that the portal holds on `person`, for `person` or for staff.

    Raises:
        PermissionDenied: when `by` is another person and may not.
    """
    if by.pk != person.pk:
        may_handle.check(by)
    with transaction.atomic():
        job = request_document(
            kind=OWN_DATA,
            params={"person": person.pk, "reader": by.pk},
            requested_by=by,
            title=_("Gegevens van persoon %(number)s") % {"number": person.pk},
        )
        record(
            actor=by,
            action="retention.own_data_made",
            label="Overzicht van persoonsgegevens gevraagd",
            about=person,
        )
    return job
