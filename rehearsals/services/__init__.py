"""Everything that changes a rehearsal."""

from rehearsals.services.requests import (
    announce,
    delete_rehearsal,
    play_again,
    remove_old_rehearsals,
    request_rehearsal,
    sweep_rehearsals,
)
from rehearsals.services.running import run_rehearsal

__all__ = [
    "announce",
    "delete_rehearsal",
    "play_again",
    "remove_old_rehearsals",
    "request_rehearsal",
    "run_rehearsal",
    "sweep_rehearsals",
]
