"""Destroying one thing: its rows or what they say, its files, and what the record says of it.

The guards of the tables (append-only, frozen) are there against everybody else; only this module
and `audit.emptying` go past them, inside the transaction of an approved item. Foreign keys are
checked by the database at the end of it, so the order of removal does not matter.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import QuerySet

from accounts.models import ExternalIdentity, User
from documents.models import Job, LegalDocument, StoredFile
from documents.services import discard_file
from evaluations.models import AdviserProfile, Interest, SavedView
from notifications.models import OutboxMail, Reminder
from projects.models import Proposal
from reporting.facts.recording import empty_texts
from retention.belonging import rows_of, ways_to_a_file
from retention.finding import ERASED, GONE, old_rows
from retention.models import PrivacyRequest
from retention.registry import LOGS, OF_A_FILE, Action, Governed

BATCH = 2000
"""Rows of a log in one statement."""


@dataclass
class Destroyed:
    """What went: keys by model (of rows that are gone or emptied), rows, files, and their hash."""

    things: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    rows: int = 0
    files: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def take(self, model: type[models.Model], rows: Iterable[Any]) -> list[Any]:
        """Add rows as they stand to the hash; returns their keys."""
        name = model._meta.pk.attname
        keys = []
        for row in rows:
            line = json.dumps([model._meta.label, row], sort_keys=True, cls=DjangoJSONEncoder)
            self._digest.update(line.encode())
            keys.append(row[name])
        if keys:
            self.things.setdefault(model, []).extend(keys)
            self.rows += len(keys)
        return keys

    @property
    def hash(self) -> str:
        return str(self._digest.hexdigest())


def destroy_file(proposal: Proposal) -> Destroyed:
    """Destroy a file that was handed in (amounts, days and states stay) or a draft (all goes).

    Call it in a transaction, with the row of the proposal locked.
    """
    is_draft = proposal.submitted_at is None
    gone = Destroyed()
    removed: list[tuple[type[models.Model], list[Any]]] = []
    emptied: list[tuple[type[models.Model], Governed, list[Any]]] = []
    for model in ways_to_a_file():
        how = OF_A_FILE[model._meta.label]
        action = Action.REMOVE if is_draft else how.action
        if action == Action.KEEP:
            continue
        keys = gone.take(model, rows_of(model, proposal.pk).order_by("pk").values())
        if keys and action == Action.REMOVE:
            removed.append((model, keys))
        elif keys:
            emptied.append((model, how, keys))
    touched = [model for model, _keys in removed] + [model for model, _how, _keys in emptied]
    removed += _around(gone, [*touched, *_kept_models()], proposal)
    files = _files_of(removed)
    with pgtrigger.ignore(*_guards([*touched, *(model for model, _keys in removed)])):
        for model, keys in removed:
            _forget_links_to(model, keys)
        for model, how, keys in emptied:
            model._base_manager.filter(pk__in=keys).update(
                **{name: _emptied(model._meta.get_field(name)) for name in how.fields}
            )
            empty_texts(model=model, keys=keys, fields=how.fields, word=GONE)
        for model, keys in removed:
            _remove(model._base_manager.filter(pk__in=keys))
        _discard(gone, files)
        # Whatever still refers to what is gone shows here, and not at the end of somebody's commit.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return gone


def _kept_models() -> list[type[models.Model]]:
    return [apps.get_model(label) for label, how in OF_A_FILE.items() if how.action == Action.KEEP]


def _around(
    gone: Destroyed, models_: Iterable[type[models.Model]], proposal: Proposal
) -> list[tuple[type[models.Model], list[Any]]]:
    """Documents, mails and reminders about anything of the file."""
    found: list[tuple[type[models.Model], list[Any]]] = []
    about: list[tuple[ContentType, list[str]]] = []
    for model in dict.fromkeys(models_):
        keys = gone.things.get(model) or rows_of(model, proposal.pk).values_list("pk", flat=True)
        if named := [str(key) for key in keys]:
            about.append((ContentType.objects.get_for_model(model), named))
    rooms: tuple[tuple[type[models.Model], str, str], ...] = (
        (Job, "about_type", "about_id"),
        (Reminder, "content_type", "object_id"),
        (OutboxMail, "content_type", "object_id"),
    )
    for model, kind, key in rooms:
        fits = models.Q(
            *(models.Q((kind, one), (f"{key}__in", named)) for one, named in about),
            _connector=models.Q.OR,
        )
        rows = model._base_manager.filter(fits).order_by("pk").values()
        if keys_ := gone.take(model, rows):
            found.append((model, keys_))
    return found


def _files_of(removed: list[tuple[type[models.Model], list[Any]]]) -> list[Any]:
    files: set[Any] = set()
    for model, keys in removed:
        for relation in model._meta.concrete_fields:
            if relation.related_model is StoredFile:
                rows = model._base_manager.filter(pk__in=keys)
                files.update(rows.values_list(relation.attname, flat=True))
    return sorted(files - {None})


def _guards(models_: Iterable[type[models.Model]]) -> list[str]:
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in dict.fromkeys(models_)
        for trigger in getattr(model._meta, "triggers", [])
    ]


def _links_to(model: type[models.Model]) -> "list[models.ForeignKey[Any, Any]]":
    """Every relation to the model, also those that have no name from its side."""
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
        and isinstance(relation.field, models.ForeignKey)
    ]


def _forget_links_to(model: type[models.Model], keys: list[Any]) -> None:
    """Relations that may be empty become so; the others are of rows that go as well."""
    for link in _links_to(model):
        if link.null:
            rows = link.model._base_manager.filter(**{f"{link.name}__in": keys})
            with pgtrigger.ignore(*_guards([link.model])):
                rows.update(**{link.name: None})


def _emptied(field_: Any) -> Any:
    """What stands in place of a value that was destroyed; an empty one stays empty."""
    if isinstance(field_, models.JSONField):
        return [] if field_.default is list else {}
    if isinstance(field_, models.EmailField | models.URLField):
        return ""
    word = GONE[: field_.max_length] if field_.max_length else GONE
    empty = models.Value("", output_field=field_)
    return models.Case(
        models.When(**{field_.name: ""}, then=empty),
        default=models.Value(word, output_field=field_),
    )


def _remove(rows: QuerySet[Any]) -> None:
    rows._raw_delete(rows.db)


def _discard(gone: Destroyed, files: list[Any]) -> None:
    """Files that nothing refers to any more: the row now, the content after the commit."""
    links = [link for link in _links_to(StoredFile) if link.model is not LegalDocument]
    for stored in StoredFile.objects.filter(pk__in=files).order_by("pk"):
        if any(
            link.model._base_manager.filter(**{link.name: stored.pk}).exists() for link in links
        ):
            continue
        # Number and hash stay, so that what people hold on paper can still be verified.
        with pgtrigger.ignore(*_guards([LegalDocument])):
            LegalDocument.objects.filter(file=stored).update(file=None)
        gone.take(StoredFile, StoredFile.objects.filter(pk=stored.pk).values())
        gone.files += 1
        discard_file(stored=stored)


def erase_account(person: User) -> Destroyed:
    """Take from an account who it was; its number stays, for who did what.

    Call it in a transaction, with the row locked.
    """
    gone = Destroyed()
    gone.take(User, User.objects.filter(pk=person.pk).values())
    own: list[QuerySet[Any]] = [
        ExternalIdentity.objects.filter(user=person),
        Interest.objects.filter(person=person),
        SavedView.objects.filter(owner=person),
        apps.get_model("otp_totp.TOTPDevice").objects.filter(user=person),
        apps.get_model("otp_static.StaticDevice").objects.filter(user=person),
    ]
    for rows in own:
        gone.take(rows.model, rows.order_by("pk").values())
        rows.delete()
    for profile in AdviserProfile.objects.filter(user=person):
        gone.take(AdviserProfile, AdviserProfile.objects.filter(pk=profile.pk).values())
        profile.delete()
    person.first_name, person.last_name = "", GONE
    person.email, person.phone, person.job_title = f"account-{person.pk}{ERASED}", "", ""
    person.is_active = False
    person.session_series += 1
    person.set_unusable_password()
    person.save()
    return gone


def empty_request(request: PrivacyRequest) -> Destroyed:
    """Take from a question about personal data what was asked and answered."""
    gone = Destroyed()
    gone.take(PrivacyRequest, PrivacyRequest.objects.filter(pk=request.pk).values())
    PrivacyRequest.objects.filter(pk=request.pk).update(text=GONE, answer=GONE, extension_reason="")
    return gone


def destroy_old_rows(label: str, until: Any) -> Destroyed:
    """Remove the old rows of a log, or empty them, batch by batch so that memory stays bounded."""
    log, model = LOGS[label], apps.get_model(label)
    total = Destroyed()
    with transaction.atomic(), pgtrigger.ignore(*_guards([model])):
        while True:
            keys = list(old_rows(label, until).order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not keys:
                return total
            rows = model._base_manager.filter(pk__in=keys)
            total.take(model, rows.order_by("pk").values())
            if log.fields:
                rows.update(**dict.fromkeys(log.fields, ""))
            else:
                _forget_links_to(model, keys)
                rows.delete() if label.startswith("axes.") else _remove(rows)
