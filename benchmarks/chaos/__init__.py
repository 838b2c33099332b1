"""`make chaos`: people hand in while workers, broker and database are killed under their hands.

`devtools.chaos` starts the real servers, kills and restarts them, and calls, in this order:
`benchmarks.deadline.world` (authorities with complete drafts), `due` (reminders become due all
through the run), `mailbox` (a mail server that notes what comes in), `visitors` (hand in at a
steady rate, and try again as people do), `verdict` (did the load last, and is anything lost,
doubled or half?). A run of less than a minute goes by `settings`.
"""

from math import ceil

RATE = 2.0
"""How many people a second begin to hand in, as long as the machine keeps up with them."""
LEFT = 0.5
"""How many drafts are never handed in, per draft that is: their reminders are always needed."""
SPARE = 10
"""So many drafts more than the rate needs: whoever hands in never runs out of them."""
REMINDED = 1
"""So many hours before its last moment the reminder of a draft is due: it leaves at any hour."""


def handed_in(seconds: float) -> int:
    """How many drafts lie ready to be handed in during a load of so many seconds."""
    return ceil(RATE * seconds) + SPARE


def drafts(seconds: float) -> int:
    """How many drafts there are for a load of so many seconds."""
    return ceil(handed_in(seconds) * (1 + LEFT))
