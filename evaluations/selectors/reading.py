"""The frozen proposal beside a score form: where each answer stands, what leads to and from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from calls.models import Criterion
from projects.frozen import Content, items_of
from projects.models import Proposal
from projects.selectors import information_requests

FOOT = "evaluations/_item_foot.html"
PREFIX = "lees"
"""How the places of `projects/_version_content.html` begin."""


@dataclass(frozen=True)
class Link:
    """A place on the page, or another page, with what it is called."""

    url: str
    text: str


def place_of(code: str, key: str = "") -> str:
    """The id of a section or of an answer in the text that one reads."""
    return f"{PREFIX}-{code}-{key}" if key else f"{PREFIX}-{code}"


def places_about(criterion: Criterion, content: Content) -> list[Link]:
    """The sections and answers that a criterion is about, as far as this version has them."""
    labels: dict[str, Link] = {}
    for section in content.get("sections", []):
        title = f"{section['code']}. {section['title']}"
        labels[section["code"]] = Link(f"#{place_of(section['code'])}", title)
    for section, item in items_of(content):
        place = place_of(section["code"], item["key"])
        text = f"{section['code']}. {item['label']}"
        labels[f"{section['code']}.{item['key']}"] = Link(f"#{place}", text)
    return [labels[code] for code in criterion.about if code in labels]


def with_feet(
    content: Content, criteria: Sequence[Criterion], proposal: Proposal, *, may_ask: bool
) -> Content:
    """The content with, under each section and answer, what leads back to a criterion and to a
    question for the applicant, and which questions were asked about it already."""
    asked: dict[tuple[str, str], list[Link]] = {}
    information = reverse("evaluations:information", args=[proposal.reference])
    for request in information_requests(proposal):
        for item in request.items.all():
            link = Link(
                f"{information}#verzoek-{request.number}",
                f"{request.number} ({request.get_state_display()})",
            )
            asked.setdefault((item.section_code, item.key), []).append(link)

    def foot(code: str, key: str, label: str) -> dict[str, Any]:
        name = f"{code}.{key}" if key else code
        return {
            "template": FOOT,
            "label": label,
            "criteria": [
                Link(f"#criterium-{one.pk}", one.title) for one in criteria if name in one.about
            ],
            "asked": asked.get((code, key), []),
            "ask": _ask_url(proposal, name) if may_ask else "",
        }

    return {
        **content,
        "sections": [
            {
                **section,
                "foot": foot(section["code"], "", section["title"]),
                "items": [
                    {**item, "foot": foot(section["code"], item["key"], item["label"])}
                    for item in section["items"]
                ],
            }
            for section in content.get("sections", [])
        ],
    }


def _ask_url(proposal: Proposal, about: str) -> str:
    url = reverse("evaluations:ask_information", args=[proposal.reference])
    return f"{url}?{urlencode({'over': about, 'terug': 'beoordelen'})}#over-{about}"
