"""What a division of the files of a call is made from, and what a proposed one says."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from calls.models import Call
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES
from evaluations.matching import Bar, Division, FileNeed, LeadReason, Pair, Reader, Shortage, divide
from evaluations.models import (
    Assignment,
    AssignmentPair,
    AssignmentRun,
    ConflictOfInterest,
    FileSummary,
)
from evaluations.selectors.conflicts import conflicts_between
from evaluations.selectors.files import visible_files
from evaluations.selectors.pool import ASKED_BEFORE, Adviser, advisers
from projects.lifecycle import ProposalState
from projects.models import Proposal


@dataclass(frozen=True)
class Short:
    """A file that lacks readers."""

    pk: int
    reference: str
    theme: str
    wanted: int
    missing: int
    needs_lead: bool


def files_without_readers(user: Any, call: Call) -> list[Short]:
    """Complete files of the call with fewer readers than it asks, that `user` sees."""
    active = Q(assignments__state__in=ACTIVE_ASSIGNMENT_STATES)
    rows = (
        visible_files(user)
        .filter(call=call, state__in=[ProposalState.COMPLETE, ProposalState.ASSESSMENT])
        .annotate(
            reader_total=Count("assignments", filter=active, distinct=True),
            has_lead=Exists(
                Assignment.objects.active().filter(proposal=OuterRef("pk"), is_lead=True)
            ),
        )
        .filter(Q(reader_total__lt=call.reader_count) | Q(has_lead=False))
        .order_by("reference", "pk")
        .values_list("pk", "reference", "summary_row__theme", "reader_total", "has_lead")
    )
    return [
        Short(
            pk=pk,
            reference=reference,
            theme=theme or "",
            wanted=call.reader_count,
            missing=max(call.reader_count - readers, 0 if has_lead else 1),
            needs_lead=not has_lead,
        )
        for pk, reference, theme, readers, has_lead in rows
    ]


def work_out(
    user: Any, call: Call, due_on: date, files: list[Short], pool: list[Adviser]
) -> Division:
    """The division that `user` may be shown: of files and loads that `user` may know."""
    pool = [one for one in pool if one.is_in_pool]
    return divide(
        [FileNeed(one.pk, one.wanted, one.missing, one.needs_lead, one.theme) for one in files],
        [
            Reader(
                key=one.user.pk,
                load=one.load,
                capacity=one.capacity,
                leads=one.leads,
                expertise=frozenset(one.themes),
                is_away=one.is_away_for(due_on),
            )
            for one in pool
        ],
        _barred([one.pk for one in files], [one.user for one in pool]),
    )


def _barred(files: list[int], people: list[User]) -> dict[tuple[int, int], Bar]:
    barred: dict[tuple[int, int], Bar] = {}
    assignments = Assignment.objects.filter(proposal__in=files, adviser__in=people).order_by("pk")
    for file, person, state in assignments.values_list("proposal", "adviser", "state"):
        if state in ACTIVE_ASSIGNMENT_STATES:
            barred[file, person] = Bar.ON_FILE
        elif state in ASKED_BEFORE:
            barred.setdefault((file, person), Bar.ASKED_BEFORE)
    known = ConflictOfInterest.objects.filter(proposal__in=files, person__in=people).order_by("pk")
    # Declared by mistake: who takes it back does not want this person asked by a machine.
    for pair in known.filter(lifted_by__isnull=False).values_list("proposal", "person"):
        barred.setdefault(pair, Bar.ASKED_BEFORE)
    pairs = {
        *known.standing().values_list("proposal", "person"),
        *(
            (file, person)
            for person, file in conflicts_between(people, Proposal.objects.filter(pk__in=files))
        ),
    }
    return barred | dict.fromkeys(pairs, Bar.CONFLICT)


# --- In words -------------------------------------------------------------------------------------


def why(pair: Pair, theme: str) -> str:
    """Why this adviser for this file, in sentences that are true of the division as made."""
    if not theme:
        expertise = _("Het dossier heeft geen thema.")
    elif pair.is_expert:
        expertise = _("Deskundig in het thema %(theme)s.") % {"theme": theme}
    else:
        expertise = _("Niet deskundig in het thema %(theme)s.") % {"theme": theme}
    load = _("Heeft na deze verdeling %(after)d van hoogstens %(most)d dossiers (nu %(before)d).")
    parts = [
        expertise,
        load % {"after": pair.load_after, "most": pair.capacity, "before": pair.load_before},
    ]
    if pair.is_least_loaded:
        parts.append(_("Niemand die even deskundig is en dit dossier mag lezen, heeft er minder."))
    else:
        parts.append(_("Gekozen om de hele verdeling gelijk te maken."))
    parts.append(_("Geen belangenconflict gevonden."))
    if pair.is_lead:
        parts.append(_lead(pair))
    return " ".join(parts)


def _lead(pair: Pair) -> str:
    reasons = {
        LeadReason.ONLY_READER: _("Schrijft het advies als enige nieuwe lezer."),
        LeadReason.EXPERT: _("Schrijft het advies als enige deskundige lezer."),
        LeadReason.FEWEST_LEADS: _(
            "Schrijft het advies: geen lezer van dit dossier schrijft er minder (%(count)d)."
        ),
        LeadReason.BALANCE: _(
            "Schrijft het advies, zodat de adviezen over alle adviseurs gelijk verdeeld zijn."
        ),
    }
    return reasons[LeadReason(pair.lead_reason)] % {"count": pair.leads_after}


def why_short(reason: Shortage, missing: int, wanted: int) -> str:
    """Why a file gets too few readers."""
    count = wanted - missing
    if count:
        begin = ngettext(
            "Maar %(count)d van %(wanted)d lezers:", "Maar %(count)d van %(wanted)d lezers:", count
        ) % {"count": count, "wanted": wanted}
    else:
        begin = _("Geen lezers:")
    reasons = {
        Shortage.NO_POOL: _("er is geen enkele adviseur beschikbaar voor nieuwe dossiers."),
        Shortage.ALL_CONFLICT: _("alle adviseurs hebben een belangenconflict."),
        Shortage.ROOM_IN_CONFLICT: _(
            "alle adviseurs met vrije plaatsen hebben een belangenconflict."
        ),
        Shortage.NO_ROOM: _("geen enkele adviseur heeft nog een vrije plaats of is aanwezig."),
        Shortage.NOT_ENOUGH_PEOPLE: _(
            "er zijn te weinig andere adviseurs met een vrije plaats, zonder belangenconflict en "
            "nog niet gevraagd."
        ),
        Shortage.OTHERS_TOOK_IT: _(
            "wie dit dossier mag lezen, zit vol door de andere dossiers van deze oproep."
        ),
    }
    return f"{begin} {reasons[reason]}"


# --- A proposed division --------------------------------------------------------------------------


def runs_for(user: Any) -> QuerySet[AssignmentRun]:
    """Divisions in which there is no file that does not exist for `user`, newest first.

    A division says something of every file in it, so who may not know one sees none of it.
    """
    hidden = set(ConflictOfInterest.objects.of(user).values_list("proposal", flat=True))
    in_pair = AssignmentPair.objects.filter(run=OuterRef("pk"), proposal__in=hidden)
    is_hidden = Q(Exists(in_pair))
    for pk in sorted(hidden):
        is_hidden |= Q(problems__contains=[{"proposal": pk}])
    runs = AssignmentRun.objects.exclude(is_hidden)
    return runs.select_related("call", "made_by", "applied_by").order_by("-made_at", "-pk")


def get_run(user: Any, call: Call, pk: int) -> AssignmentRun:
    """
    Raises:
        Http404: when there is none, or it names a file that does not exist for `user`.
    """
    run = runs_for(user).filter(call=call, pk=pk).first()
    if run is None:
        raise Http404
    return run


def pairs_of(run: AssignmentRun) -> list[AssignmentPair]:
    """The pairs with people and files, by file, the lead first."""
    return list(
        run.pairs.select_related("proposal", "adviser").order_by(
            "proposal__reference", "-is_lead", "pk"
        )
    )


@dataclass(frozen=True)
class LoadChange:
    """What a division does to one adviser."""

    adviser: Adviser
    added: int
    leads: int

    @property
    def after(self) -> int:
        return self.adviser.load + self.added


def load_changes(user: Any, pairs: list[AssignmentPair]) -> list[LoadChange]:
    """Per adviser of the pool, or in the division, the load before and after it."""
    added = Counter(pair.adviser_id for pair in pairs)
    leads = Counter(pair.adviser_id for pair in pairs if pair.is_lead)
    return [
        LoadChange(one, added[one.user.pk], leads[one.user.pk])
        for one in advisers(user)
        if one.is_in_pool or added[one.user.pk]
    ]


@dataclass(frozen=True)
class CallToDivide:
    call: Call
    missing: int


def calls_to_divide(user: Any) -> list[CallToDivide]:
    """Calls with complete files that lack readers, with how many files."""
    waiting = FileSummary.objects.filter(
        proposal__in=visible_files(user).values("pk"), step="assign"
    )
    counts = dict(
        waiting.order_by().values("call").annotate(n=Count("pk")).values_list("call", "n")
    )
    found = Call.objects.filter(pk__in=counts).order_by("-created_at", "-pk")
    return [CallToDivide(call, counts[call.pk]) for call in found]
