"""Earlier and later proposals of one idea: who was not selected may try again (domain.md 0.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.selectors.files import visible_files
from projects.models import Proposal
from projects.selectors.submission import as_handed_in


@dataclass(frozen=True)
class Link:
    """One proposal of the chain; `is_this` is the file one looks at."""

    proposal: Proposal
    title: str
    is_this: bool


def file_chain(user: Any, proposal: Proposal) -> list[Link]:
    """The proposals that this one continues and that continue it, oldest first; only files that
    `user` sees, so never a draft. Empty when it stands alone. One query.
    """
    files = {
        file.pk: file
        for file in visible_files(user)
        .filter(organisation_id=proposal.organisation_id)
        .select_related("call")
        .annotate(frozen_title=as_handed_in("title"))
        .order_by("pk")
    }
    chain = [*reversed(_earlier(proposal, files)), proposal, *_later(proposal, files)]
    if len(chain) == 1:
        return []
    return [
        Link(
            proposal=one,
            title=getattr(files[one.pk], "frozen_title", "") or one.title,
            is_this=one.pk == proposal.pk,
        )
        for one in chain
    ]


def _earlier(proposal: Proposal, files: Mapping[int, Proposal]) -> list[Proposal]:
    found: list[Proposal] = []
    previous = files.get(proposal.previous_id or 0)
    while previous is not None and previous not in found:
        found.append(previous)
        previous = files.get(previous.previous_id or 0)
    return found


def _later(proposal: Proposal, files: Mapping[int, Proposal]) -> list[Proposal]:
    found: list[Proposal] = []
    level = {proposal.pk}
    while level:
        after = [one for one in files.values() if one.previous_id in level and one not in found]
        found += after
        level = {one.pk for one in after}
    return found
