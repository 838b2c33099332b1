"""Scores of invented readers: given in part, or final with the answers on exclusion."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from calls.models import ChecklistItem, ChecklistKind
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Evaluation, ExclusionAnswer, Score
from evaluations.selectors import total_of

# By criterion of the default call: what a reader writes at a high, a middling and a low score.
MOTIVATIONS = (
    (
        "De behoefte is echt, en de markt biedt vandaag geen oplossing die volstaat.",
        "De behoefte is echt. Of de markt al iets heeft, is minder goed nagegaan.",
        "Uit het voorstel blijkt niet dat de markt tekortschiet: twee leveranciers bieden vandaag "
        "een product aan dat het beschreven probleem grotendeels oplost.",
    ),
    (
        "De impact is groot en meetbaar, en andere besturen vragen naar het resultaat.",
        "De impact is aannemelijk, maar de indicatoren hebben nog geen waarde van vandaag.",
        "De impact is klein en niet meetbaar beschreven: een waarde van vandaag ontbreekt bij elke "
        "indicator, en geen enkel ander bestuur toont belangstelling.",
    ),
    (
        "Planning, team en raming zijn onderbouwd, en elk groot risico heeft een maatregel.",
        "De planning is haalbaar. De raming van de proef is aan de lage kant.",
        "De aanpak overtuigt niet: de planning laat geen tijd voor een marktconsultatie, en voor "
        "het grootste risico staat er geen maatregel.",
    ),
)


def score_file(
    assignment: Assignment, scores: Sequence[str], finalised_at: datetime | None = None
) -> Evaluation:
    """The first `scores` of a reader who accepted; with `finalised_at` the reader is done."""
    call = assignment.proposal.call
    criteria = list(call.criteria.all())
    values = [Decimal(value) for value in scores]
    evaluation = assignment.evaluation
    Score.objects.bulk_create(
        Score(
            evaluation=evaluation,
            criterion=criterion,
            value=value,
            motivation=_motivation(number, value),
        )
        for number, (criterion, value) in enumerate(zip(criteria, values, strict=False))
    )
    if finalised_at is None:
        return evaluation
    points = ChecklistItem.objects.filter(call=call, kind=ChecklistKind.EXCLUSION)
    ExclusionAnswer.objects.bulk_create(
        ExclusionAnswer(evaluation=evaluation, item=item, is_met=True)
        for item in points.order_by("position", "pk")
    )
    given = dict(zip([criterion.pk for criterion in criteria], values, strict=True))
    total = total_of(criteria, given, call.overall_threshold)
    evaluation.total_percent, evaluation.passes = total.percent, total.passes
    evaluation.finalised_at = finalised_at
    evaluation.save()
    assignment.state = AssignmentState.DONE
    assignment.save(update_fields=["state"])
    return evaluation


def _motivation(criterion: int, value: Decimal) -> str:
    level = 0 if value >= 4 else 1 if value >= Decimal("2.5") else 2
    return MOTIVATIONS[criterion % len(MOTIVATIONS)][level]
