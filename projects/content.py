"""A proposal as plain data: what is frozen at submission, and what every reading view shows.

The content of a version (`SCHEMA` 1)::

    {"schema": 1, "reference", "version", "arrived_at", "submitted_by",
     "call": {"reference", "title"}, "round": {"number", "opens_at", "closes_at"},
     "timing": {"closes_at", "extended_until" or null, "grace_minutes_used"},
     "organisation": {"name", "type", "kbo", "ovo", "nis", "street", "postcode", "city"},
     "previous": reference or null,
     "sections": [{"code", "title", "kind", "items": [item, ...]}],
     "estimate": {"net", "vat", "total", "eligible", "requested", "other_subsidies", "own_share",
                  "phases": [...]},
     "partners": [{"id", "name", "kbo", "role", "contribution", "has_letter_of_intent"}],
     "cost_lines": [...],
     "attachments": [{"id", "name", "size", "sha256", "description", "is_confidential",
                      "question", "partner"}]}

An item is what a reader sees: `{"key", "label", "type", "value", "text"}`, where a table has
`columns` and `rows` of texts, and files have `files` (as in `attachments`). Amounts are text with
two decimals, instants ISO 8601 in UTC. Always in Dutch, the language of administration.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from calls.models import FormQuestion, FormSection, QuestionType, SectionKind, SubmissionRound
from common.formatting import format_kbo
from common.money import format_eur
from projects.answers import KINDS, TABLE, columns_of
from projects.draft import Draft
from projects.models import Attachment, Proposal

SCHEMA = 1
Content = dict[str, Any]
NUMERIC = frozenset({QuestionType.NUMBER, QuestionType.MONEY})


def canonical_text(content: Content) -> str:
    """The one text of some content: sorted keys, no spaces, characters as they are."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(content: Content) -> str:
    """SHA-256 of the canonical text in UTF-8, as the receipt prints it."""
    return hashlib.sha256(canonical_text(content).encode()).hexdigest()


def proposal_content(
    draft: Draft,
    *,
    version: int,
    arrived_at: datetime,
    submitted_by: str,
    submission_round: SubmissionRound | None,
) -> Content:
    """The whole proposal, to be frozen; `timing` tells against which deadline it was in time."""
    proposal, call, organisation = draft.proposal, draft.call, draft.proposal.organisation
    with translation.override("nl"):
        return {
            "schema": SCHEMA,
            "reference": proposal.reference,
            "version": version,
            "arrived_at": _instant(arrived_at),
            "submitted_by": submitted_by,
            "call": {"reference": call.reference, "title": call.title},
            "round": submission_round
            and {
                "number": submission_round.number,
                "opens_at": _instant(submission_round.opens_at),
                "closes_at": _instant(submission_round.closes_at),
            },
            "timing": _timing(proposal, submission_round, arrived_at),
            "organisation": {
                "name": organisation.name,
                "type": str(organisation.get_type_display()),
                **{
                    name: getattr(organisation, name)
                    for name in ("kbo", "ovo", "nis", "street", "postcode", "city")
                },
            },
            "previous": proposal.previous.reference if proposal.previous else None,
            "sections": [section_content(draft, section) for section in draft.sections],
            "partners": [
                {
                    "id": partner.pk,
                    "name": partner.name,
                    "kbo": partner.kbo,
                    "role": partner.role,
                    "contribution": partner.contribution,
                    "has_letter_of_intent": partner.has_letter_of_intent,
                }
                for partner in proposal.partners.all()
            ],
            "cost_lines": [
                {
                    "phase": line.phase,
                    "description": line.description,
                    "amount": _amount(line.amount),
                    "vat_rate": line.vat_rate,
                    "vat": _amount(line.vat),
                    "vat_recoverable": line.vat_recoverable,
                }
                for line in proposal.cost_lines.all()
            ],
            "estimate": _estimate(draft),
            "attachments": [_attachment(attachment) for attachment in draft.attachments_to_hand_in],
        }


def section_content(draft: Draft, section: FormSection, *, as_written: bool = False) -> Content:
    """One section as a reader sees it, also while it is a draft: the questions that apply.

    `as_written`: for who works on it, also an answer to a question whose condition does not hold.
    """
    if as_written and section.kind == SectionKind.QUESTIONS:
        return {**section_content(draft, section), "items": _written_items(draft, section)}
    builders = {
        SectionKind.GENERAL: _general_items,
        SectionKind.QUESTIONS: _question_items,
        SectionKind.PARTNERS: _partner_items,
        SectionKind.BUDGET: _estimate_items,
        SectionKind.ATTACHMENTS: _attachment_items,
    }
    with translation.override("nl"):
        return {
            "code": section.code,
            "title": section.title,
            "kind": section.kind,
            "items": builders[SectionKind(section.kind)](draft, section),
        }


# --- Items per kind of section -------------------------------------------------------------------


def _item(key: str, label: str, text: str, *, kind: str = "text", value: Any = None) -> Content:
    return {
        "key": key,
        "label": label,
        "type": kind,
        "value": text if value is None else value,
        "text": text,
    }


def _table(
    key: str, label: str, columns: Sequence[tuple[str, bool]], rows: list[list[str]], value: Any
) -> Content:
    """`columns` are labels, each with whether its cells are figures."""
    return {
        "key": key,
        "label": label,
        "type": str(QuestionType.TABLE),
        "value": value,
        "text": "",
        "columns": [{"label": name, "is_number": is_number} for name, is_number in columns],
        "rows": rows,
    }


def _files(key: str, label: str, attachments: list[Attachment]) -> Content:
    return {
        "key": key,
        "label": label,
        "type": str(QuestionType.FILE),
        "value": [str(attachment.file_id) for attachment in attachments],
        "text": "",
        "files": [_attachment(attachment) for attachment in attachments],
    }


def _general_items(draft: Draft, section: FormSection) -> list[Content]:
    proposal = draft.proposal
    return [
        _item("title", "Titel", proposal.title),
        _item("acronym", "Korte naam", proposal.acronym),
        _item("summary", "Publieke samenvatting", proposal.summary),
        _item("theme", "Thema", proposal.theme.name if proposal.theme else ""),
        _item("contact_name", "Contactpersoon", proposal.contact_name),
        _item("contact_email", "E-mail van de contactpersoon", proposal.contact_email),
        _item("contact_phone", "Telefoon van de contactpersoon", proposal.contact_phone),
        _item("signatory_name", "Verantwoordelijke ondertekenaar", proposal.signatory_name),
        _item("signatory_function", "Functie van de ondertekenaar", proposal.signatory_function),
    ]


def _question_items(draft: Draft, section: FormSection) -> list[Content]:
    return [
        _answer_item(draft, section, question)
        for question in draft.questions(section)
        if draft.is_shown(question)
    ]


def _written_items(draft: Draft, section: FormSection) -> list[Content]:
    with translation.override("nl"):
        return [
            _answer_item(draft, section, question)
            for question in draft.questions(section)
            if draft.is_shown(question) or draft.is_answered(section, question)
        ]


def _answer_item(draft: Draft, section: FormSection, question: FormQuestion) -> Content:
    if question.type == QuestionType.FILE:
        return _files(question.key, question.label, draft.files_of(question))
    stored = draft.answer(section, question)
    if question.type == QuestionType.TABLE:
        columns = [(column.label, column.type in NUMERIC) for column in columns_of(question)]
        return _table(
            question.key, question.label, columns, TABLE.word_rows(question, stored), stored
        )
    return {
        "key": question.key,
        "label": question.label,
        "type": question.type,
        "value": stored,
        "text": KINDS[question.type].words(stored),
    }


def _partner_items(draft: Draft, section: FormSection) -> list[Content]:
    rows = [
        [
            partner.name,
            format_kbo(partner.kbo),
            partner.role,
            partner.contribution,
            "Ja" if partner.has_letter_of_intent else "Nee",
        ]
        for partner in draft.proposal.partners.all()
    ]
    labels = ["Organisatie", "Ondernemingsnummer", "Rol", "Bijdrage", "Intentieverklaring"]
    columns = [(label, False) for label in labels]
    items = [_table("partners", "Partners", columns, rows, None)]
    if draft.letters:
        items.append(_files("letters", "Intentieverklaringen", draft.letters))
    return items


def _estimate_items(draft: Draft, section: FormSection) -> list[Content]:
    proposal, estimate = draft.proposal, draft.estimate
    lines = [
        [
            str(line.get_phase_display()),
            line.description,
            format_eur(line.amount),
            f"{line.vat_rate} %",
            format_eur(line.vat),
            "Ja" if line.vat_recoverable else "Nee",
        ]
        for line in proposal.cost_lines.all()
    ]
    phases = [
        [
            phase.label,
            format_eur(phase.total),
            format_eur(phase.eligible),
            format_eur(phase.requested),
            phase.explanation,
        ]
        for phase in estimate.phases
    ]
    if phases:
        totals = (estimate.total, estimate.eligible, estimate.requested)
        phases.append(["Totaal", *map(format_eur, totals), ""])
    line_columns = [
        ("Fase", False),
        ("Omschrijving", False),
        ("Bedrag exclusief btw", True),
        ("Tarief", True),
        ("Btw", True),
        ("Btw terugvorderbaar", False),
    ]
    phase_columns = [
        ("Fase", False),
        ("Kost inclusief btw", True),
        ("Komt in aanmerking", True),
        ("Gevraagd", True),
        ("Berekening", False),
    ]
    secured = {True: "Ja", False: "Nee", None: ""}[proposal.own_budget_secured]
    return [
        _table("lines", "Kosten", line_columns, lines, None),
        _table("phases", "Gevraagde cofinanciering", phase_columns, phases, None),
        _item(
            "other_subsidies",
            "Andere subsidies",
            format_eur(proposal.other_subsidies),
            kind="money",
            value=_amount(proposal.other_subsidies),
        ),
        _item("own_budget_secured", "Eigen budget ligt vast", secured),
        _item(
            "ceiling_reason", "Reden om het richtbedrag te overschrijden", proposal.ceiling_reason
        ),
    ]


def _attachment_items(draft: Draft, section: FormSection) -> list[Content]:
    return [_files("attachments", "Bijlagen", draft.files_of(None))]


# --- Pieces --------------------------------------------------------------------------------------


def _attachment(attachment: Attachment) -> Content:
    stored = attachment.file
    return {
        "id": str(stored.pk),
        "name": stored.name,
        "size": stored.size,
        "sha256": stored.sha256,
        "description": attachment.description,
        "is_confidential": attachment.is_confidential,
        "question": attachment.question_id,
        "partner": attachment.partner_id,
    }


def _estimate(draft: Draft) -> Content:
    estimate = draft.estimate
    totals = ("net", "vat", "total", "eligible", "requested", "other_subsidies", "own_share")
    return {
        **{name: _amount(getattr(estimate, name)) for name in totals},
        "phases": [
            {
                "phase": phase.phase,
                "label": phase.label,
                "explanation": phase.explanation,
                **{
                    name: _amount(getattr(phase, name))
                    for name in ("net", "vat", "total", "eligible", "requested")
                },
            }
            for phase in estimate.phases
        ],
    }


def _timing(
    proposal: Proposal, submission_round: SubmissionRound | None, arrived_at: datetime
) -> Content:
    extended = proposal.extended_until
    in_grace = (
        submission_round is not None
        and submission_round.is_in_grace_at(arrived_at)
        and not proposal.is_extended_at(arrived_at)
        and not (proposal.correction_until and arrived_at < proposal.correction_until)
    )
    return {
        "closes_at": submission_round and _instant(submission_round.closes_at),
        "extended_until": extended and _instant(extended),
        "grace_minutes_used": submission_round.grace_minutes
        if submission_round and in_grace
        else 0,
    }


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
