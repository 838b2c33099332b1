"""Reading the chain of acts again: what was changed, removed or cut off since it was made."""

import logging
from dataclasses import dataclass

import structlog
from django.db import connection
from django.utils.translation import gettext as _

from audit.models import ChainHead, ChainLink
from audit.models.chain import FIRST, digest_of, hash_of

logger: logging.Logger = structlog.get_logger(__name__)

EMPTIED = "audit.emptied"
"""The act that names in its data which other acts were emptied (`audit.emptying`)."""

# The acts as they are now beside the links as they were made; computed here, not by a function that
# stands in the database and could be changed there.
_LINKS = f"""
    SELECT link.position, link.event_id, link.previous, link.hash,
        event.id IS NOT NULL, {hash_of("link.previous", "link.position", "event")},
        event.digest <> '', event.digest = {digest_of("event")}, event.emptied_by IS NOT NULL,
        event.salt = '' AND event.comment = '' AND event.data = '{{}}'
            AND emptying.action = '{EMPTIED}' AND emptying.data -> 'acts' @> to_jsonb(event.id)
    FROM audit_chainlink link LEFT JOIN audit_auditevent event ON event.id = link.event_id
    LEFT JOIN audit_auditevent emptying ON emptying.id = event.emptied_by
    ORDER BY link.position
"""  # noqa: S608 - names of our own
_UNLINKED = """
    SELECT event.id FROM audit_auditevent event
    WHERE NOT EXISTS (SELECT 1 FROM audit_chainlink WHERE event_id = event.id)
    ORDER BY event.id
"""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the chain says; `event` is the number of the act, when known."""

    kind: str
    text: str
    event: int | None = None


def verify(*, count: int | None = None, hash_: str = "") -> list[Finding]:
    """Everything that is wrong with the chain, in its order; nothing when all is well.

    `count` and `hash_` are a head that was noted elsewhere (a log line of `log_head`): the link at
    that place must still bear that hash. Only that shows a chain that was made anew as a whole.
    """
    found: list[Finding] = []
    position, previous = 0, FIRST
    with connection.cursor() as cursor:
        cursor.execute(_LINKS)
        for place, event, before, own, exists, computed, *contents in cursor.fetchall():
            if place is None:
                found.append(_finding("unlinked", event))
                continue
            if place != position + 1:
                found.append(
                    Finding(
                        "gap",
                        _("Schakels %(first)s tot en met %(last)s ontbreken.")
                        % {"first": position + 1, "last": place - 1},
                    )
                )
            elif before != previous:
                found.append(_finding("broken", event))
            if not exists:
                found.append(_finding("deleted", event))
            elif kind := _fault(*contents, frame_stands=own == computed):
                found.append(_finding(kind, event))
            if place == count and own != hash_:
                found.append(
                    Finding(
                        "other_head",
                        _("Schakel %(place)s heeft niet de hash die u opgeeft.") % {"place": place},
                    )
                )
            position, previous = place, own
        cursor.execute(_UNLINKED)
        found += [_finding("unlinked", event) for (event,) in cursor.fetchall()]
    head = ChainHead.objects.first()
    stands = (head.count, head.hash) if head else (0, FIRST)
    if stands != (position, previous):
        found.append(
            Finding(
                "tail",
                _("De keten telt %(found)s schakels, de kop zegt %(stands)s.")
                % {"found": position, "stands": stands[0]},
            )
        )
    if count is not None and position < count:
        found.append(
            Finding(
                "tail",
                _("De keten telt %(found)s schakels; er waren er ooit %(count)s.")
                % {"found": position, "count": count},
            )
        )
    return found


def _fault(
    has_digest: bool,  # noqa: FBT001 - columns of a row
    contents_stand: bool,  # noqa: FBT001
    is_emptied: bool,  # noqa: FBT001
    is_accounted_for: bool | None,  # noqa: FBT001
    *,
    frame_stands: bool,
) -> str:
    """What is wrong with one act. Of one that was destroyed another act of the chain must say so.

    Of an act of before the digest nothing else can be verified once it is destroyed.
    """
    if is_emptied:
        if not is_accounted_for:
            return "emptied"
        return "changed" if has_digest and not frame_stands else ""
    return "" if frame_stands and (contents_stand or not has_digest) else "changed"


def _finding(kind: str, event: int) -> Finding:
    sentences = {
        "changed": _("Gebeurtenis %(event)s is gewijzigd nadat ze bewaard is."),
        "emptied": _(
            "De inhoud van gebeurtenis %(event)s is weg, en geen handeling zegt dat ze vernietigd"
            " is."
        ),
        "deleted": _("Gebeurtenis %(event)s is verwijderd."),
        "unlinked": _("Gebeurtenis %(event)s staat niet in de keten."),
        "broken": _("De schakel van gebeurtenis %(event)s past niet op de vorige."),
    }
    return Finding(kind, sentences[kind] % {"event": event}, event)


def log_head() -> ChainHead | None:
    """Write the head of the chain to the log, so that it also stands outside the database.

    Who owns the database can make the chain anew as a whole; the log then says another hash. None
    when there is no act yet.
    """
    head = ChainHead.objects.first()
    if head is not None:
        logger.info("audit_chain_head", count=head.count, hash=head.hash)  # type: ignore[call-arg]
    return head


def length() -> int:
    """How many acts stand in the chain."""
    return ChainLink.objects.count()
