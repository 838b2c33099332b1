"""How two versions of an advice differ."""

from django.utils.translation import gettext as _

from common.money import format_eur
from evaluations.models import Advice
from projects.history import SAME, Difference, compare_texts


def advice_differences(old: Advice, new: Advice) -> list[Difference]:
    """What changed between two versions, field by field; empty when nothing did."""
    before, after = _words(old), _words(new)
    found = []
    for label, text in after.items():
        parts = compare_texts(before[label], text)
        if any(part.kind != SAME for part in parts):
            found.append(Difference(label, parts, is_changed=True))
    return found


def _words(advice: Advice) -> dict[str, str]:
    budget = [format_eur(one) for one in (advice.budget_from, advice.budget_to) if one is not None]
    return {
        _("Besluit"): advice.get_conclusion_display(),
        _("Sterke punten"): advice.strengths,
        _("Aandachtspunten"): advice.points_of_attention,
        _("Voorwaarden en aanbevelingen voor de begeleiding"): advice.conditions,
        _("Interne nota"): advice.internal_note,
        _("Richtbudget"): " – ".join(budget),
    }
