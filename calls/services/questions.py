"""Questions of visitors about a call, and what the team does with them."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call, CallFollower, CallQuestion, PublicPost
from calls.policies import may_manage_calls
from calls.services.followers import tell_followers
from calls.services.limits import count_post
from common import clock
from notifications.services import portal_url, queue_mail

ADDRESS_KEPT = timedelta(days=365)

PER_PLACE = 10
"""How many questions an hour may come from one place; an office shares one network address."""

PER_ADDRESS = 5
"""How many receipts an hour one mailbox gets at most, whoever types its address."""


@transaction.atomic
def ask_question(*, call: Call, question: str, email: str = "", place: str) -> CallQuestion:
    """Keep a question for the team, tell its contact address, and send a receipt to `email`.

    Neither mail repeats the question: the form must not carry texts of strangers to an address.
    place: the address of the network, only to count.

    Raises:
        ValidationError: when too many came from here in the past hour, or by field.
    """
    if not count_post(form=PublicPost.Form.QUESTION, sender=place, most=PER_PLACE):
        raise ValidationError(
            _(
                "Van hieruit kwamen net te veel vragen. Probeer het over een uur opnieuw, of mail"
                " het PIO-team."
            ),
            code="limit",
        )
    asked = CallQuestion(call=call, question=question.strip(), asker_email=email.strip().lower())
    asked.full_clean()
    asked.save()
    record(actor=None, action="question.asked", label=_("Vraag gesteld"), about=asked)
    if call.contact_email:
        queue_mail(
            kind="calls.question_asked",
            to=call.contact_email,
            template="calls/mail/question_asked.md",
            context={"call": call, "url": portal_url("calls:answer", call.slug, asked.pk)},
            about=call,
        )
    if asked.asker_email and count_post(
        form=PublicPost.Form.QUESTION, sender=asked.asker_email, most=PER_ADDRESS
    ):
        queue_mail(
            kind="calls.question_received",
            to=asked.asker_email,
            template="calls/mail/question_received.md",
            context={"call": call, "url": portal_url("calls:questions", call.slug)},
            about=call,
        )
    return asked


@transaction.atomic
def publish_answer(
    *, question: CallQuestion, text: str, answer: str, by: User, tell: bool = False
) -> None:
    """Show the question, in the words of `text`, with its answer to everybody; mail the asker.

    Done again with other words it corrects what is public, and the asker hears that too; with the
    same words nothing happens. `tell`: mail those who follow this call as well.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: by field, or when the call is not public.
    """
    current = _locked(question, by)
    if not current.call.is_public:
        raise ValidationError(_("De oproep is niet publiek. Antwoord alleen de vraagsteller."))
    text, answer = text.strip(), answer.strip()
    if current.published_at and (current.question, current.answer) == (text, answer):
        return
    current.question, current.answer = text, answer
    current.published_at = clock.now()
    current.dismissed_at = None
    _save_answer(current, by)
    record(
        actor=by,
        action="call.question_published",
        label=_("Vraag beantwoord en gepubliceerd"),
        about=current.call,
        data={"id": current.pk},
    )
    version = current.published_at.isoformat()
    page = {
        "call": current.call,
        "question": text,
        "answer": answer,
        "url": f"{portal_url('calls:questions', current.call.slug)}#vraag-{current.pk}",
    }
    _mail_asker(current, page, key=f"calls.answered:{current.pk}:{version}")
    if tell:
        tell_followers(
            call=current.call,
            followers=CallFollower.objects.confirmed()
            .filter(call=current.call)
            .exclude(email=current.asker_email)
            .order_by("pk"),
            kind="calls.question_published",
            template="calls/mail/question_published.md",
            context=page,
            key=f"calls.question:{current.pk}:{version}",
        )


@transaction.atomic
def answer_privately(*, question: CallQuestion, answer: str, by: User) -> None:
    """Mail the answer to who asked, and show nothing to others.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: by field, or when there is no address, or it is public already.
    """
    current = _locked(question, by)
    if not current.asker_email:
        raise ValidationError(
            _("De vraagsteller gaf geen e-mailadres. Publiceer het antwoord of leg de vraag opzij.")
        )
    if current.published_at:
        raise ValidationError(_("Deze vraag is al gepubliceerd."))
    if current.answer == answer.strip():
        return
    current.answer = answer.strip()
    current.dismissed_at = None
    _save_answer(current, by)
    record(actor=by, action="question.answered", label=_("Vraag beantwoord"), about=current)
    _mail_asker(
        current,
        {"call": current.call, "question": current.question, "answer": current.answer, "url": ""},
        key=f"calls.answered:{current.pk}:{clock.now().isoformat()}",
    )


@transaction.atomic
def dismiss_question(*, question: CallQuestion, by: User) -> None:
    """Set a question aside: spam, or already answered elsewhere. It can still be answered later.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when it has been answered.
    """
    current = _locked(question, by)
    if current.answer:
        raise ValidationError(_("Deze vraag is al beantwoord."))
    if current.dismissed_at:
        return
    current.dismissed_at = clock.now()
    current.save(update_fields=["dismissed_at"])
    record(actor=by, action="question.dismissed", label=_("Vraag opzijgelegd"), about=current)


@transaction.atomic
def forget_askers() -> int:
    """Remove the addresses of who asked something a year ago; returns how many."""
    old = CallQuestion.objects.filter(asked_at__lt=clock.now() - ADDRESS_KEPT)
    return old.exclude(asker_email="").update(asker_email="")


def _locked(question: CallQuestion, by: User) -> CallQuestion:
    may_manage_calls.check(by)
    return (
        CallQuestion.objects.select_for_update(of=("self",))
        .select_related("call")
        .get(pk=question.pk)
    )


def _save_answer(question: CallQuestion, by: User) -> None:
    if not question.answer:
        raise ValidationError({"answer": _("Schrijf een antwoord.")})
    question.answered_by = by
    question.full_clean()
    question.save()


def _mail_asker(question: CallQuestion, page: dict[str, object], *, key: str) -> None:
    if question.asker_email:
        queue_mail(
            kind="calls.question_answered",
            to=question.asker_email,
            template="calls/mail/question_answered.md",
            context=page,
            about=question.call,
            dedupe_key=key,
            is_private=not question.published_at,
        )
