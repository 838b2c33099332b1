"""Everything that changes what the portal notes about itself."""

from operations.services.heartbeats import note_sign, remove_old_heartbeats, tick
from operations.services.outages import answer_outage

__all__ = ["answer_outage", "note_sign", "remove_old_heartbeats", "tick"]
