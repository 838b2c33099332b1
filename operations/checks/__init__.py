"""What the portal looks at in itself: one registered check per invariant or part.

A check reads, never writes, and answers with sentences. `manage.py doctor` runs them all on one
screen, a task keeps the outcome, and the page in /beheer/ shows it.
"""

from operations.checks import data, files, parts
from operations.checks.registry import CHECKS, Check, Finding, Level, inspect

__all__ = ["CHECKS", "Check", "Finding", "Level", "data", "files", "inspect", "parts"]
