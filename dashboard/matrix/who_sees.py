"""Who can see one thing, by the same rules as the matrix.

The facts of the thing (its organisation, whether it was handed in, who reads it for the programme)
are laid over the examples of the matrix; the rules then say of each kind of person whether the
thing exists for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.roles import MemberRole, StaffRole
from common.rights import Gates, Outcome
from dashboard.matrix.decide import Answer, decide
from dashboard.matrix.examples import things
from dashboard.matrix.people import (
    ADVISES,
    ASSIGNED,
    CONFLICT,
    CONFLICTED,
    FIRST_HAND,
    FOREIGN,
    INVITED,
    MINE,
    ORGANISATION,
    OWN,
    PARTNER,
    PEOPLE,
    SECOND,
    UNASSIGNED,
    Person,
)
from dashboard.matrix.table import all_rules
from documents.models import Job
from documents.policies import may_download, may_follow
from evaluations.models import Assignment, ConflictOfInterest, SelectionDecision
from evaluations.policies import may_see_all_files
from evaluations.rights import APPLICANT
from evaluations.rights import FILE as STAFF_FILE
from evaluations.selectors import get_file, may_read_text
from funding.models import Claim
from funding.policies import may_see_funding
from funding.rights import MONEY
from funding.rights import OWN as BENEFICIARY
from projects.models import PartnerAccess, Project, Proposal
from projects.policies import FileTies
from projects.rights import DRAFT, PROJECT, SHARED, SUBMITTED
from projects.selectors import visible_proposal

RELATIONS = {
    FOREIGN: gettext_lazy("van een andere organisatie"),
    ASSIGNED: gettext_lazy("aan wie het dossier is toegewezen"),
    UNASSIGNED: gettext_lazy("aan wie het niet is toegewezen"),
    CONFLICT: gettext_lazy("met een belangenconflict"),
    PARTNER: gettext_lazy("uitgenodigd voor een partnerdeel"),
}


@dataclass
class Row:
    """People for whom one rule decides, in words, and its sentence."""

    sentence: str
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WhoSees:
    """What the page shows."""

    title: str
    address: str
    seen_by: list[Row]
    hidden_from: list[Row]


Judge = Callable[[Person], Answer]


@dataclass
class Subject:
    """A thing, and how each kind of person fares with it."""

    title: str
    address: str
    judge: Judge
    organisation: Organisation | None = None
    proposal: Proposal | None = None
    partners: list[str] = field(default_factory=list)


def who_sees(user: User, kind: str, key: str) -> WhoSees:
    """Who can see this thing; for who can see it.

    Names of advisers and of who has a conflict of interest are for staff who see all files.

    Raises:
        Http404: when there is no such thing, or not for `user`.
    """
    find = SUBJECTS.get(kind)
    if find is None:
        raise Http404
    try:
        subject = find(user, key)
    except (Proposal.DoesNotExist, PermissionDenied):
        raise Http404 from None
    seen: dict[str, Row] = {}
    hidden: dict[str, Row] = {}
    for person in PEOPLE:
        if not _exists(subject, person):
            continue
        answer = subject.judge(person)
        rows = seen if answer.outcome == Outcome.ALLOWED else hidden
        row = rows.setdefault(answer.sentence, Row(answer.sentence))
        row.people += _said(user, subject, person)
    return WhoSees(subject.title, subject.address, list(seen.values()), list(hidden.values()))


def _exists(subject: Subject, person: Person) -> bool:
    """Ties that this thing does not have are left out."""
    if person.relation in {FIRST_HAND, MINE, SECOND}:  # readers are named together
        return False
    if person.relation in {ASSIGNED, CONFLICT}:
        return subject.proposal is not None and subject.proposal.was_submitted
    if person.relation == OWN:
        return subject.organisation is not None
    if person.relation == FOREIGN:  # one of another organisation stands for all
        return person.member_role == MemberRole.MANAGER
    return person.relation != PARTNER or bool(subject.partners)


def _said(user: User, subject: Subject, person: Person) -> list[str]:
    """The words for one kind of person, with names where the reader may know them."""
    if person.relation == OWN and subject.organisation is not None:
        return [f"{person.role} · {subject.organisation.name}"]
    words = f"{person.role} {RELATIONS.get(person.relation, '')}".strip()
    names: list[str] = []
    if person.relation == PARTNER:
        names = subject.partners
    elif subject.proposal is not None and may_see_all_files.test(user, None):
        names = _names(subject.proposal, person)
    return [f"{words}: {', '.join(names)}" if names else words]


def _names(proposal: Proposal, person: Person) -> list[str]:
    if person.relation == ASSIGNED:
        readers = Assignment.objects.active().filter(proposal=proposal).select_related("adviser")
        return [str(one.adviser) for one in readers.order_by("pk")]
    if person.relation == CONFLICT:
        rows = ConflictOfInterest.objects.filter(
            proposal=proposal, lifted_at=None, person__groups__name=person.staff_role
        )
        return [str(one.person) for one in rows.select_related("person").order_by("pk")]
    return []


# --- The things ----------------------------------------------------------------------------------


def _by_gates(ways: Sequence[Gates], decides: str, person: Person) -> Answer:
    """The first page that lets this person in; else what the last one says."""
    ties = FileTies(
        organisation_id=ORGANISATION,
        decides=StaffRole(decides),
        conflicted=frozenset({CONFLICTED}),
        readers=frozenset({ADVISES}),
        lead=ADVISES,
    )
    facts = {**things(), "file": ties, "invited": frozenset({INVITED})}
    answers = [decide(gates, person.account, facts) for gates in ways]
    let_in = [answer for answer in answers if answer.outcome == Outcome.ALLOWED]
    return (let_in or answers)[-1]


def _page(name: str, state: str = "") -> Gates:
    [gates] = [rule.read for rule in all_rules()[name] if rule.state == state]
    assert gates is not None
    return gates


def _proposal(user: User, key: str) -> Subject:
    found = visible_proposal(user, key)
    state = SUBMITTED if found.was_submitted else SHARED if found.team_may_view else DRAFT
    ways = [_page("projects:proposal", state)]
    accesses = PartnerAccess.objects.filter(partner__proposal=found).select_related("user")
    partners = [str(one.user) for one in accesses.order_by("pk")]
    if partners:
        ways.append(_page("projects:partner_part"))
    return Subject(
        title=f"{found.reference} {found.title}",
        address=found.get_absolute_url(),
        judge=partial(_by_gates, ways[::-1], found.call.decision_role),
        organisation=found.organisation,
        proposal=found,
        partners=partners,
    )


def _advice(user: User, key: str) -> Subject:
    found = get_file(user, key)
    if not may_read_text(user, found):
        raise Http404
    told = SelectionDecision.objects.filter(proposal=found, notified_at__isnull=False).exists()
    ways = [APPLICANT, STAFF_FILE] if told else [STAFF_FILE]
    return Subject(
        title=_("Advies over %(reference)s") % {"reference": found.reference},
        address=reverse("evaluations:advice", args=[found.reference]),
        judge=partial(_by_gates, ways, found.call.decision_role),
        organisation=found.organisation,
        proposal=found,
    )


def _project(user: User, key: str) -> Subject:
    found = Project.objects.visible_to(user).filter(reference=key).first()
    if found is None:
        raise Http404
    page = "projects:staff_project" if user.is_programme_staff else "projects:project"
    return Subject(
        title=f"{found.reference} {found.title}",
        address=reverse(page, args=[found.reference]),
        judge=partial(_by_gates, [PROJECT], StaffRole.PROJECT_LEADER),
        organisation=found.organisation,
    )


def _claim(user: User, key: str) -> Subject:
    claims = Claim.objects.select_related("instalment__commitment__project__organisation")
    found = claims.filter(pk=key).first() if key.isdecimal() and len(key) < 10 else None
    project = found.instalment.commitment.project if found else None
    if found is None or project is None:
        raise Http404
    is_own = project.organisation_id in user.member_roles
    if not is_own and not may_see_funding.test(user, None):
        raise Http404
    address = (
        reverse("funding:project_funding", args=[project.reference])
        if is_own
        else reverse("funding:claim", args=[found.pk])
    )
    return Subject(
        title=_("Schuldvordering voor schijf %(number)s van %(commitment)s")
        % {
            "number": found.instalment.number,
            "commitment": found.instalment.commitment.number,
        },
        address=address,
        judge=partial(_by_gates, [BENEFICIARY, MONEY], StaffRole.PROJECT_LEADER),
        organisation=project.organisation,
    )


def _document(user: User, key: str) -> Subject:
    """Its kind says for itself who may read it, so it is asked about the document itself."""
    try:
        found = Job.objects.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None or not may_follow.test(user, found):
        raise Http404
    about = found.about
    organisation = about if isinstance(about, Organisation) else None
    organisation = organisation or getattr(about, "organisation", None)

    def judge(person: Person) -> Answer:
        account = person.account
        if person.relation == OWN and organisation is not None:
            account = replace(person, organisation=organisation.pk).account
        may = account.is_authenticated and may_download.test(account, found)
        return Answer(Outcome.ALLOWED if may else Outcome.NOT_FOUND, may_download.sentence)

    return Subject(
        title=str(found.title),
        address=reverse("documents:job", args=[found.pk]),
        judge=judge,
        organisation=organisation,
    )


SUBJECTS: dict[str, Callable[[User, str], Subject]] = {
    "voorstel": _proposal,
    "advies": _advice,
    "project": _project,
    "schuldvordering": _claim,
    "document": _document,
}
