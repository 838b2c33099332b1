"""The public: invented people without an account, who follow the call and ask questions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from calls.models import CallFollower, CallQuestion
from calls.services import (
    answer_privately,
    ask_question,
    ask_to_follow,
    confirm_follower,
    dismiss_question,
    publish_answer,
    stop_following,
)
from common import clock
from rehearsals.play.clockwork import Act
from rehearsals.stage import DOMAIN

if TYPE_CHECKING:
    from rehearsals.play.performance import Performance

FOLLOWS_ALL = f"volgt.alles@{DOMAIN}"
FOLLOWS = f"volgt@{DOMAIN}"
NEVER_CONFIRMS = f"bevestigt.niet@{DOMAIN}"
STOPS = f"stopt@{DOMAIN}"


class Public:
    """Plans what they do."""

    def __init__(self, play: "Performance") -> None:
        self.play = play

    def follow_all_calls(self) -> None:
        """Somebody follows every call since long before this one was published."""
        with clock.moved_to(self.play.published_at - timedelta(days=1)):
            ask_to_follow(call=None, email=FOLLOWS_ALL, place=DOMAIN)
            self._confirm(FOLLOWS_ALL)

    def plan(self) -> None:
        """Three follow this call before it opens; one of them never confirms, one stops."""
        asked = self.play.published_at + timedelta(days=1)
        for minutes, email in enumerate((FOLLOWS, NEVER_CONFIRMS, STOPS)):
            self._at(asked + timedelta(minutes=minutes), self._asking(email))
        self._at(asked + timedelta(hours=1), lambda: self._confirm(FOLLOWS))
        self._at(asked + timedelta(hours=2), lambda: self._confirm(STOPS))
        self._at(self.play.rounds[0].opens_at + timedelta(days=1), self._stop)

        self._plan_questions(asked + timedelta(days=1))

    def _plan_questions(self, asked: datetime) -> None:
        """One question is answered for everybody, one in private, one is laid aside."""
        team = self.play.cast.team

        def publish(question: CallQuestion) -> None:
            publish_answer(
                question=question,
                text=question.question,
                answer="Ja, dat kan.",
                by=team,
                tell=True,
            )

        def answer(question: CallQuestion) -> None:
            answer_privately(question=question, answer="Bel ons even.", by=team)

        def lay_aside(question: CallQuestion) -> None:
            dismiss_question(question=question, by=team)

        for hours, settle in enumerate((publish, answer, lay_aside), 1):
            self._at(asked + timedelta(hours=hours), self._questioning(hours, settle))

    def _questioning(self, hours: int, settle: Callable[[CallQuestion], None]) -> Act:
        def ask() -> None:
            question = ask_question(
                call=self.play.call,
                question="Mag een polder meedoen als partner?",
                email=f"vraagt{hours}@{DOMAIN}",
                place=DOMAIN,
            )
            self._at(clock.now() + timedelta(days=1), lambda: settle(question))

        return ask

    def _at(self, instant: datetime, act: Callable[[], None]) -> None:
        self.play.at(instant, act, of="een bezoeker", quiet=True)

    def _asking(self, email: str) -> Callable[[], None]:
        return lambda: ask_to_follow(call=self.play.call, email=email, place=DOMAIN)

    def _confirm(self, email: str) -> None:
        confirm_follower(token=CallFollower.objects.get(email=email).token)

    def _stop(self) -> None:
        stop_following(token=CallFollower.objects.get(email=STOPS).token)
