"""What rooms above hear of a call; sent inside the transaction of the act."""

from django.dispatch import Signal

form_changing = Signal()
"""A change of the form is about to be written over the live rows. Arguments: `call`, `dropped`
(numbers of the questions that go). Sender: FormVersion. Listeners lock what reads the form."""

form_changed = Signal()
"""It has been written. Arguments: `call`, `version` (the FormVersion that now applies)."""
closing_moved = Signal()
"""A closing moment was moved while people rely on it.

Sent with `move` (a ClosingMove), inside its transaction and before followers are written to. A
listener returns the addresses that it wrote to, so that a follower is not told a second time.
"""
