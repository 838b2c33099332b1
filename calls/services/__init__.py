"""Everything that changes a call."""

from calls.services.creation import create_call

__all__ = ["create_call"]
