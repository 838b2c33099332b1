"""Calls for tests: small, and open now unless a trait says otherwise."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import (
    Call,
    CallDocument,
    ChecklistItem,
    ChecklistKind,
    CofinancingRule,
    CostPhase,
    Criterion,
    FormQuestion,
    FormSection,
    QuestionType,
    RequiredFrom,
    SectionKind,
    SubmissionRound,
    Theme,
)
from calls.services import explain_item
from calls.setup import open_items
from documents.services import store_file
from tests.accounts.factories import UserFactory

CHECKLISTS = {
    ChecklistKind.COMPLETENESS: ["Elke vraag heeft een antwoord.", "De bijlagen zijn leesbaar."],
    ChecklistKind.EXCLUSION: ["De aanvrager is een openbaar bestuur.", "De markt blijft open."],
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
"""Enough for a download; the checks on uploads want a real one."""


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Thema {n}")
    slug = factory.Sequence(lambda n: f"thema-{n}")


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = SubmissionRound

    call = factory.SubFactory("tests.calls.factories.BareCallFactory")
    number = factory.Sequence(lambda n: n % 30000 + 1)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class BareCallFactory(DjangoModelFactory):
    """A published call with nothing in it."""

    class Meta:
        model = Call
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"PIO-TEST-{n}")
    slug = factory.Sequence(lambda n: f"pio-test-{n}")
    title = factory.Sequence(lambda n: f"Testoproep {n}")
    summary = "Een oproep om te testen."
    eligibility = "Alle Vlaamse publieke organisaties."
    contact_email = "vragen@voorbeeld.test"
    state = CallState.PUBLISHED
    is_fictional = True


class CallFactory(BareCallFactory):
    """A published, open call: one round, three criteria, two short checklists, a small form and
    two rules.

    The window in days from now: `CallFactory(window__opens=-60, window__closes=-1)`; no content:
    `content=False`; no round: `window=False`.
    """

    @factory.post_generation
    def content(self: Call, create: bool, extracted: object, **kwargs: object) -> None:  # type: ignore[misc]
        if extracted is False:
            return
        Criterion.objects.bulk_create(
            Criterion(call=self, position=position, title=title, weight=Decimal(weight))
            for position, (title, weight) in enumerate(
                [("Past bij het programma", 20), ("Relevantie en impact", 40), ("Aanpak", 40)], 1
            )
        )
        ChecklistItem.objects.bulk_create(
            ChecklistItem(call=self, kind=kind, position=position, label=label)
            for kind, labels in CHECKLISTS.items()
            for position, label in enumerate(labels, 1)
        )
        sections = FormSection.objects.bulk_create(
            FormSection(call=self, code=code, title=title, kind=kind, position=position)
            for position, (code, title, kind) in enumerate(
                [
                    ("A", "Oproep en titel", SectionKind.GENERAL),
                    ("C", "Partners", SectionKind.PARTNERS),
                    ("D", "Probleem en behoefte", SectionKind.QUESTIONS),
                    ("J", "Raming", SectionKind.BUDGET),
                    ("K", "Verklaringen", SectionKind.QUESTIONS),
                    ("L", "Bijlagen", SectionKind.ATTACHMENTS),
                ],
                1,
            )
        )
        by_code = {section.code: section for section in sections}
        FormQuestion.objects.bulk_create(
            [
                FormQuestion(
                    section=by_code["D"],
                    key="probleem",
                    label="Welk probleem?",
                    type=QuestionType.TEXT,
                    max_length=4000,
                    position=1,
                ),
                FormQuestion(
                    section=by_code["D"],
                    key="toelichting",
                    label="Toelichting",
                    type=QuestionType.TEXT,
                    max_length=1500,
                    position=2,
                    required_from=RequiredFrom.NEVER,
                ),
                FormQuestion(
                    section=by_code["K"],
                    key="waarheid",
                    label="De gegevens zijn juist.",
                    type=QuestionType.DECLARATION,
                    position=1,
                ),
            ]
        )
        CofinancingRule.objects.bulk_create(
            CofinancingRule(call=self, phase=phase, rate=Decimal("0.5000"), ceiling=ceiling)
            for phase, ceiling in [
                (CostPhase.PREPARATION, Decimal("30000.00")),
                (CostPhase.DEVELOPMENT, Decimal("1000000.00")),
            ]
        )
        if self.state == CallState.CONCEPT:  # so that it can be published
            explain_the_rest(self, UserFactory(roles=[StaffRole.TEAM_MEMBER]))

    @factory.post_generation
    def window(self: Call, create: bool, extracted: object, **kwargs: object) -> None:  # type: ignore[misc]
        if extracted is False:
            return
        now = timezone.now()
        params = {"opens": -10, "closes": 30, **kwargs}
        if self.state == CallState.ASSESSMENT:
            params.update(opens=-60, closes=-1)
        SubmissionRound.objects.create(
            call=self,
            number=1,
            opens_at=now + timedelta(days=int(str(params["opens"]))),
            closes_at=now + timedelta(days=int(str(params["closes"]))),
        )


class RuleFactory(DjangoModelFactory):
    class Meta:
        model = CofinancingRule

    call = factory.SubFactory(BareCallFactory)
    phase = CostPhase.DEVELOPMENT
    rate = Decimal("0.5000")
    ceiling = Decimal("1000000.00")


class CallDocumentFactory(DjangoModelFactory):
    """A small PDF with a published call."""

    class Meta:
        model = CallDocument

    call = factory.SubFactory(BareCallFactory)
    title = factory.Sequence(lambda n: f"Handleiding {n}")
    file = factory.LazyFunction(
        lambda: store_file(content=PDF, name="handleiding.pdf", content_type="application/pdf")
    )
    position = factory.Sequence(lambda n: n % 30000 + 1)
    added_by = factory.SubFactory(UserFactory)


def explain_the_rest(call: Call, by: User) -> None:
    """Tick off what a call may leave out, so that only what every call needs can stop it."""
    for item in open_items(call):
        if not item.is_required:
            explain_item(call=call, item=item.key, explanation="Niet nodig in deze test.", by=by)


def add_question(call: Call, code: str, label: str, **fields: object) -> FormQuestion:
    """One more question at the end of a section; a text of 1.000 characters unless told."""
    section = call.sections.get(code=code)
    number = section.questions.count() + 1
    values: dict[str, object] = {
        "key": f"vraag_{number}",
        "type": QuestionType.TEXT,
        "required_from": RequiredFrom.SUBMISSION,
        "position": number,
        **fields,
    }
    if values["type"] == QuestionType.TEXT:
        values.setdefault("max_length", 1000)
    return FormQuestion.objects.create(section=section, label=label, **values)
