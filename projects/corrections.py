"""What the programme asks to correct of an incomplete proposal, beside the questions of the form.

That something is asked is known here, by whom and after which check is not: the evaluation tells it
through a source that it registers from `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.lifecycle import ProposalState


@dataclass(frozen=True)
class AskedCorrection:
    """One thing to correct; without `key` it is about the whole section, without `section_code`
    about the whole proposal. `number` counts from 1 within the request."""

    number: int
    kind: str
    section_code: str
    key: str
    label: str
    what: str

    @property
    def anchor(self) -> str:
        """The id of the remark on the page of its section."""
        return f"aanpassing-{self.number}"


Source = Callable[[Any], list[AskedCorrection]]
_sources: list[Source] = []


def tell_corrections(source: Source) -> None:
    """Register who knows what was asked of an incomplete proposal."""
    if source not in _sources:
        _sources.append(source)


def asked_corrections(proposal: Any) -> list[AskedCorrection]:
    """What still has to be corrected; nothing once it was handed in again."""
    if proposal.state != ProposalState.INCOMPLETE:
        return []
    return [one for source in _sources for one in source(proposal)]
