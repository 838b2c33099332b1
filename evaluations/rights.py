"""What the addresses of the evaluation ask; see common/rights.py."""

from accounts.policies import is_adviser
from common.policies import policy
from common.rights import (
    SIGNED_IN,
    STAFF,
    DocumentRights,
    Gates,
    Steps,
    TableRules,
    act,
    form,
    hides,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from evaluations.lifecycle import (
    ASSIGNMENT_LIFECYCLE,
    FEEDBACK_LIFECYCLE,
    MEETING_LIFECYCLE,
)
from evaluations.policies import (
    is_owner,
    may_assign,
    may_check_completeness,
    may_decide,
    may_decide_on,
    may_edit_letters,
    may_edit_profile,
    may_hold_talk,
    may_notify,
    may_prepare_decisions,
    may_remake_letter,
    may_see_all_files,
    may_see_board,
    may_see_decision,
    may_see_pool,
    may_take_back_conflict,
)
from projects.lifecycle import INFORMATION_LIFECYCLE, PROPOSAL_LIFECYCLE
from projects.policies import (
    has_no_conflict,
    is_editor,
    is_of_applicant,
    is_submitter,
    may_ask_information,
    reads_beside_lead,
    reads_for_file,
    works_with_file,
    writes_advice,
)

TOLD = "meegedeeld"

FILE: Gates = (*STAFF, hides(has_no_conflict, "file"), hides(works_with_file, "file"))
ASSIGNED: Gates = (*FILE, refuses(may_assign))
OWN: Gates = (*FILE, hides(reads_for_file, "file"))
ADVISER: Gates = (*STAFF, refuses(is_adviser))
DECIDED: Gates = (*FILE, hides(may_see_decision, "proposal"))
NOTIFIED: Gates = (*FILE, refuses(may_notify))
LETTERS: Gates = (*STAFF, refuses(may_edit_letters))
BOARD: Gates = (*STAFF, refuses(may_see_board, "call"))
PREPARED: Gates = (*BOARD, refuses(may_prepare_decisions, "call"))
ITEM: Gates = (*BOARD, hides(has_no_conflict, "file"))
ITEM_PREPARED: Gates = (*ITEM, refuses(may_prepare_decisions, "call"))
DIVIDED: Gates = (*STAFF, refuses(may_assign))
DIVISION: Gates = (*DIVIDED, hides(has_no_conflict, "file"))
APPLICANT: Gates = (*SIGNED_IN, hides(is_of_applicant, "file"))
READ_LETTERS: Gates = (*STAFF, refuses(may_see_all_files))
MINE: Gates = (*STAFF, hides(is_owner, "made_by"))
MINE_AS_ADVISER: Gates = (*STAFF, hides(is_owner, "made_by_adviser"))
OVERSEEN: Gates = (*FILE, refuses(may_see_all_files))

RIGHTS = together(
    # A file
    page("file", "history", "information", "scores", "advice_preview", gates=FILE),
    act("pack", gates=FILE),
    form(
        "completeness",
        gates=(*FILE, refuses(may_see_all_files)),
        write=(refuses(may_check_completeness),),
    ),
    form("assignment", gates=FILE, write=(refuses(may_assign),)),
    form("conflict", gates=FILE),
    form("accept", "decline", "scoring", gates=OWN),
    act("running_total", gates=OWN),
    form("reassign", "revoke", gates=ASSIGNED),
    form("take_back_conflict", gates=(*FILE, refuses(may_take_back_conflict))),
    form("ask_information", "withdraw_information", gates=(*FILE, refuses(may_ask_information))),
    form("advice", "consensus", gates=FILE, write=(refuses(writes_advice, "file"),)),
    act("answer_consensus", gates=(*FILE, refuses(reads_beside_lead, "file"))),
    act("take_back_consensus", "correct_advice", gates=(*FILE, refuses(writes_advice, "file"))),
    form("decide", gates=DECIDED, write=(refuses(may_decide, "proposal"),)),
    act("withdraw_decision", gates=(*FILE, refuses(may_decide, "proposal"))),
    form("notify", gates=NOTIFIED),
    act("prepare_notification", "cancel_notification", "notification_proof", gates=NOTIFIED),
    act("remake_letter", gates=(*FILE, refuses(may_remake_letter, "proposal"))),
    form("feedback", gates=OVERSEEN, write=(refuses(may_hold_talk),)),
    act("feedback_report", gates=(*OVERSEEN, refuses(may_hold_talk))),
    # The applicant
    page("decision", "talk_calendar", gates=APPLICANT, state=TOLD),
    act("ask_talk", gates=(*APPLICANT, refuses(is_submitter, "proposal")), state=TOLD),
    act("try_again", gates=(*APPLICANT, refuses(is_editor, "proposal")), state=TOLD),
    # Lists
    page("files", "work", "list_export", "overview", "numbers", gates=STAFF),
    page("numbers_csv", "numbers_xlsx", "bulk_runs", "saved_views", gates=STAFF),
    form("saved_view_new", gates=STAFF),
    page("saved_view", gates=MINE),
    form("saved_view_edit", "saved_view_delete", "bulk_run", gates=MINE),
    act("bulk_new", gates=STAFF),
    # The adviser
    page("offline", "scores_sheet", gates=ADVISER),
    act("upload_scores", "packs", gates=ADVISER),
    page("score_upload", gates=MINE_AS_ADVISER),
    act("store_upload", gates=MINE_AS_ADVISER),
    page("pool", gates=(*STAFF, refuses(may_see_pool))),
    form("adviser", "absence", gates=(*STAFF, hides(may_edit_profile, "adviser"))),
    act("absence_remove", gates=(*STAFF, hides(may_edit_profile, "adviser"))),
    form("interests", gates=STAFF),
    form("interest_end", gates=MINE_AS_ADVISER),
    # Dividing files
    form("division", gates=DIVIDED),
    page("division_run", "division_status", gates=DIVISION),
    form("division_pair", gates=DIVISION),
    act("division_drop", "division_confirm", gates=DIVISION),
    # The ranking and meetings
    page("board", "board_export", "meetings", gates=BOARD),
    page("next_undecided", gates=(*BOARD, refuses(may_decide_on, "call"))),
    form("draw_line", "meeting_new", "meeting_edit", gates=PREPARED),
    form("meeting", gates=BOARD, write=(refuses(may_prepare_decisions, "call"),)),
    act("meeting_attendee", "meeting_step", gates=PREPARED),
    act("meeting_minutes", gates=BOARD),
    form("room", gates=ITEM, write=(refuses(may_prepare_decisions, "call"),)),
    act("item_depart", "item_move", "item_open", "item_remove", gates=ITEM_PREPARED),
    # Letters
    page("letters", "letter_versions", gates=READ_LETTERS),
    form("letter_text", gates=LETTERS),
    act("letter_example", gates=LETTERS),
    form("call_letters", gates=READ_LETTERS, write=(refuses(may_notify),)),
    form("held_mails", gates=(*STAFF, refuses(may_notify))),
    act("all_letters", gates=READ_LETTERS),
)

TABLES: TableRules = {
    **looked_at(
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
        "ConflictDeclaration",
        "ConflictOfInterest",
        "Consensus",
        "ConsensusReply",
        "ConsensusScore",
        "CorrectionItem",
        "Departure",
        "Evaluation",
        "ExclusionAnswer",
        "FeedbackTalk",
        "FileSummary",
        "Interest",
        "LetterCounter",
        "LetterText",
        "LetterTextVersion",
        "Meeting",
        "MeetingAttendee",
        "PreparedNotification",
        "RankingLine",
        "SavedView",
        "Score",
        "ScoreUpload",
        "SelectionDecision",
    ),
}
"""What stands in /admin/; see common.rights.TableRules."""

reads_told_letter = policy(
    "Een meegedeelde beslissing lezen de leden van de organisatie en wie het dossier kent, behalve "
    "met een belangenconflict."
)(is_of_applicant | (has_no_conflict & works_with_file))
KNOWN: Gates = (hides(has_no_conflict, "file"), hides(works_with_file, "file"))
FOR_WHO_ASKED: Gates = (hides(is_owner, "made_by"),)
DOCUMENTS: DocumentRights = {
    "evaluations.decision_letter": {
        "nog niet meegedeeld": (*KNOWN, hides(may_see_decision, "proposal")),
        TOLD: (hides(reads_told_letter, "file"),),
    },
    "evaluations.evaluator_pack": {"": (hides(is_owner, "made_by_adviser"),)},
    "evaluations.evaluator_packs": {"": (hides(is_owner, "made_by_adviser"),)},
    "evaluations.letter_example": {"": FOR_WHO_ASKED},
    "evaluations.letters": {"": FOR_WHO_ASKED},
    "evaluations.meeting_minutes": {"": FOR_WHO_ASKED},
}
"""Who reads each kind of document; what was made for one person is for that person alone."""

STEPS: Steps = {
    "completeness": takes("voorstel", PROPOSAL_LIFECYCLE, "mark_complete", "mark_incomplete"),
    "accept": takes("toewijzing", ASSIGNMENT_LIFECYCLE, "accept"),
    "decline": takes("toewijzing", ASSIGNMENT_LIFECYCLE, "decline"),
    "revoke": takes("toewijzing", ASSIGNMENT_LIFECYCLE, "revoke"),
    "withdraw_information": takes("vraag om informatie", INFORMATION_LIFECYCLE, "withdraw_request"),
    "meeting_step": takes("vergadering", MEETING_LIFECYCLE, "open"),
    "feedback": takes("feedbackgesprek", FEEDBACK_LIFECYCLE, "plan", "hold"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
