"""Examples of the decision letter, for who writes its texts; never a letter."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from common import clock
from documents.registry import Params, PdfDocument, ProgressReport
from evaluations.documents import LETTER_TEMPLATE, letter_content, published_advice, with_words
from evaluations.models import Advice, ConflictOfInterest, SelectionDecision
from evaluations.policies import may_edit_letters
from evaluations.selectors import final_advice, get_file, visible_files
from evaluations.selectors.letters import current_letter_version, letter_words
from projects.models import Proposal
from projects.selectors.submission import as_handed_in

EXAMPLE_KIND = "evaluations.letter_example"
MARK = gettext_lazy("VOORBEELD: geen brief")
NUMBER = "PIO/0000/0000"


def example_content(user: Any, outcome: str, reference: str = "") -> dict[str, Any]:
    """What fills the letter beside its texts: of one file, or the longest of what `user` sees.

    A file without decision gets an invented one; where nothing exists yet, a sentence says so.

    Raises:
        PermissionDenied: when `user` does not edit letters.
        ValidationError: beside "reference", when `user` sees no such file.
    """
    may_edit_letters.check(user)
    content = _of_file(user, reference) if reference else _longest(user)
    decided = SelectionDecision.Outcome(outcome)
    content["decision"].update(
        number=NUMBER,
        is_selected=decided == SelectionDecision.Outcome.SELECTED,
        outcome=decided.label,
    )
    return content


def _of_file(user: Any, reference: str) -> dict[str, Any]:
    try:
        proposal = get_file(user, reference.strip().upper())
    except Proposal.DoesNotExist:
        raise ValidationError(
            {"reference": _("U ziet geen dossier met dit nummer. Kijk het na.")}
        ) from None
    decision = (
        SelectionDecision.objects.select_related(
            "proposal__call", "proposal__organisation", "advice", "decided_by"
        )
        .filter(proposal=proposal)
        .first()
    )
    if decision is not None:
        return letter_content(decision)
    advice = final_advice(proposal)
    return {
        **_invented(user),
        "proposal": _proposal(
            reference=proposal.reference,
            title=proposal.title,
            call=proposal.call.title,
            contact_name=proposal.contact_name,
        ),
        "organisation": proposal.organisation,
        **({"advice": published_advice(advice)} if advice else {}),
    }


def _longest(user: Any) -> dict[str, Any]:
    """A fixed number of queries; each value is the longest of its kind."""
    files = visible_files(user).annotate(frozen_title=as_handed_in("title"))
    content = _invented(user)
    content["proposal"] = _proposal(
        reference=_longest_of(files, "reference") or "PIO-0000-00-0000",
        title=_longest_of(files, "frozen_title") or _("Titel van het voorstel"),
        call=_longest_of(files, "call__title") or _("Titel van de oproep"),
        contact_name=_longest_of(files, "contact_name"),
    )
    organisations = Organisation.objects.filter(pk__in=files.values("organisation"))
    content["organisation"] = (
        organisations.order_by(Length("name").desc(), "pk").first() or content["organisation"]
    )
    decisions = SelectionDecision.objects.filter(proposal__in=files.values("pk"))
    for name in ("grounds", "deviation_reason"):
        content["decision"][name] = _longest_of(decisions, name) or content["decision"][name]
    advices = Advice.objects.filter(proposal__in=files.values("pk"), finalised_at__isnull=False)
    for name in ("strengths", "points_of_attention", "conditions"):
        content["advice"][name] = _longest_of(advices, name) or content["advice"][name]
    highest = advices.exclude(budget_to=None).order_by("-budget_to", "pk").first()
    if highest is not None:
        content["advice"].update(budget_from=highest.budget_from, budget_to=highest.budget_to)
    return content


def _longest_of(rows: QuerySet[Any], name: str) -> str:
    found = rows.order_by(Length(name).desc(nulls_last=True), "pk").values_list(name, flat=True)
    return str(found.first() or "")


def _proposal(**values: str) -> dict[str, Any]:
    return {**values, "is_fictional": False}


def _invented(user: Any) -> dict[str, Any]:
    return {
        "decision": {
            "grounds": _("Hier komt de motivering van de beslissing."),
            "deviation_reason": "",
            "date": clock.now(),
        },
        "organisation": Organisation(name=_("Naam van de aanvrager")),
        "advice": {
            "conclusion": _("Positief met aandachtspunten"),
            "strengths": _("Hier komen de sterke punten uit het advies."),
            "points_of_attention": _("Hier komen de aandachtspunten uit het advies."),
            "conditions": "",
            "budget_from": None,
            "budget_to": None,
        },
        "signed_by": {"name": str(user), "function": user.job_title or _("Projectleider")},
    }


def example_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The letter with the texts as they are kept now, marked on every page.

    Raises:
        PermissionDenied, ValidationError: as `example_content`.
    """
    user = User.objects.get(pk=params["user"])
    content = example_content(user, params["outcome"], params["reference"])
    progress(50)
    words = letter_words(params["outcome"], current_letter_version(params["outcome"]))
    return {**with_words(content, words), "document_mark": str(MARK)}


def may_download_example(user: Any, job: Any) -> bool:
    """Only who asked for it, as long as that person writes letters and sees the file in it.

    The longest of everything may be of any file: it is refused after a later conflict of interest.
    """
    if job.params.get("user") != user.pk or not may_edit_letters.test(user, None):
        return False
    if reference := job.params.get("reference", ""):
        return visible_files(user).filter(reference=reference.strip().upper()).exists()
    return not ConflictOfInterest.objects.of(user).filter(found_at__gte=job.requested_at).exists()


def _outcome_slug(outcome: str) -> str:
    return slugify(str(SelectionDecision.Outcome(outcome).label))


LETTER_EXAMPLE = PdfDocument(
    kind=EXAMPLE_KIND,
    label=gettext_lazy("Voorbeeld van een beslissingsbrief"),
    template=LETTER_TEMPLATE,
    context=example_context,
    filename=lambda params: f"voorbeeld-brief-{_outcome_slug(params['outcome'])}.pdf",
    may_download=may_download_example,
)
