"""Playing a call: a stage in the sandbox, a script, and the portal's own services."""

from rehearsals.play.performance import Outcome, perform
from rehearsals.play.reading import Recorded

__all__ = ["Outcome", "Recorded", "perform"]
