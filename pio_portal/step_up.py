"""For which addresses a person proves again who it is, when the last proof is some minutes old.

Decisions, payments, exports with personal data and what one does with somebody else's account,
against who sits down at an open screen. One table: a name of an address and the methods that
count. `accounts.step_up` asks for the proof; a page of a form may be read without.
"""

POST = frozenset({"POST"})
ANY = frozenset({"GET", "HEAD", "POST"})

STEP_UP_VIEWS: dict[str, frozenset[str]] = {
    # Decisions on selection.
    "evaluations:decide": POST,
    "evaluations:withdraw_decision": POST,
    "evaluations:draw_line": POST,
    "evaluations:room": POST,
    "evaluations:bulk_run": POST,
    "evaluations:notify": POST,
    # Decisions of the committee, and the money that follows from them.
    "funding:committee_item_decide": POST,
    "funding:request": POST,
    "funding:commit": POST,
    "funding:prepare": POST,
    "funding:award": POST,
    "funding:change": POST,
    "funding:release": POST,
    "funding:recover": POST,
    "funding:answer_reopening": POST,
    "funding:claim_approve": POST,
    "funding:claim_pay": POST,
    # Payments.
    "payments:account_confirm": POST,
    "payments:order_sign": POST,
    "payments:order_export": POST,
    "payments:bank_file": POST,
    "payments:settlement_confirm": POST,
    "payments:recovery_receive": POST,
    "reporting:edition_sign": POST,
    # Exports with personal data.
    "evaluations:list_export": ANY,
    "evaluations:board_export": ANY,
    "dashboard:audit_export": ANY,
    "retention:export": POST,
    "retention:export_for": POST,
    "retention:register": POST,
    # What nothing brings back.
    "retention:approve": POST,
    "dashboard:mail_export": ANY,
    # One's own second step: who replaces it could else give the proof of all the rest.
    "accounts:second_factor_set_up": POST,
    "accounts:second_factor_manage": POST,
    # What an administrator does with somebody else's account.
    "admin:accounts_user_add": POST,
    "admin:accounts_user_change": POST,
    "accounts:reset_second_factor": POST,
    "accounts:start_viewing": POST,
}
