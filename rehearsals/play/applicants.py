"""The applicants: invented authorities that start, write, hesitate and hand in.

Everything goes through the services that the pages use.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from accounts.models import Organisation, OrganisationType, User
from accounts.roles import MemberRole
from accounts.services.members import add_member
from accounts.services.organisations import (
    OrganisationDetails,
    register_organisation,
    set_verified,
)
from calls.models import (
    FormQuestion,
    FormSection,
    QuestionType,
    SectionKind,
    Theme,
)
from common import clock
from common.moments import end_of_day, local_day, today
from common.money import ZERO
from projects.answers import KINDS
from projects.draft import Draft, load_draft
from projects.lifecycle import ProposalState
from projects.models import Proposal, SectionAssignment
from projects.services import (
    add_attachment,
    grant_extension,
    reopen_proposal,
    save_answers,
    save_estimate,
    save_general,
    save_partners,
    set_team_consent,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)
from projects.services.assignments import assign_section, finish_assignment
from projects.services.partner_access import invite_to_partner
from projects.services.submission import TooLate
from rehearsals.play.answers import NoAnswer, small_pdf
from rehearsals.play.casting import EXTENSION, NOT_SUBMITTING, PLACES, Applicant, Habit
from rehearsals.stage import DOMAIN, MARK

if TYPE_CHECKING:
    from rehearsals.play.performance import Performance


class Authority:
    """Plays one applicant: plans its acts with the clockwork, and takes them."""

    def __init__(self, play: "Performance", applicant: Applicant) -> None:
        self.play = play
        self.me = applicant

    def plan(self) -> None:
        """Everything up to handing in; what follows answers to what staff do."""
        me, play = self.me, self.play
        start = me.starts_at(play.published_at)
        submit = me.submits_at()
        last_save = (submit or me.round.closes_at) - timedelta(minutes=20)
        self._at(start, self.begin)
        self._quietly_at(start + (last_save - start) / 2, lambda: self.write(part=1))
        if me.number % 4 == 1:
            half_way = start + (last_save - start) / 2
            self._at(start + timedelta(hours=1), lambda: self.assign_section(half_way))
        if me.number % 4 == 2:
            self._at(start + (last_save - start) * 3 / 4, self.invite_partner)
        if me.habit not in NOT_SUBMITTING:
            self._quietly_at(last_save, lambda: self.write(part=2))
        if me.habit is Habit.SHOWS_DRAFT:
            self._quietly_at(start + (last_save - start) / 3, self.show_draft)
        if me.habit is Habit.ABANDONS:
            self._at(start + (last_save - start) * 2 / 3, lambda: self.withdraw("Geen budget."))
        if me.habit is Habit.GAPS:
            self._at(last_save - timedelta(minutes=5), self.submit_with_gaps)
        if submit is not None:
            self._at(submit, self.submit)
        if me.habit is Habit.EXTENDED:
            self._at(me.round.closes_at - timedelta(hours=6), self._grant_extension)
        if me.habit in {Habit.RESUBMITS, Habit.LAPSES} and submit is not None:
            left = me.round.closes_at - submit
            self._at(submit + left / 4, self.reopen)
            self._at(submit + left / 2, lambda: self._add_file(None, "Nieuwe nota"))
            if me.habit is Habit.RESUBMITS:
                self._at(submit + left * 3 / 4, self.submit)
        if me.habit is Habit.TWICE and submit is not None:
            self._at(submit + timedelta(seconds=2), self.submit)
        if me.habit is Habit.WITHDRAWS and submit is not None:
            self._at(
                me.round.closes_at + timedelta(days=1),
                lambda: self.withdraw("Het college koos een ander project."),
            )

    # --- Acts ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Register, start a draft and invite colleagues."""
        me, number = self.me, self.me.number
        place = f"{PLACES[number % len(PLACES)]} {number}"
        me.manager = User.objects.create_user(
            f"beheerder@{me.domain}", first_name="Bea", last_name=f"Beheerder {number} {MARK}"
        )
        me.organisation = register_organisation(
            actor=me.manager,
            details=OrganisationDetails(
                name=f"Bestuur {place} {MARK}",
                type=self._type(),
                kbo=_invented_kbo(number),
                street=f"Oefenplein {number}",
                postcode="9999",
                city=place,
            ),
        )
        Organisation.objects.filter(pk=me.organisation.pk).update(is_fictional=True)
        me.organisation.refresh_from_db()
        if me.habit is Habit.UNVERIFIED:
            verified = me.round.closes_at - (me.round.closes_at - clock.now()) / 3
            self._at(verified, self._verify)
        else:
            self._verify()
        me.proposal = start_proposal(
            call=self.play.call,
            organisation=me.organisation,
            title=me.writer.title(number),
            by=me.manager,
        )
        self._invite_colleagues()

    def _invite_colleagues(self) -> None:
        for role, first, last in (
            (MemberRole.EDITOR, "Evi", "Bewerker"),
            (MemberRole.READER, "Leo", "Lezer"),
        ):
            membership = add_member(
                actor=self.me.manager,
                organisation_id=self.me.organisation.pk,
                email=f"{last.lower()}@{self.me.domain}",
                role=role,
                first_name=first,
                last_name=f"{last} {self.me.number} {MARK}",
            )
            if role == MemberRole.EDITOR:
                self.me.editor = membership.user

    def write(self, part: int) -> None:
        """Fill in half of the sections, or the rest; the editor and the manager take turns."""
        draft = load_draft(self._fresh())
        half = len(draft.sections) // 2
        chosen = draft.sections[:half] if part == 1 else draft.sections[half:]
        for index, section in enumerate(chosen):
            by = self.me.editor if index % 2 else self.me.manager
            self._write_section(draft, section, by)

    def submit(self) -> None:
        """Press; what comes too late is refused, and the draft stays."""
        try:
            version = submit_proposal(
                proposal=self.me.proposal, by=self.me.manager, arrived_at=clock.now()
            )
        except TooLate:
            if self.me.is_in_time:
                raise
            return
        self.play.submitted(self, version)

    def submit_with_gaps(self) -> None:
        """A first try before the last sections are written; the portal says what is missing."""
        try:
            self.submit()
        except ValidationError:
            return

    def correct(self) -> None:
        """Complete what was declared incomplete, and hand in again."""
        self._add_file(None, "Aanvulling")
        self.submit()

    def assign_section(self, due: datetime) -> None:
        """Ask the editor for the last section, and hear nothing until the day after."""
        draft = load_draft(self._fresh())
        assignment = assign_section(
            proposal=self.me.proposal,
            section=draft.sections[-1],
            assignee=self.me.editor,
            due_on=max(local_day(due), today()),
            by=self.me.manager,
        )
        self._at(
            end_of_day(assignment.due_on) + timedelta(hours=9),
            lambda: self._finish_section(assignment),
        )

    def _finish_section(self, assignment: SectionAssignment) -> None:
        if Proposal.objects.get(pk=self.me.proposal.pk).can_be_edited:
            finish_assignment(assignment=assignment, by=self.me.editor)

    def invite_partner(self) -> None:
        partner = self.me.proposal.partners.order_by("position").first()
        if partner is not None:
            invite_to_partner(
                partner=partner,
                email=f"partner@partner{self.me.number:02d}.{DOMAIN}",
                by=self.me.manager,
                first_name="Pia",
                last_name=f"Partner {self.me.number} {MARK}",
            )

    def reopen(self) -> None:
        reopen_proposal(proposal=self.me.proposal, by=self.me.manager)

    def show_draft(self) -> None:
        set_team_consent(proposal=self.me.proposal, may_view=True, by=self.me.manager)

    def withdraw(self, reason: str) -> None:
        withdraw_proposal(proposal=self.me.proposal, by=self.me.manager, reason=reason)

    # --- Pieces ----------------------------------------------------------------------------------

    def _at(self, instant: datetime, act: Callable[[], None]) -> None:
        self.play.at(instant, act, of=self._words())

    def _verify(self) -> None:
        set_verified(
            actor=self.play.cast.team, organisation_id=self.me.organisation.pk, verified=True
        )

    def _grant_extension(self) -> None:
        grant_extension(
            proposal=self.me.proposal,
            until=self.me.round.closes_at + EXTENSION,
            reason="Het stadhuis zat een dag zonder stroom.",
            by=self.play.cast.team,
        )

    def _type(self) -> str:
        possible = self.play.call.eligible_types or [
            OrganisationType.MUNICIPALITY.value,
            OrganisationType.AGENCY.value,
            OrganisationType.PROVINCE.value,
            OrganisationType.HOSPITAL.value,
            OrganisationType.INTERMUNICIPAL.value,
        ]
        return str(possible[self.me.number % len(possible)])

    def _quietly_at(self, instant: datetime, act: Callable[[], None]) -> None:
        """For what changes no deadline and nobody's duty: the planner need not look."""
        self.play.at(instant, act, of=self._words(), quiet=True)

    def _words(self) -> str:
        return f"aanvrager {self.me.number} ({self.me.habit.value})"

    def _write_section(self, draft: Draft, section: FormSection, by: User) -> None:
        writers: dict[str, Callable[[Draft, FormSection, User], Any]] = {
            SectionKind.GENERAL: self._write_general,
            SectionKind.QUESTIONS: self._write_answers,
            SectionKind.PARTNERS: self._write_partners,
            SectionKind.BUDGET: self._write_estimate,
            SectionKind.ATTACHMENTS: lambda draft, section, by: self._add_file(None, "Nota"),
        }
        writers[section.kind](draft, section, by)

    def _fresh(self) -> Proposal:
        self.me.proposal = Proposal.objects.select_related(
            "call", "organisation", "theme", "round"
        ).get(pk=self.me.proposal.pk)
        return self.me.proposal

    def _write_general(self, draft: Draft, section: FormSection, by: User) -> None:
        me = self.me
        save_general(
            proposal=me.proposal,
            section=section,
            values={
                "title": me.proposal.title,
                "acronym": f"OEF{me.number}",
                "summary": me.writer.text(600),
                "theme": Theme.objects.order_by("name").first(),
                "contact_name": str(me.editor),
                "contact_email": me.editor.email if me.number % 3 else me.manager.email,
                "contact_phone": "",
                "signatory_name": f"Sam Tekenaar {me.number} {MARK}",
                "signatory_function": "Algemeen directeur",
            },
            version=draft.version(section),
            by=by,
        )

    def _write_answers(self, draft: Draft, section: FormSection, by: User) -> None:
        if any(question.visible_if_id for question in draft.questions(section)):
            draft = load_draft(self._fresh())  # with what was answered in the sections before
        answers: dict[str, Any] = {}
        for question in draft.questions(section):
            if not (draft.may_be_shown(question) and _follows(question, answers)):
                continue
            if question.type == QuestionType.FILE:
                self._add_file(question, question.label)
                continue
            try:
                answers[question.key] = self.me.writer.answer(question)
            except NoAnswer as refusal:
                self.play.remarks.unanswered(question, str(refusal))
        save_answers(
            proposal=self.me.proposal,
            section=section,
            answers=answers,
            version=draft.version(section),
            by=by,
        )

    def _write_partners(self, draft: Draft, section: FormSection, by: User) -> None:
        rows = [
            {
                "name": f"Partner {self.me.number}.{n} {MARK}",
                "kbo": _invented_kbo(500 + self.me.number * 4 + n),
                "role": "Meelezer en eerste overnemer",
                "contribution": self.me.writer.text(300),
                "has_letter_of_intent": False,
            }
            for n in range(self.me.number % 3)
        ]
        save_partners(
            proposal=self.me.proposal,
            section=section,
            rows=rows,
            version=draft.version(section),
            by=by,
        )

    def _write_estimate(self, draft: Draft, section: FormSection, by: User) -> None:
        above = self.me.number % 4 == 0
        rules = self.play.call.cofinancing_rules.order_by("pk")
        save_estimate(
            proposal=self.me.proposal,
            section=section,
            lines=self.me.writer.costs({rule.phase: rule.ceiling for rule in rules}, above=above),
            other_subsidies=ZERO,
            own_budget_secured=self.me.number % 2 == 0,
            ceiling_reason="De proef duurt een volledig seizoen." if above else "",
            version=draft.version(section),
            by=by,
        )

    def _add_file(self, question: Any, words: str) -> None:
        number = self.me.number
        add_attachment(
            proposal=self.me.proposal,
            uploaded=small_pdf(f"bijlage-{number}.pdf", f"{words} {number} {MARK}"),
            by=self.me.manager,
            question=question,
            description=words[:200],
        )

    @property
    def is_submitted(self) -> bool:
        return Proposal.objects.filter(
            pk=self.me.proposal.pk, state=ProposalState.SUBMITTED
        ).exists()


def _follows(question: FormQuestion, answers: dict[str, Any]) -> bool:
    """Whether the answers so far make the question appear, as far as they are of its section."""
    other = question.visible_if
    if other is None or other.section_id != question.section_id:
        return True
    value = KINDS[other.type].condition_value(answers.get(other.key, KINDS[other.type].nothing))
    return value == question.visible_if_value


def _invented_kbo(number: int) -> str:
    """In a range that is not issued; 97 minus the first eight digits mod 97."""
    base = 9_980_000 + number
    return f"{base:08d}{97 - base % 97:02d}"
