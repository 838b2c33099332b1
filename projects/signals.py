"""What rooms above hear of a proposal."""

from django.dispatch import Signal

submission_refused = Signal()
"""Handing in was refused, and what it wrote is rolled back. Argument: `reason`, a code such as
"late", "early", "incomplete" or "not_permitted": never who or what."""
