"""From a submitted proposal to a notified decision."""

from evaluations.models.assessment import (
    Advice,
    Conclusion,
    Evaluation,
    ExclusionAnswer,
    Score,
)
from evaluations.models.assignment import Assignment, ConflictDeclaration
from evaluations.models.board import (
    AgendaItem,
    Departure,
    Meeting,
    MeetingAttendee,
    RankingLine,
)
from evaluations.models.completeness import (
    ClockPause,
    CompletenessAnswer,
    CompletenessCheck,
    CorrectionItem,
    CorrectionKind,
    PauseReason,
)
from evaluations.models.consensus import Consensus, ConsensusReply, ConsensusScore
from evaluations.models.decision import (
    FeedbackTalk,
    LetterCounter,
    LetterText,
    NotificationMeans,
    SelectionDecision,
)
from evaluations.models.letters import LetterTextVersion, PreparedNotification
from evaluations.models.lists import BulkRun, FileSummary, SavedView, ScoreUpload
from evaluations.models.pool import (
    AdviserAbsence,
    AdviserProfile,
    AssignmentPair,
    AssignmentRun,
    ConflictKind,
    ConflictOfInterest,
    Interest,
    InterestKind,
)

__all__ = [
    "Advice",
    "AdviserAbsence",
    "AdviserProfile",
    "AgendaItem",
    "Assignment",
    "AssignmentPair",
    "AssignmentRun",
    "BulkRun",
    "ClockPause",
    "CompletenessAnswer",
    "CompletenessCheck",
    "Conclusion",
    "ConflictDeclaration",
    "ConflictKind",
    "ConflictOfInterest",
    "Consensus",
    "ConsensusReply",
    "ConsensusScore",
    "CorrectionItem",
    "CorrectionKind",
    "Departure",
    "Evaluation",
    "ExclusionAnswer",
    "FeedbackTalk",
    "FileSummary",
    "Interest",
    "InterestKind",
    "LetterCounter",
    "LetterText",
    "LetterTextVersion",
    "Meeting",
    "MeetingAttendee",
    "NotificationMeans",
    "PauseReason",
    "PreparedNotification",
    "RankingLine",
    "SavedView",
    "Score",
    "ScoreUpload",
    "SelectionDecision",
]
