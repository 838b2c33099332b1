"""What the addresses of money ask; see common/rights.py."""

from accounts.policies import is_member
from common.policies import policy
from common.rights import (
    SIGNED_IN,
    STAFF,
    DocumentRights,
    Steps,
    TableRules,
    act,
    corrected,
    filled,
    form,
    hides,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from funding.lifecycle import (
    AGREEMENT_LIFECYCLE,
    CHANGE_LIFECYCLE,
    COMMITTEE_LIFECYCLE,
    INSTALMENT_LIFECYCLE,
    REQUEST_LIFECYCLE,
)
from funding.policies import (
    is_second_for_reopening,
    is_second_person,
    may_approve,
    may_ask_change,
    may_check_claim,
    may_claim,
    may_commit,
    may_decide_change,
    may_manage_budget,
    may_pay,
    may_prepare_agenda,
    may_record_decision,
    may_release,
    may_request_cofinancing,
    may_run_committee,
    may_see_funding,
    may_sign_for_beneficiary,
    may_sign_for_fund,
    may_tell_decision,
    may_withdraw_change,
)
from projects.policies import may_guide_project, may_see_project

MONEY = (*STAFF, refuses(may_see_funding))
OWN = (*SIGNED_IN, hides(is_member, "organisation"))
CLAIM_CHECKED = (*MONEY, refuses(may_check_claim))
COMMITTEE = (*MONEY, refuses(may_run_committee))
AGENDA = (*MONEY, refuses(may_prepare_agenda))
BUDGET = (*MONEY, refuses(may_manage_budget))
ASKED = (*MONEY, refuses(may_request_cofinancing))
TOLD = (*MONEY, refuses(may_tell_decision))
PAID = (*MONEY, refuses(may_pay))
COMMITTED = (*MONEY, refuses(may_commit))

fetches_evidence = policy(
    "Stukken halen de leden van de organisatie en medewerkers die met het budget werken."
)(is_member | may_see_funding)

RIGHTS = together(
    page("requests", "claims", "claim", "changes", "commitment", gates=MONEY),
    page("budget_year", "ledger_csv", "committee_meetings", "agreement", gates=MONEY),
    page("staff_project_funding", gates=MONEY),
    form("budget_years", gates=MONEY, write=(refuses(may_manage_budget),)),
    form("close_year", "reopen_year", "transfer", "version_add", gates=BUDGET),
    form(
        "answer_reopening",
        gates=(*MONEY, refuses(is_second_for_reopening, "reopening")),
    ),
    # Requests and the committee
    form("request_new", "request_tender_document", gates=ASKED),
    act("request_rule", gates=MONEY),
    act("request_sheet", gates=AGENDA),
    form("request", gates=MONEY, write=(refuses(may_record_decision),)),
    form("committee_new", "committee_edit", "committee_cancel", "committee_close", gates=COMMITTEE),
    form("committee_hold", "committee_item_decide", gates=COMMITTEE),
    form("committee_meeting", gates=MONEY, write=(refuses(may_prepare_agenda),)),
    act("committee_document", "committee_item_move", "committee_item_remove", gates=AGENDA),
    act("letter_make", gates=TOLD),
    form("letter_send", gates=TOLD),
    # Agreements, commitments and instalments
    form("agreement_draft", "agreement_send", gates=ASKED),
    form("agreement_sign", gates=(*MONEY, refuses(may_sign_for_fund, "agreement"))),
    form("award", gates=(*MONEY, refuses(may_guide_project, "project"))),
    form("commit", "prepare", gates=COMMITTED),
    form("plan", "open_instalment", gates=ASKED),
    form("release", gates=(*MONEY, refuses(may_release))),
    form("recover", gates=PAID),
    form("change", gates=MONEY, write=(refuses(may_decide_change, "change"),)),
    form("change_new", gates=(*MONEY, refuses(may_ask_change, "commitment"))),
    # Claims
    form("claim_check", "claim_recheck", "claim_reject", gates=CLAIM_CHECKED),
    form(
        "claim_approve",
        gates=(*MONEY, refuses(may_approve), refuses(is_second_person, "claim")),
    ),
    form("claim_pay", "claim_returned", gates=PAID),
    # The beneficiary
    # Staff are sent on to their own page of the project.
    page("project_funding", gates=(*SIGNED_IN, hides(may_see_project, "project"))),
    page("member_change", gates=OWN),
    form("claim_new", gates=(*OWN, refuses(may_claim, "instalment"))),
    form("agreement_member_sign", gates=(*OWN, refuses(may_sign_for_beneficiary, "agreement"))),
    form("member_change_new", gates=(*OWN, refuses(may_ask_change, "commitment"))),
    act("change_withdraw", gates=(*OWN, refuses(may_withdraw_change, "change"))),
    page(
        "evidence",
        "signed_copy",
        "tender_document",
        gates=(*SIGNED_IN, hides(fetches_evidence, "organisation")),
    ),
)

TABLES: TableRules = {
    **looked_at(
        "Agreement",
        "AgreementSignature",
        "BudgetVersion",
        "BudgetYear",
        "ChangeRequest",
        "Claim",
        "ClaimDraft",
        "ClaimEvidence",
        "ClaimLine",
        "CofinancingRequest",
        "Commitment",
        "CommitteeDecision",
        "CommitteeItem",
        "CommitteeMeeting",
        "Instalment",
        "LapsedCredit",
        "LedgerEntry",
        "Payment",
        "TenderDocument",
        "YearClosing",
        "YearReopening",
    ),
    **corrected("BudgetLine"),
    **filled("FundingText"),
}
"""What stands in /admin/; see common.rights.TableRules."""

reads_letter = policy(
    "Een brief of overeenkomst lezen medewerkers die met het budget werken, en na het versturen "
    "ook de leden van de organisatie."
)(is_member | may_see_funding)
OF_STAFF = (hides(may_see_funding),)
OF_BOTH = (hides(reads_letter, "organisation"),)
DOCUMENTS: DocumentRights = {
    "funding.agreement": {"ontwerp": OF_STAFF, "verstuurd": OF_BOTH},
    "funding.committee_agenda": {"": OF_STAFF},
    "funding.decision_letter": {"nog niet meegedeeld": OF_STAFF, "meegedeeld": OF_BOTH},
    "funding.request_sheet": {"": OF_STAFF},
}
"""Who reads each kind of document."""

STEPS: Steps = {
    "request": takes("aanvraag", REQUEST_LIFECYCLE, "grant", "refuse", "postpone"),
    "committee_close": takes("vergadering", COMMITTEE_LIFECYCLE, "close_agenda"),
    "committee_hold": takes("vergadering", COMMITTEE_LIFECYCLE, "hold"),
    "committee_cancel": takes("vergadering", COMMITTEE_LIFECYCLE, "cancel"),
    "agreement_send": takes("overeenkomst", AGREEMENT_LIFECYCLE, "send"),
    "agreement_member_sign": takes("overeenkomst", AGREEMENT_LIFECYCLE, "sign"),
    "change": takes("wijziging", CHANGE_LIFECYCLE, "accept", "refuse"),
    "change_withdraw": takes("wijziging", CHANGE_LIFECYCLE, "withdraw"),
    "open_instalment": takes("schijf", INSTALMENT_LIFECYCLE, "open"),
    "claim_new": takes("schijf", INSTALMENT_LIFECYCLE, "claim"),
    "claim_check": takes("schijf", INSTALMENT_LIFECYCLE, "check"),
    "claim_reject": takes("schijf", INSTALMENT_LIFECYCLE, "reject"),
    "claim_recheck": takes("schijf", INSTALMENT_LIFECYCLE, "recheck"),
    "claim_approve": takes("schijf", INSTALMENT_LIFECYCLE, "approve"),
    "claim_pay": takes("schijf", INSTALMENT_LIFECYCLE, "pay"),
    "claim_returned": takes("schijf", INSTALMENT_LIFECYCLE, "return"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
