"""The evaluation in /admin/; Django finds the tables of each module here."""

from evaluations.admin import checking, deciding, judging, lists, pool

__all__ = ["checking", "deciding", "judging", "lists", "pool"]
