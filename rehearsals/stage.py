"""Setting the stage in the sandbox: the portal's settings, the call, and invented staff.

What is copied is configuration. No person, organisation, question or follower of the real portal
comes along: `CALL_PARTS` and `LEFT_OUT` together name every table of the calls room, and a test
fails when a new one is in neither.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models

from accounts.models import User
from accounts.roles import StaffRole
from accounts.services.roles import ensure_staff_groups
from calls.models import (
    Call,
    CallDocument,
    CallFollower,
    CallQuestion,
    ChecklistItem,
    ClosingMove,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    FormVersion,
    Milestone,
    PublicPost,
    ReminderMoment,
    SelfTestQuestion,
    SetupExplanation,
    SubmissionRound,
    Theme,
)
from documents.models import StoredFile
from evaluations.models import LetterText, LetterTextVersion
from notifications.models import ReminderOffset
from rehearsals.sandbox import Sandbox

MARK = "(oefening)"
DOMAIN = "oefening.example"

SETTINGS: tuple[type[models.Model], ...] = (
    ContentType,  # with their own keys: Django remembers those for the whole process
    Group,
    Theme,
    ReminderOffset,
    LetterText,
    LetterTextVersion,
)
CALL_PARTS: dict[type[models.Model], str] = {
    Call: "id = %(call)s",
    SubmissionRound: "call_id = %(call)s",
    Milestone: "call_id = %(call)s",
    ReminderMoment: "call_id = %(call)s",
    SetupExplanation: "call_id = %(call)s",
    FormVersion: "call_id = %(call)s",
    FormSection: "call_id = %(call)s",
    FormQuestion: (
        "section_id IN (SELECT id FROM {schema}.calls_formsection WHERE call_id = %(call)s)"
    ),
    Criterion: "call_id = %(call)s",
    ChecklistItem: "call_id = %(call)s",
    CofinancingRule: "call_id = %(call)s",
    SelfTestQuestion: "call_id = %(call)s",
    CallDocument: "call_id = %(call)s",
    StoredFile: (
        "id IN (SELECT file_id FROM {schema}.calls_calldocument WHERE call_id = %(call)s)"
    ),
}
"""Which rows of which table make up the call."""
LEFT_OUT: dict[type[models.Model], str] = {
    CallQuestion: "questions of real people",
    CallFollower: "addresses of real people",
    PublicPost: "counts of where real people post from",
    ClosingMove: "a draft call has none that people relied on",
    Theme: "copied whole, see SETTINGS",
}


@dataclass(frozen=True)
class Cast:
    """Invented staff; whoever decides on this call is never an adviser (four eyes)."""

    team: User
    colleague: User
    decider: User
    manager: User
    advisers: tuple[User, User, User]


def set_stage(sandbox: Sandbox, call_id: int) -> tuple[Call, Cast]:
    """Copy the settings and the call, and hire the cast.

    Raises:
        Call.DoesNotExist: when the call was removed meanwhile.
    """
    stand_in = User.objects.create_user(f"portaal@{DOMAIN}", last_name=f"Opmaker {MARK}")
    for model in SETTINGS:
        _copy(sandbox, model, stand_in=stand_in.pk)
    for model, condition in CALL_PARTS.items():
        _copy(sandbox, model, condition, call_id=call_id, stand_in=stand_in.pk)
    call = Call.objects.get(pk=call_id)
    return call, _hire(call)


def _copy(
    sandbox: Sandbox,
    model: type[models.Model],
    condition: str = "TRUE",
    *,
    stand_in: int,
    call_id: int = 0,
) -> None:
    """Copy rows as they are; where a person stands, a stand-in of the cast comes."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    names = [quote(str(field.column)) for field in fields]
    columns = ", ".join(names)
    values = ", ".join(
        f"CASE WHEN {name} IS NULL THEN NULL ELSE %(stand_in)s END"
        if field.related_model is User
        else name
        for field, name in zip(fields, names, strict=True)
    )
    table = model._meta.db_table
    where = condition.format(schema=quote(sandbox.schema))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO pg_temp.{quote(table)} ({columns}) "  # noqa: S608 - names of ours
            f"SELECT {values} FROM {sandbox.real(table)} WHERE {where}",
            {"call": call_id, "stand_in": stand_in},
        )
        for sql in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(sql)


@dataclass(frozen=True)
class Part:
    """An invented member of staff."""

    first_name: str
    last_name: str
    role: StaffRole

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@{DOMAIN}".lower()


TEAM = Part("Tine", "Teamlid", StaffRole.TEAM_MEMBER)
COLLEAGUE = Part("Kobe", "Collega", StaffRole.TEAM_MEMBER)
MANAGER = Part("Marc", "Manager", StaffRole.PROGRAMME_MANAGER)
ADVISERS = (
    Part("Ada", "Adviseur", StaffRole.ADVISER),
    Part("Bas", "Adviseur", StaffRole.ADVISER),
    Part("Cleo", "Adviseur", StaffRole.ADVISER),
)


def _hire(call: Call) -> Cast:
    """One person per part; whoever decides has the role that the call names."""
    ensure_staff_groups()
    advisers = tuple(_person(part) for part in ADVISERS)
    return Cast(
        team=_person(TEAM),
        colleague=_person(COLLEAGUE),
        manager=_person(MANAGER),
        decider=_person(Part("Lena", "Leider", StaffRole(call.decision_role))),
        advisers=(advisers[0], advisers[1], advisers[2]),
    )


def _person(part: Part) -> User:
    person = User.objects.create_user(
        part.email,
        first_name=part.first_name,
        last_name=f"{part.last_name} {MARK}",
        job_title=str(part.role.label),
    )
    person.groups.set(Group.objects.filter(name=part.role.value))
    return person
