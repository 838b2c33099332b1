"""Conflicts of interest that the portal's own data show, and who may not decide.

When two bodies are the same:

- the same registered organisation; or
- the same enterprise number (KBO), unless both have an OVO code and the codes differ: Flemish
  departments are one legal person, and who works for one is not close to all (domain.md 2.3). A
  partner, an interest or a contractor has no OVO code of its own: it gets that of the registered
  organisation with its name and number. Without one, the number alone decides; or
- the same name, whatever its capitals, when at most one of the two is a registered organisation.

Anybody may register an organisation under any number, so of a person's organisations only a
verified one counts, and always the applicant itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from common.moments import today
from evaluations import conf
from evaluations.models import Assignment, ConflictKind, ConflictOfInterest, Interest
from evaluations.policies import may_decide
from projects.models import Partner, Procurement, Project, Proposal, ProposalVersion
from projects.selectors.submission import WORKING_TEXT


class Found(NamedTuple):
    """One thing that makes a person too close to a file."""

    kind: ConflictKind
    sentence: str


Conflicts = dict[tuple[int, int], list[Found]]
"""By (person id, proposal id); most telling first, each kind once; who has none is not in it."""


def conflicts_between(people: Iterable[Any], proposals: "QuerySet[Proposal]") -> Conflicts:
    """What the data show between each person and each file.

    At most twelve queries, whatever the numbers; two when nobody has an organisation or interest.
    """
    found: dict[tuple[int, int], dict[ConflictKind, str]] = defaultdict(dict)
    ties = _ties(people)
    if not ties:
        return {}
    files = _Files.of(proposals)
    projects = _project_parties(ties)
    contractors = _contractors(ties)
    for tie in ties:
        for proposal_id, kind, sentence in (
            *_direct(tie, files),
            *_shared(tie, files, projects),
            *_supplied(tie, files, contractors),
        ):
            found[tie.person.pk, proposal_id].setdefault(kind, sentence)
    order = list(ConflictKind)
    return {
        pair: [Found(kind, kinds[kind]) for kind in sorted(kinds, key=order.index)]
        for pair, kinds in found.items()
    }


def conflict_of_interest(person: Any, proposal: Proposal) -> str:
    """The sentence that says why `person` is too close to the file; empty when nothing shows it.

    What stands (declared, or found before) comes first, then what the data show now.
    """
    standing = ConflictOfInterest.objects.of(person).filter(proposal=proposal).order_by("pk")
    row = standing.first()
    if row is not None and row.kind == ConflictKind.DECLARED:
        # What was declared is for who may assign, not for whoever tries to invite.
        return _("%(person)s meldde een belangenconflict bij dit dossier.") % {"person": person}
    if row is not None:
        return row.explanation
    found = conflicts_between([person], Proposal.objects.filter(pk=proposal.pk))
    return found[person.pk, proposal.pk][0].sentence if found else ""


def decision_obstacle(person: Any, proposal: Proposal) -> str:
    """Why `person` may not decide on this file; empty when nothing stands in the way."""
    if not may_decide.test(person, proposal):
        return may_decide.sentence
    if Assignment.objects.filter(proposal=proposal, adviser=person).exists():
        return _(
            "Wie als adviseur bij een dossier gevraagd werd, kan er niet over beslissen. "
            "Vraag een collega."
        )
    return conflict_of_interest(person, proposal)


# --- Bodies, and when two are the same ------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """A public body or company as the data name it."""

    name: str
    kbo: str = ""
    ovo: str = ""
    organisation: int | None = None

    def is_same_as(self, other: "Party") -> bool:
        if self.organisation is not None and self.organisation == other.organisation:
            return True
        if self.ovo and other.ovo and self.ovo != other.ovo:
            return False
        if self.kbo and self.kbo == other.kbo:
            return True
        both_registered = self.organisation is not None and other.organisation is not None
        return not both_registered and bool(self.name) and _plain(self.name) == _plain(other.name)


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _registered(organisation: Organisation) -> Party:
    return Party(organisation.name, organisation.kbo, organisation.ovo, organisation.pk)


@dataclass
class Register:
    """Things kept under a party, to be found under every party that is the same."""

    _shelves: dict[Any, list[tuple[Party, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, party: Party, thing: Any) -> None:
        for key in self._keys(party):
            self._shelves[key].append((party, thing))

    def like(self, party: Party) -> Iterator[tuple[Party, Any]]:
        """What stands under parties that are the same, each once."""
        seen = set()
        for key in self._keys(party):
            for other, thing in self._shelves.get(key, ()):
                if (other, thing) not in seen and party.is_same_as(other):
                    seen.add((other, thing))
                    yield other, thing

    @staticmethod
    def _keys(party: Party) -> list[tuple[str, Any]]:
        keys: list[tuple[str, Any]] = []
        if party.organisation is not None:
            keys.append(("organisation", party.organisation))
        if party.kbo:
            keys.append(("kbo", party.kbo))
        if party.name:
            keys.append(("name", _plain(party.name)))
        return keys


def _with_codes(parties: Sequence[Party]) -> list[Party]:
    """With the OVO code of the registered organisation that has this name and number."""
    numbers = {party.kbo for party in parties if party.kbo and party.organisation is None}
    codes = {}
    if numbers:
        rows = Organisation.objects.filter(kbo__in=numbers, ovo__gt="", is_verified=True)
        codes = {
            (kbo, _plain(name)): ovo
            for kbo, name, ovo in rows.order_by("pk").values_list("kbo", "name", "ovo")
        }
    return [
        replace(party, ovo=codes.get((party.kbo, _plain(party.name)), ""))
        if party.organisation is None
        else party
        for party in parties
    ]


# --- What is known of people ----------------------------------------------------------------------


class Tie(NamedTuple):
    """A person and a body that the person is close to; `interest` when it was declared."""

    person: Any
    party: Party
    interest: Interest | None


def _ties(people: Iterable[Any]) -> list[Tie]:
    by_id = {person.pk: person for person in people}
    memberships = Membership.objects.filter(user__in=by_id).select_related("organisation")
    ties = []
    for membership in memberships.order_by("pk"):
        party = _registered(membership.organisation)
        if not membership.organisation.is_verified:
            party = Party("", organisation=party.organisation)
        ties.append(Tie(by_id[membership.user_id], party, None))
    interests = list(current_interests().filter(person__in=by_id).order_by("pk"))
    parties = _with_codes([Party(interest.name, interest.kbo) for interest in interests])
    ties += [
        Tie(by_id[interest.person_id], party, interest)
        for interest, party in zip(interests, parties, strict=True)
    ]
    return ties


def current_interests() -> QuerySet[Interest]:
    """Interests that count: those that go on, and those that ended less than the number of years
    of `EVALUATION_DEFAULTS["interest_years"]` ago."""
    now = today()
    since = date(now.year - conf.interest_years(), now.month, min(now.day, 28))
    return Interest.objects.filter(Q(until__isnull=True) | Q(until__gte=since))


def _candidates(ties: Sequence[Tie], name: str, kbo: str) -> Q:
    """Rows that may be the same as a party of `ties`; `Party.is_same_as` decides."""
    names = {tie.party.name.strip().lower() for tie in ties if tie.party.name}
    numbers = {tie.party.kbo for tie in ties if tie.party.kbo}
    return Q(**{f"{name}__in": names}) | Q(**{f"{kbo}__in": numbers})


# --- What is known of files -----------------------------------------------------------------------


@dataclass
class _Files:
    """Applicants and partners of files; the things in both registers are proposal ids."""

    applicants: Register = field(default_factory=Register)
    partners: Register = field(default_factory=Register)

    @classmethod
    def of(cls, proposals: "QuerySet[Proposal]") -> "_Files":
        files = cls()
        has_working = ExpressionWrapper(WORKING_TEXT, BooleanField())
        rows = proposals.order_by("pk").annotate(has_working=has_working)
        applicant = [f"organisation__{name}" for name in ("name", "kbo", "ovo", "pk")]
        pks: list[int] = []
        working: list[int] = []
        for pk, is_working, *names in rows.values_list("pk", "has_working", *applicant):
            files.applicants.add(Party(*names), pk)
            (working if is_working else pks).append(pk)
        frozen = _frozen_partners(working) if working else {}
        of_rows = Partner.objects.filter(
            proposal__in=[*pks, *(pk for pk in working if pk not in frozen)]
        ).order_by("pk")
        named = [(pk, party) for pk, parties in frozen.items() for party in parties]
        named += [
            (pk, Party(name, kbo))
            for pk, name, kbo in of_rows.values_list("proposal", "name", "kbo")
        ]
        parties = _with_codes([party for _pk, party in named])
        for (pk, _party), party in zip(named, parties, strict=True):
            files.partners.add(party, pk)
        return files

    def involving(self, party: Party) -> Iterator[tuple[int, Party, bool]]:
        """Proposal id, the body that is the same, and whether it is the applicant."""
        for other, pk in self.applicants.like(party):
            yield pk, other, True
        for other, pk in self.partners.like(party):
            yield pk, other, False


def _frozen_partners(proposals: Sequence[int]) -> dict[int, list[Party]]:
    """The partners of the version that counts, of files whose rows hold working text."""
    versions = (
        ProposalVersion.objects.filter(proposal__in=proposals)
        .order_by("proposal_id", "-number")
        .distinct("proposal_id")
        .values_list("proposal_id", "content__partners")
    )
    return {
        pk: [Party(row["name"], row["kbo"]) for row in partners or ()] for pk, partners in versions
    }


def _project_parties(ties: Sequence[Tie]) -> dict[Project, list[Party]]:
    """Applicant and partners of the projects in which an organisation of somebody takes part."""
    members = [tie for tie in ties if tie.interest is None]
    if not members:
        return {}
    partners = Partner.objects.annotate(plain=Lower("name"))
    taking_part = partners.filter(
        _candidates(members, "plain", "kbo"), proposal=OuterRef("proposal")
    )
    projects = (
        Project.objects.annotate(plain=Lower("organisation__name"))
        .filter(
            Q(organisation__in=[tie.party.organisation for tie in members])
            | _candidates(members, "plain", "organisation__kbo")
            | Exists(taking_part)
        )
        .select_related("organisation")
        .order_by("pk")
    )
    found: dict[Project, list[Party]] = {
        project: [_registered(project.organisation)] for project in projects
    }
    by_proposal = {project.proposal_id: project for project in found if project.proposal_id}
    rows = Partner.objects.filter(proposal__in=by_proposal).order_by("pk")
    named = list(rows.values_list("proposal", "name", "kbo"))
    parties = _with_codes([Party(name, kbo) for _pk, name, kbo in named])
    for (pk, _name, _kbo), party in zip(named, parties, strict=True):
        found[by_proposal[pk]].append(party)
    return found


def _contractors(ties: Sequence[Tie]) -> list[tuple[Procurement, Party]]:
    """Who works under a contract of a project and may be a body that somebody is close to."""
    rows = (
        Procurement.objects.exclude(contractor_name="")
        .annotate(plain=Lower("contractor_name"))
        .filter(_candidates(ties, "plain", "contractor_kbo"))
        .select_related("project__organisation")
        .order_by("pk")
    )
    found = list(rows)
    parties = _with_codes([Party(row.contractor_name, row.contractor_kbo) for row in found])
    return list(zip(found, parties, strict=True))


# --- The kinds of conflicts -----------------------------------------------------------------------

Finding = tuple[int, ConflictKind, str]


def _direct(tie: Tie, files: _Files) -> Iterator[Finding]:
    """The person's own organisation or interest is the applicant or a partner."""
    for pk, other, is_applicant in files.involving(tie.party):
        names = {"person": tie.person, "organisation": other.name}
        if tie.interest is not None:
            sentence = _("%(person)s meldde een band met %(organisation)s: %(kind)s.") % {
                **names,
                "kind": tie.interest.get_kind_display().lower(),
            }
            yield pk, ConflictKind.INTEREST, sentence
        elif not is_applicant:
            sentence = _(
                "%(person)s hoort bij %(organisation)s, die als partner bij dit voorstel betrokken "
                "is."
            )
            yield pk, ConflictKind.PARTNER, sentence % names
        else:
            is_member = other.organisation == tie.party.organisation
            kind = ConflictKind.ORGANISATION if is_member else ConflictKind.ENTERPRISE_NUMBER
            sentence = _(
                "%(person)s hoort bij %(organisation)s, die bij dit voorstel betrokken is."
            )
            yield pk, kind, sentence % names


def _shared(tie: Tie, files: _Files, projects: dict[Project, list[Party]]) -> Iterator[Finding]:
    """The person's organisation takes or took part in a project with the applicant or a partner."""
    if tie.interest is not None:
        return
    for project, parties in projects.items():
        if not any(tie.party.is_same_as(party) for party in parties):
            continue
        for party in parties:
            if tie.party.is_same_as(party):
                continue
            for pk, other, _is_applicant in files.involving(party):
                if pk == project.proposal_id:
                    continue  # the project that this very file became
                sentence = _(
                    "%(own)s, waar %(person)s bij hoort, werkt of werkte met %(organisation)s in "
                    "project %(project)s."
                )
                yield (
                    pk,
                    ConflictKind.SHARED_PROJECT,
                    sentence
                    % {
                        "own": tie.party.name,
                        "person": tie.person,
                        "organisation": other.name,
                        "project": project.reference,
                    },
                )


def _supplied(
    tie: Tie, files: _Files, contractors: Sequence[tuple[Procurement, Party]]
) -> Iterator[Finding]:
    """The person is close to a contractor of a project of the applicant."""
    for procurement, contractor in contractors:
        if not tie.party.is_same_as(contractor):
            continue
        applicant = _registered(procurement.project.organisation)
        for other, pk in files.applicants.like(applicant):
            sentence = _(
                "%(person)s heeft een band met %(contractor)s, opdrachtnemer van %(organisation)s "
                "in project %(project)s."
            )
            yield (
                pk,
                ConflictKind.SUPPLIER,
                sentence
                % {
                    "person": tie.person,
                    "contractor": contractor.name,
                    "organisation": other.name,
                    "project": procurement.project.reference,
                },
            )
