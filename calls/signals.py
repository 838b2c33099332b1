"""What rooms above calls may want to know the moment it happens."""

from django.dispatch import Signal

closing_moved = Signal()
"""A closing moment was moved while people rely on it.

Sent with `move` (a ClosingMove), inside its transaction and before followers are written to. A
listener returns the addresses that it wrote to, so that a follower is not told a second time.
"""
