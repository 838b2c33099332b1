"""Putting the working text back to a version that was handed in."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormQuestion, QuestionType, SectionKind, Theme
from common import clock
from projects.fields import PARTNER_FIELDS
from projects.frozen import GENERAL_TEXTS, Content, frozen_text
from projects.models import Attachment, CostLine, Partner, Proposal, ProposalVersion, SectionAnswers
from projects.services.partners import match_rows
from projects.services.revisions import keep_revision


def put_back(proposal: Proposal, version: ProposalVersion, by: User | None) -> None:
    """Let every row of the working text agree with `version` again.

    Inside the caller's transaction, with the proposal locked. The frozen version is the source and
    not the history of the sections: it is what counts, and it is always there. Answers that were
    never handed in, such as those to a hidden question, stay. `by` is None for the portal itself;
    the sections then name who handed the version in.
    """
    content = version.content
    _put_back_fields(proposal, content)
    _put_back_answers(proposal, content)
    _put_back_partners(proposal, content["partners"])
    _put_back_lines(proposal, content["cost_lines"])
    _put_back_files(proposal, version)
    _count_on(proposal, by or version.submitted_by)
    record(
        actor=by,
        action="proposal.text_put_back",
        label=_("Tekst teruggezet naar versie %(number)s") % {"number": version.number},
        about=proposal,
        data={"version": version.number},
    )


def _count_on(proposal: Proposal, by: User) -> None:
    """A new version of each section: an open page must clash, and the history keeps what was there.

    The changes that were never handed in stay readable in the history of their section.
    """
    for saved in SectionAnswers.objects.filter(proposal=proposal).select_related("section"):
        saved.version += 1
        saved.updated_by = by
        saved.updated_at = clock.now()
        saved.save(update_fields=["version", "updated_by", "updated_at"])
        keep_revision(
            proposal=proposal,
            section=saved.section,
            saved=saved,
            by=by,
            is_autosave=False,
            latest=None,
        )


def _put_back_fields(proposal: Proposal, content: Content) -> None:
    for name in GENERAL_TEXTS:
        setattr(proposal, name, frozen_text(content, name))
    proposal.theme = Theme.objects.filter(name=frozen_text(content, "theme")).first()
    estimate = content["estimate"]
    proposal.other_subsidies = Decimal(estimate["other_subsidies"])
    proposal.total_cost = Decimal(estimate["total"])
    proposal.requested_amount = Decimal(estimate["requested"])
    answers = _items(content, SectionKind.BUDGET)
    if answers:
        proposal.own_budget_secured = {"Ja": True, "Nee": False}.get(
            answers["own_budget_secured"]["text"]
        )
        proposal.ceiling_reason = answers["ceiling_reason"]["text"]
    proposal.save(
        update_fields=[
            *GENERAL_TEXTS,
            "theme",
            "other_subsidies",
            "own_budget_secured",
            "ceiling_reason",
            "total_cost",
            "requested_amount",
        ]
    )


def _items(content: Content, kind: str) -> dict[str, Content]:
    return {
        item["key"]: item
        for section in content["sections"]
        if section["kind"] == kind
        for item in section["items"]
    }


def _put_back_answers(proposal: Proposal, content: Content) -> None:
    frozen = {
        section["code"]: {
            item["key"]: item["value"]
            for item in section["items"]
            if item["type"] != QuestionType.FILE
        }
        for section in content["sections"]
        if section["kind"] == SectionKind.QUESTIONS
    }
    for saved in SectionAnswers.objects.filter(proposal=proposal).select_related("section"):
        if saved.section.code in frozen:
            saved.answers = {**saved.answers, **frozen[saved.section.code]}
            saved.save(update_fields=["answers"])


def _put_back_partners(proposal: Proposal, rows: list[Content]) -> None:
    """A partner that is still there keeps its row, so its people keep their access."""
    standing = list(proposal.partners.all())
    known = {partner.pk: partner for partner in standing}
    for position, (row, same) in enumerate(zip(rows, match_rows(standing, rows), strict=True), 1):
        # A row that was taken out comes back under the number that the version names.
        partner = same or Partner(pk=row.get("id"), proposal=proposal)
        known.pop(partner.pk, None)
        for name in PARTNER_FIELDS:
            setattr(partner, name, row[name])
        partner.position = position
        partner.version += 1
        partner.save()
    for partner in known.values():
        partner.delete()


def _put_back_lines(proposal: Proposal, rows: list[Content]) -> None:
    proposal.cost_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(
            proposal=proposal,
            position=position,
            phase=row["phase"],
            description=row["description"],
            amount=Decimal(row["amount"]),
            vat_rate=row["vat_rate"],
            vat_recoverable=row["vat_recoverable"],
        )
        for position, row in enumerate(rows, 1)
    )


def _put_back_files(proposal: Proposal, version: ProposalVersion) -> None:
    rows: list[Content] = version.content["attachments"]
    known: dict[Any, Attachment] = {
        (str(attachment.file_id), attachment.question_id): attachment
        for attachment in proposal.attachments.all()
    }
    questions = set(
        FormQuestion.objects.filter(pk__in=[row["question"] for row in rows]).values_list(
            "pk", flat=True
        )
    )
    partners: dict[Any, Partner] = {partner.pk: partner for partner in proposal.partners.all()}
    for row in rows:
        question = row["question"] if row["question"] in questions else None
        attachment = known.pop((row["id"], row["question"]), None) or Attachment(
            proposal=proposal,
            file_id=row["id"],
            question_id=question,
            partner=partners.get(row.get("partner")),
            added_by_id=version.submitted_by_id,
        )
        attachment.description = row["description"]
        attachment.is_confidential = row["is_confidential"]
        attachment.save()
    for attachment in known.values():
        attachment.delete()
