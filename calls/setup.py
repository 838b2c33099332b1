"""What a call needs before it can open: one table for the checklist, the guard and the guide.

A step is a part of the guide in /beheer/; its items are what must be in order. An item is done,
or, when it is not required, explained by staff (`SetupExplanation`). A call is ready when no item
is open. To add a step: a row in STEPS, and the template that shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import clock

if TYPE_CHECKING:
    from calls.models import Call, SetupExplanation

FULL_WEIGHT = 100
"""What the weights of the criteria add up to, in percent."""


@dataclass(frozen=True)
class SetupItem:
    """One thing to get in order.

    key: stable; explanations are kept under it.
    label: what to do, as a sentence; it is also the refusal to publish.
    hint: why, or how.
    is_done: reads the call; cheap when the call was read with `calls_for_setup`.
    is_required: whether a call cannot open without it, whatever the explanation.
    page: the name of the page where one does it, and what stands in its address after the slug.
    """

    key: str
    label: str | Promise
    hint: str | Promise
    is_done: Callable[[Any], bool]
    page: tuple[str, ...]
    is_required: bool = False

    def url(self, call: "Call") -> str:
        """Where one gets it in order."""
        name, *rest = self.page
        return reverse(name, args=[call.slug, *rest])


@dataclass(frozen=True)
class SetupStep:
    """A part of the guide; `calls/staff/setup/_<key>.html` shows what is in it."""

    key: str
    title: str | Promise
    items: tuple[SetupItem, ...]

    @property
    def template(self) -> str:
        return f"calls/staff/setup/_{self.key}.html"


@dataclass(frozen=True)
class ItemState:
    """Where an item of one call stands."""

    item: SetupItem
    is_done: bool
    explanation: "SetupExplanation | None"
    url: str

    @property
    def is_explained(self) -> bool:
        return not self.is_done and self.explanation is not None and not self.item.is_required

    @property
    def is_open(self) -> bool:
        return not self.is_done and not self.is_explained

    @property
    def can_be_explained(self) -> bool:
        return not self.is_done and not self.item.is_required


@dataclass(frozen=True)
class StepState:
    """Where a step of one call stands; `number` counts from 1."""

    number: int
    step: SetupStep
    items: tuple[ItemState, ...]

    @property
    def open_sentences(self) -> list[str]:
        return [str(state.item.label) for state in self.items if state.is_open]

    @property
    def is_ready(self) -> bool:
        return not self.open_sentences


def _closes_in_the_future(call: "Call") -> bool:
    now = clock.now()
    return any(each.closes_at > now for each in call.rounds.all())


def _weights_add_up(call: "Call") -> bool:
    return sum(criterion.weight for criterion in call.criteria.all()) == FULL_WEIGHT


def _criteria_have_guidance(call: "Call") -> bool:
    return all(
        criterion.guidance_applicant.strip() and criterion.guidance_evaluator.strip()
        for criterion in call.criteria.all()
    )


def _criteria_have_answers(call: "Call") -> bool:
    criteria = call.criteria.all()
    return bool(criteria) and all(criterion.about for criterion in criteria)


def _has_points(kind: str) -> Callable[["Call"], bool]:
    return lambda call: any(item.kind == kind for item in call.checklist_items.all())


def _form_asks_something(call: "Call") -> bool:
    return call.sections.filter(questions__isnull=False).exists()


STEPS: tuple[SetupStep, ...] = (
    SetupStep(
        "teksten",
        _("Teksten"),
        (
            SetupItem(
                "samenvatting",
                _("Schrijf een samenvatting."),
                _("Ze staat in de lijst van oproepen en bovenaan de pagina."),
                lambda call: bool(call.summary.strip()),
                ("calls:edit_texts",),
                is_required=True,
            ),
            SetupItem(
                "toelichting",
                _("Schrijf een toelichting."),
                _("Waarom deze oproep, en wat zoekt het programma?"),
                lambda call: bool(call.description.strip()),
                ("calls:edit_texts",),
            ),
            SetupItem(
                "engels",
                _("Vertaal de titel en de samenvatting naar het Engels."),
                _("De Nederlandse tekst blijft de officiële tekst."),
                lambda call: bool(call.title_en.strip() and call.summary_en.strip()),
                ("calls:edit_texts",),
            ),
            SetupItem(
                "inspanning",
                _("Schat hoeveel uren het invullen vraagt."),
                _("Zo plant een bestuur op tijd mensen in."),
                lambda call: bool(call.effort_hours),
                ("calls:edit_texts",),
            ),
        ),
    ),
    SetupStep(
        "deelnemers",
        _("Wie kan indienen"),
        (
            SetupItem(
                "deelnemers",
                _("Schrijf wie kan indienen."),
                _("Kies ook de soorten organisaties. Kiest u er geen, dan kan elke soort."),
                lambda call: bool(call.eligibility.strip()),
                ("calls:edit_settings", "deelnemers"),
                is_required=True,
            ),
        ),
    ),
    SetupStep(
        "rondes",
        _("Indienrondes en mijlpalen"),
        (
            SetupItem(
                "ronde",
                _("Voeg minstens één indienronde toe die nog moet sluiten."),
                _("Kies ook of er een uitloop is na de sluiting."),
                _closes_in_the_future,
                ("calls:part_add", "rondes"),
                is_required=True,
            ),
            SetupItem(
                "mijlpalen",
                _("Zet de mijlpalen op de kalender."),
                _("Bijvoorbeeld de infosessie en de verwachte beslissing."),
                lambda call: bool(call.milestones.all()),
                ("calls:part_add", "mijlpalen"),
            ),
        ),
    ),
    SetupStep(
        "formulier",
        _("Formulier"),
        (
            SetupItem(
                "formulier",
                _("Voeg minstens één deel met een vraag toe aan het formulier."),
                _("Bekijk het voorbeeld zoals een aanvrager het ziet."),
                _form_asks_something,
                ("calls:form_builder",),
                is_required=True,
            ),
        ),
    ),
    SetupStep(
        "criteria",
        _("Criteria en beoordeling"),
        (
            SetupItem(
                "criteria",
                _("Zorg dat de gewichten van de criteria samen 100 zijn."),
                _("Minstens één criterium is nodig."),
                _weights_add_up,
                ("calls:edit_criteria",),
                is_required=True,
            ),
            SetupItem(
                "leidraad",
                _("Geef bij elk criterium uitleg aan de aanvrager en aan de beoordelaar."),
                _("Beide staan naast elkaar, zodat ze hetzelfde vragen."),
                _criteria_have_guidance,
                ("calls:edit_criteria",),
            ),
            SetupItem(
                "antwoorden",
                _("Zeg bij elk criterium over welke vragen het gaat."),
                _("Wie beoordeelt, springt zo van het criterium naar de antwoorden."),
                _criteria_have_answers,
                ("calls:staff_detail",),
            ),
            SetupItem(
                "volledigheid",
                _("Maak de lijst voor de volledigheidscontrole."),
                _("Het PIO-team antwoordt op elk punt ja of nee, met een reden."),
                _has_points("completeness"),
                ("calls:part_add", "volledigheidspunten"),
            ),
            SetupItem(
                "uitsluiting",
                _("Maak de lijst met uitsluitingscriteria."),
                _("De adviseur antwoordt op elk punt ja of nee, met een reden."),
                _has_points("exclusion"),
                ("calls:part_add", "uitsluitingspunten"),
            ),
        ),
    ),
    SetupStep(
        "cofinanciering",
        _("Cofinanciering"),
        (
            SetupItem(
                "cofinanciering",
                _("Voeg minstens één regel voor cofinanciering toe."),
                _("Per fase: welk aandeel, en tot welk bedrag."),
                lambda call: bool(call.cofinancing_rules.all()),
                ("calls:part_add", "cofinanciering"),
                is_required=True,
            ),
        ),
    ),
    SetupStep(
        "documenten",
        _("Documenten"),
        (
            SetupItem(
                "documenten",
                _("Voeg documenten toe voor wie wil indienen."),
                _("Bijvoorbeeld een handleiding of een modelovereenkomst."),
                lambda call: bool(call.documents.all()),
                ("calls:document_add",),
            ),
        ),
    ),
    SetupStep(
        "contact",
        _("Contact"),
        (
            SetupItem(
                "contact",
                _("Vul een e-mailadres voor vragen in."),
                _("Het staat op de pagina van de oproep."),
                lambda call: bool(call.contact_email),
                ("calls:edit_settings", "contact"),
                is_required=True,
            ),
        ),
    ),
    SetupStep(
        "herinneringen",
        _("Herinneringen"),
        (
            SetupItem(
                "herinneringen",
                _("Kies wanneer het portaal herinnert aan de sluiting."),
                _("Zonder eigen plan gelden de tijdstippen van het portaal."),
                lambda call: bool(call.reminder_moments.all()),
                ("calls:part_add", "herinneringen"),
            ),
        ),
    ),
    SetupStep(
        "zelftest",
        _("Zelftest"),
        (
            SetupItem(
                "zelftest",
                _("Maak de zelftest “Is dit iets voor mij?”."),
                _("Een bestuur ziet zo in enkele vragen of de oproep bij zijn project past."),
                lambda call: bool(call.self_test_questions.all()),
                ("calls:self_test_setup",),
            ),
        ),
    ),
)


def state_of(call: "Call") -> list[StepState]:
    """Every step of the set-up with its items, as they stand for `call`."""
    explanations = {each.item: each for each in call.setup_explanations.all()}
    return [
        StepState(
            number,
            step,
            tuple(
                ItemState(item, item.is_done(call), explanations.get(item.key), item.url(call))
                for item in step.items
            ),
        )
        for number, step in enumerate(STEPS, 1)
    ]


def open_items(call: "Call") -> list[SetupItem]:
    """What is neither done nor explained."""
    return [state.item for step in state_of(call) for state in step.items if state.is_open]


def item_named(key: str) -> SetupItem | None:
    return next((item for step in STEPS for item in step.items if item.key == key), None)
