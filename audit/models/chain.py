"""The chain of acts: each link holds the hash of its act and of the link before it.

An act is linked at the very end of its transaction, by triggers, so whoever writes an act cannot
leave it out. The work is done in two turns: the first, deferred, adds an empty link; the second,
deferred too and therefore after every other check of the commit, locks the head and fills the link.
Nothing is waited for after that lock, so it closes no circle and lasts as long as one commit. See
docs/decisions/0012-audit.md.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST = "0" * 64
"""What stands in the first link in place of the hash before it."""


def digest_of(row: str) -> str:
    """SQL: the hash of what an act says in free text, salted so that nobody can guess it back."""
    text = f"jsonb_build_array({row}.salt, {row}.comment, {row}.data)::text"
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


def canonical(row: str) -> str:
    """SQL: the text of an act over which its hash is taken; `row` is the name of its row.

    What it says stands in there as a hash, and can be destroyed (`audit.emptying`). An act of
    before that (no digest) stands in there whole.
    """
    instant = f"to_char({row}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    frame = ("id", "actor_id", "action", "label", "content_type_id", "object_id", "source")

    def text(*contents: str) -> str:
        names = (*frame, "target", *contents, "transaction", "request")
        return f"jsonb_build_array({instant}, {', '.join(f'{row}.{name}' for name in names)})::text"

    whole, hashed = text("comment", "data"), text("digest")
    return f"(CASE WHEN {row}.digest = '' THEN {whole} ELSE {hashed} END)"


def hash_of(previous: str, position: str, row: str) -> str:
    """SQL: the hash of a link, from that of the one before, its position and its act."""
    text = f"{previous} || E'\\n' || {position} || E'\\n' || {canonical(row)}"
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


# One statement locks the head, takes its hash and puts the next one there.
STEP = f"""
    UPDATE audit_chainhead AS head
        SET count = head.count + 1, previous = head.hash, at = clock_timestamp(),
            hash = {hash_of("head.hash", "(head.count + 1)", "act")}
        FROM audit_auditevent AS act WHERE head.id = 1 AND act.id = NEW.event_id
        RETURNING head.count, head.previous, head.hash INTO latest;
"""  # noqa: S608 - names of our own
LINK = f"""
    {STEP}
    IF NOT FOUND THEN
        INSERT INTO audit_chainhead (id, count, previous, hash, at)
            VALUES (1, 0, '', '{FIRST}', clock_timestamp()) ON CONFLICT (id) DO NOTHING;
        {STEP}
    END IF;
    UPDATE audit_chainlink
        SET position = latest.count, previous = latest.previous, hash = latest.hash
        WHERE id = NEW.id;
    RETURN NULL;
"""  # noqa: S608 - names of our own


class ChainLink(models.Model):
    """The place of one act in the chain; empty only within the transaction of the act."""

    event_id = models.BigIntegerField(_("gebeurtenis"), unique=True)
    position = models.BigIntegerField(_("plaats"), unique=True, null=True)
    previous = models.CharField(_("hash ervoor"), max_length=64, blank=True)
    hash = models.CharField(_("hash (SHA-256)"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("schakel")
        verbose_name_plural = _("schakels")
        ordering = ["-position"]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="filled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.hash <> ''"),
            ),
            pgtrigger.Trigger(
                name="link",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("latest", "record")],
                func=LINK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"


class ChainHead(models.Model):
    """How many links there are, and the hash of the last: so a tail that was cut off shows."""

    count = models.BigIntegerField(_("aantal"))
    previous = models.CharField(_("hash ervoor"), max_length=64, blank=True, default="")
    hash = models.CharField(_("hash (SHA-256)"), max_length=64)
    at = models.DateTimeField(_("tijdstip"))

    class Meta:
        verbose_name = _("kop van de keten")
        verbose_name_plural = _("kop van de keten")
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.count}: {self.hash}"
