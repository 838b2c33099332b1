"""The texts of letters and agreements, as staff wrote them or as the portal began."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from evaluations.letter_words import fill
from funding.models import FundingText
from funding.texts import DEFAULT_TEXTS


def filled_texts(values: Mapping[str, str]) -> dict[str, SafeString]:
    """Every text by its key, as HTML with its fields filled in. One query."""
    written = dict(FundingText.objects.values_list("key", "text"))
    return {key: fill(written.get(key, text), values) for key, text in DEFAULT_TEXTS.items()}
