"""From a submitted proposal to a notified decision."""

from evaluations.models.assessment import Advice, Conclusion, Evaluation, Score
from evaluations.models.assignment import Assignment, CompletenessCheck, ConflictDeclaration
from evaluations.models.decision import LetterCounter, LetterText, SelectionDecision

__all__ = [
    "Advice",
    "Assignment",
    "CompletenessCheck",
    "Conclusion",
    "ConflictDeclaration",
    "Evaluation",
    "LetterCounter",
    "LetterText",
    "Score",
    "SelectionDecision",
]
