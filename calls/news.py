"""What feeds tell of calls: texts that every reader can take, and the news of one call."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from calls.models import Call, CallQuestion, ClosingMove
from common.formatting import format_deadline
from notifications.services import portal_url

_NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain_text(text: str) -> str:
    """Without the control characters that a pasted text may hold; XML cannot carry them at all."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n"))


@dataclass(frozen=True)
class News:
    """One piece of news of a call; `key` stays the same for ever."""

    key: str
    title: str
    text: str
    url: str
    at: datetime


def news_of(call: Call) -> list[News]:
    """Published answers and moved closings, latest first; two queries."""
    moves = ClosingMove.objects.filter(round__call=call).select_related("round")
    questions = CallQuestion.objects.filter(call=call).published()
    news = [
        *(_of_question(call, question) for question in questions),
        *(_of_move(call, move) for move in moves),
    ]
    return sorted(news, key=lambda one: (one.at, one.key), reverse=True)


def _of_question(call: Call, question: CallQuestion) -> News:
    assert question.published_at is not None
    return News(
        key=f"vraag/{question.pk}",
        title=_("Vraag: %(question)s") % {"question": " ".join(question.question.split())[:150]},
        text=f"{question.question}\n\n{question.answer}",
        url=f"{portal_url('calls:questions', call.slug)}#vraag-{question.pk}",
        at=question.published_at,
    )


def _of_move(call: Call, move: ClosingMove) -> News:
    return News(
        key=f"sluiting/{move.pk}",
        title=_("Sluiting verplaatst naar %(until)s") % {"until": format_deadline(move.becomes)},
        text=_("Indienen kon eerst tot %(was)s en kan nu tot %(becomes)s, Belgische tijd. %(why)s")
        % {
            "was": format_deadline(move.was),
            "becomes": format_deadline(move.becomes),
            "why": move.reason,
        },
        url=portal_url("calls:detail", call.slug),
        at=move.moved_at,
    )
