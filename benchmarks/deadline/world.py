"""The authorities, each with a submitter who is signed in and a draft that is complete.

The first draft is written with the services that people use; the others are copies of its rows, so
that preparing stays short. Signing in is not measured: sessions are made here.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - only after setup
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: E402

from accounts.models import Membership, Organisation, OrganisationType, User  # noqa: E402
from accounts.roles import MemberRole, StaffRole  # noqa: E402
from accounts.services.second_factor import must_have_second_factor  # noqa: E402
from accounts.standing import SECOND_FACTOR  # noqa: E402
from benchmarks.deadline import AUTHORITIES  # noqa: E402
from calls.lifecycle import CallState  # noqa: E402
from calls.models import Call, FormQuestion, QuestionType, SectionKind  # noqa: E402
from calls.services import create_call  # noqa: E402
from common import clock  # noqa: E402
from projects.answers import KINDS, Json, columns_of  # noqa: E402
from projects.draft import load_draft  # noqa: E402
from projects.models import CostLine, Partner, Proposal, SectionAnswers  # noqa: E402
from projects.services import (  # noqa: E402
    save_answers,
    save_estimate,
    save_general,
    save_partners,
    start_proposal,
)
from projects.services.drafting import GENERAL_FIELDS  # noqa: E402

SENTENCE = "De riolering stroomt bij hevige regen over en niemand weet vooraf in welke straat. "
FILLED = Decimal("0.7")
"""How much of the room for a text a serious applicant uses."""


def make(authorities: int) -> list[dict[str, str]]:
    """Fill an empty database; answers one line per authority for the visitors."""
    with transaction.atomic():
        call = open_call()
        members = list(submitters(authorities))
        first = written_draft(call, members[0])
        proposals = [first, *copies(first, members[1:])]
        return [
            {
                "reference": proposal.reference,
                "session": signed_in(member.user),
                "section": call.sections.get(kind=SectionKind.ATTACHMENTS).code,
            }
            for proposal, member in zip(proposals, members, strict=True)
        ]


def open_call() -> Call:
    """The default call, open; `visitors` begin when its closing is set two minutes ahead."""
    team = User.objects.create_user("team@bench.invalid")
    team.groups.add(Group.objects.get_or_create(name=StaffRole.TEAM_MEMBER.value)[0])
    call = create_call(reference="PIO-BENCH-1", title="Oproep voor de meting", by=team)
    now = clock.now()
    call.rounds.create(number=1, opens_at=now - timedelta(days=30), closes_at=now + timedelta(1))
    call.summary = "Een oproep om te meten."
    call.save(update_fields=["summary"])
    Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED)
    call.refresh_from_db()
    return call


def submitters(authorities: int) -> Iterator[Membership]:
    """One person per authority, who may submit."""
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Gemeente Voorbeeld {number}",
            type=OrganisationType.MUNICIPALITY,
            kbo=kbo(number),
            is_verified=True,
            is_fictional=True,
        )
        for number in range(authorities)
    )
    people = User.objects.bulk_create(
        User(
            email=f"indiener{number}@bench.invalid",
            first_name="An",
            last_name=f"Indiener {number}",
            password="!",
        )
        for number in range(authorities)
    )
    yield from Membership.objects.bulk_create(
        Membership(user=person, organisation=organisation, role=MemberRole.SUBMITTER)
        for person, organisation in zip(people, organisations, strict=True)
    )


def kbo(number: int) -> str:
    """A number with right check digits."""
    digits = f"{2_000_000 + number:08d}"
    return f"{digits}{97 - int(digits) % 97:02d}"


def written_draft(call: Call, member: Membership) -> Proposal:
    """A complete draft, section by section, as its author would save it."""
    by = member.user
    proposal = start_proposal(
        call=call, organisation=member.organisation, title="Slimme riolering", by=by
    )
    for section in call.sections.prefetch_related("questions"):
        common: dict[str, Any] = {"proposal": proposal, "section": section, "version": 0, "by": by}
        match section.kind:
            case SectionKind.GENERAL:
                written = {
                    "title": "Slimme riolering die voorspelt waar ze overstroomt",
                    "summary": text_of(1000),
                    "contact_name": "An Peeters",
                    "contact_email": "contact@bench.invalid",
                    "signatory_name": "Jan Maes",
                    "signatory_function": "Algemeen directeur",
                    "theme": None,
                }
                values = {**dict.fromkeys(GENERAL_FIELDS, ""), **written}
                save_general(**common, values=values)
            case SectionKind.QUESTIONS:
                answers = {question.key: answer(question) for question in section.questions.all()}
                save_answers(**common, answers=answers)
            case SectionKind.PARTNERS:
                save_partners(**common, rows=[partner(number) for number in range(2)])
            case SectionKind.BUDGET:
                save_estimate(
                    **common,
                    lines=[cost_line(phase) for phase in estimated_phases(call)],
                    other_subsidies=None,
                    own_budget_secured=True,
                    ceiling_reason="",
                )
    proposal.refresh_from_db()
    if missing := [gap.sentence for gap in load_draft(proposal).missing]:
        raise SystemExit(f"The draft for the measurement is not complete: {missing}")
    return proposal


def text_of(limit: int) -> str:
    return (SENTENCE * 100)[: int(limit * FILLED)].strip()


def answer(question: FormQuestion) -> Json:
    """A full answer in the canonical form of its type."""
    if question.type == QuestionType.TABLE:
        return [{c.key: cell(c) for c in columns_of(question)} for _row in range(4)]
    return cell(question)


def cell(asked: Any) -> Json:
    if asked.type == QuestionType.TEXT:
        return text_of(min(asked.max_length or 500, 4000) if asked.max_length != 1000 else 80)
    if asked.type == QuestionType.CHOICE:
        return asked.choices[0]
    return {
        QuestionType.YES_NO: False,
        QuestionType.NUMBER: "12.5",
        QuestionType.MONEY: "1250.00",
        QuestionType.DATE: "2027-06-14",
        QuestionType.DECLARATION: True,
    }.get(asked.type, KINDS[asked.type].nothing)


def partner(number: int) -> dict[str, Any]:
    return {
        "name": f"Partner {number}",
        "kbo": kbo(9000 + number),
        "role": "Testgebied",
        "contribution": text_of(300),
        "has_letter_of_intent": True,
    }


def estimated_phases(call: Call) -> list[str]:
    return list(call.cofinancing_rules.values_list("phase", flat=True))


def cost_line(phase: str) -> dict[str, Any]:
    return {
        "phase": phase,
        "description": "Werk van derden",
        "amount": Decimal("20000.00"),
        "vat_rate": 21,
        "vat_recoverable": False,
    }


def copies(first: Proposal, members: list[Membership]) -> list[Proposal]:
    """The same draft for each of these people."""
    plain = {
        f.name: getattr(first, f.name) for f in Proposal._meta.concrete_fields if not f.primary_key
    }
    proposals = Proposal.objects.bulk_create(
        Proposal(
            **plain
            | {
                "organisation": member.organisation,
                "reference": f"{first.call.reference}-{number:04d}",
                "title": f"{first.title} ({number})",
                "created_by": member.user,
            }
        )
        for number, member in enumerate(members, 2)
    )
    models: tuple[Any, ...] = (SectionAnswers, Partner, CostLine)
    for model in models:
        rows: list[Any] = list(model.objects.filter(proposal=first).values())
        authors = {"updated_by_id": None} if model is SectionAnswers else {}
        model.objects.bulk_create(
            model(
                **{key: value for key, value in row.items() if key != "id"}
                | {"proposal_id": proposal.pk}
                | dict.fromkeys(authors, proposal.created_by_id)
            )
            for proposal in proposals
            for row in rows
        )
    Call.objects.filter(pk=first.call_id).update(last_proposal_number=len(proposals) + 1)
    return proposals


def signed_in(person: User) -> str:
    """The key of a session in which this person is signed in, staff with their second step."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    if must_have_second_factor(person):
        session[SECOND_FACTOR] = TOTPDevice.objects.create(user=person, confirmed=True).pk
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    authorities = int(sys.argv[2]) if len(sys.argv) > 2 else AUTHORITIES
    Path(sys.argv[1]).write_text(json.dumps(make(authorities)))
