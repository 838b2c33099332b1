"""Reading out of the sandbox all that was produced: every row of the outbox, of the reminders, of
the documents and of the record. So nothing can be missing from the list."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEvent
from documents import registry
from documents.models import Job, JobState
from notifications.lifecycle import ReminderState
from notifications.models import OutboxMail, Reminder
from rehearsals.models import ItemKind

if TYPE_CHECKING:
    from rehearsals.play.performance import Performance


@dataclass
class Recorded:
    """One thing, ready to be kept; `path` is the finished file of a document."""

    fields: dict[str, Any]
    path: Path | None = None
    file_name: str = ""
    content_type: str = ""
    own_mail: int | None = None
    """The number of a mail, by which a reminder finds it: `sent_mail`."""
    sent_mail: int | None = None


def read_out(play: "Performance", keep_in: Path) -> list[Recorded]:
    """Everything, in the order in which it happened."""
    roles = _Roles()
    found = [
        *_mails(roles),
        *_reminders(play, roles),
        *_documents(keep_in),
        *_events(),
    ]
    return sorted(found, key=lambda item: (item.fields["known_at"], item.fields["at"]))


class _Roles:
    """What a person is in the play."""

    def __init__(self) -> None:
        people = User.objects.prefetch_related("groups", "memberships")
        self._words = {person.email.lower(): self._role(person) for person in people}

    def of(self, address: str) -> str:
        return self._words.get(address.lower(), _("Buiten het portaal"))

    @staticmethod
    def _role(person: User) -> str:
        staff = [str(role.label) for role in person.staff_roles]
        members = [
            f"{_('Aanvrager')}: {membership.get_role_display().lower()}"
            for membership in person.memberships.all()
        ]
        return ", ".join([*sorted(staff), *members]) or _("Persoon")


def _mails(roles: _Roles) -> list[Recorded]:
    return [
        Recorded(
            {
                "kind": ItemKind.MAIL,
                "code": mail.kind,
                "at": mail.created_at,
                "known_at": mail.created_at,
                "recipient": str(mail.recipient or ""),
                "address": mail.address,
                "role": roles.of(mail.address)[:60],
                "title": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "about": _about(mail.about),
            },
            own_mail=mail.pk,
        )
        for mail in OutboxMail.objects.select_related("recipient")
        .prefetch_related("about")
        .order_by("created_at", "pk")
    ]


def _reminders(play: "Performance", roles: _Roles) -> list[Recorded]:
    return [
        Recorded(
            {
                "kind": ItemKind.REMINDER,
                "code": row.rule,
                "at": row.due_at,
                "known_at": play.remarks.planned_at.get(row.pk, row.decided_at or row.due_at),
                "settled_at": row.decided_at if row.state != ReminderState.PLANNED else None,
                "outcome": row.state,
                "reason": row.reason,
                "recipient": str(row.recipient),
                "address": row.recipient.email,
                "role": roles.of(row.recipient.email)[:60],
                "title": f"{row.rule_label}, {row.offset}"[:250],
                "about": row.about_label,
            },
            sent_mail=row.mail_id,
        )
        for row in Reminder.objects.select_related("recipient").order_by("due_at", "pk")
    ]


def _documents(keep_in: Path) -> list[Recorded]:
    found = []
    for job in (
        Job.objects.filter(state=JobState.DONE)
        .select_related("file", "requested_by")
        .order_by("requested_at", "pk")
    ):
        assert job.file is not None, "documents_job_done_has_file"
        kept = keep_in / UUID(str(job.pk)).hex
        shutil.move(job.file.path, kept)
        found.append(
            Recorded(
                {
                    "kind": ItemKind.DOCUMENT,
                    "code": job.kind,
                    "at": job.requested_at,
                    "known_at": job.requested_at,
                    "recipient": str(job.requested_by or ""),
                    "title": job.title,
                    "about": str(registry.get(job.kind).label),
                },
                path=kept,
                file_name=f"oefening-{job.file.name}",
                content_type=job.file.content_type,
            )
        )
    return found


def _events() -> list[Recorded]:
    return [
        Recorded(
            {
                "kind": ItemKind.EVENT,
                "code": event.action,
                "at": event.at,
                "known_at": event.at,
                "recipient": str(event.actor or _("Het portaal")),
                "title": event.label,
                "text": event.comment,
                "about": _about(_of(event)),
                "from_state": event.source,
                "to_state": event.target,
            }
        )
        for event in AuditEvent.objects.select_related("actor", "content_type").order_by("at", "pk")
    ]


def _of(event: AuditEvent) -> Any:
    """What an event is about, while it exists."""
    return event.content_type.model_class()._base_manager.filter(pk=event.object_id).first()  # type: ignore[union-attr]


def _about(thing: Any) -> str:
    return str(thing)[:250] if thing is not None else ""
