"""What the public finds with a call: documents, a self-test, questions and answers, followers."""

import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from common import clock
from common.constraints import check, unique
from documents.models import StoredFile


class CallDocument(models.Model):
    """A file for everybody to download: a manual, a model agreement, slides of a session."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="documents", verbose_name=_("oproep")
    )
    title = models.CharField(_("titel"), max_length=150)
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, related_name="+", verbose_name=_("bestand")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    added_at = models.DateTimeField(_("toegevoegd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("document bij de oproep")
        verbose_name_plural = _("documenten bij de oproep")
        ordering = ["call", "position", "pk"]

    def __str__(self) -> str:
        return self.title


class SelfTestQuestion(models.Model):
    """A question of "Is dit iets voor mij?"; the exclusion list of domain.md 5.2 is the default."""

    class Weight(models.TextChoices):
        EXCLUDES = "excludes", _("Zonder dit antwoord komt het project niet in aanmerking")
        DOUBT = "doubt", _("Zonder dit antwoord is het twijfelachtig")

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="self_test_questions", verbose_name=_("oproep")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    question = models.CharField(_("vraag"), max_length=300)
    help_text = models.TextField(_("uitleg"), blank=True, max_length=1000)
    good_answer = models.BooleanField(_("het goede antwoord is ja"), default=True)
    weight = models.CharField(_("gewicht"), max_length=20, choices=Weight, default=Weight.EXCLUDES)
    reason = models.TextField(
        _("reden bij het andere antwoord"),
        max_length=1000,
        help_text=_("Wat iemand leest die anders antwoordt: waarom niet, en wat dan wel kan."),
    )

    class Meta:
        verbose_name = _("vraag van de zelftest")
        verbose_name_plural = _("vragen van de zelftest")
        ordering = ["call", "position", "pk"]

    def __str__(self) -> str:
        return self.question


class CallQuestionQuerySet(models.QuerySet["CallQuestion"]):
    def published(self) -> Self:
        """What everybody reads; the latest first."""
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")


class CallQuestion(models.Model):
    """A question about a call with its answer; public, without who asked, once published."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="questions", verbose_name=_("oproep")
    )
    question = models.TextField(_("vraag"), max_length=2000)
    asker_email = models.EmailField(
        _("e-mail van de vraagsteller"), blank=True, help_text=_("Nooit publiek.")
    )
    asked_at = models.DateTimeField(_("gesteld op"), default=clock.now, editable=False)
    answer = models.TextField(_("antwoord"), blank=True, max_length=5000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("beantwoord door"),
    )
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True, editable=False)
    dismissed_at = models.DateTimeField(_("opzijgelegd op"), null=True, blank=True, editable=False)

    objects = CallQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("vraag over een oproep")
        verbose_name_plural = _("vragen over oproepen")
        ordering = ["call", "-asked_at", "-pk"]
        constraints = [
            check(
                "calls_question_published_with_answer",
                models.Q(published_at__isnull=True) | ~models.Q(answer=""),
                _("Schrijf een antwoord voor u de vraag publiceert."),
            )
        ]

    def __str__(self) -> str:
        return self.question[:80]


def new_token() -> str:
    """Unguessable; it stands in the links of a follower's mails."""
    return secrets.token_urlsafe(32)


class CallFollowerQuerySet(models.QuerySet["CallFollower"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def hear_of(self, call: Call) -> Self:
        """Who confirmed to follow `call`, or all calls; each address once."""
        return (
            self.confirmed()
            .filter(models.Q(call=call) | models.Q(call__isnull=True))
            .order_by("email", models.F("call").asc(nulls_last=True))
            .distinct("email")
        )

    def never_confirmed_since(self, instant: datetime) -> Self:
        return self.filter(confirmed_at__isnull=True, asked_at__lt=instant)


class CallFollower(models.Model):
    """An address, with or without account, that wants to hear of a call, or of all (no call)."""

    call = models.ForeignKey(
        Call,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="followers",
        verbose_name=_("oproep"),
        help_text=_("Leeg: elke nieuwe oproep."),
    )
    email = models.EmailField(_("e-mailadres"))
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True, editable=False)

    objects = CallFollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("volger")
        verbose_name_plural = _("volgers")
        ordering = ["call", "email", "pk"]
        constraints = [
            unique(
                "calls_follower_once",
                "call",
                "email",
                message=_("Dit adres volgt deze oproep al."),
            ),
            unique(
                "calls_follower_of_all_once",
                "email",
                condition=models.Q(call__isnull=True),
                message=_("Dit adres volgt alle oproepen al."),
            ),
        ]

    def __str__(self) -> str:
        return self.email


class PublicPost(models.Model):
    """One use of a form that needs no account, so that nobody uses it a hundred times an hour.

    Of the sender it holds a keyed hash only; it is removed after a day.
    """

    class Form(models.TextChoices):
        QUESTION = "question", _("Vraag over een oproep")
        FOLLOW = "follow", _("Oproep volgen")

    form = models.CharField(_("formulier"), max_length=20, choices=Form)
    sender = models.CharField(_("afzender (versleuteld)"), max_length=64)
    at = models.DateTimeField(_("op"), default=clock.now)

    class Meta:
        verbose_name = _("gebruik van een openbaar formulier")
        verbose_name_plural = _("gebruik van openbare formulieren")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["sender", "form", "at"], name="calls_public_post_sender")]

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.at:%d/%m/%Y %H:%M}"
