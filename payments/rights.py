"""What the addresses of payments ask; see common/rights.py."""

from accounts.policies import is_member
from accounts.rights import knows_organisation
from common.policies import policy
from common.rights import (
    SIGNED_IN,
    STAFF,
    DocumentRights,
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
from payments.lifecycle import ORDER_LIFECYCLE, RECOVERY_LIFECYCLE, SETTLEMENT_LIFECYCLE
from payments.policies import (
    may_book_confirmations,
    may_book_recovery,
    may_confirm_settlement,
    may_enter_account,
    may_judge_account,
    may_make_orders,
    may_propose_settlement,
    may_see_payments,
    may_sign_order,
)

MONEY = (*STAFF, refuses(may_see_payments))
ORDERS = (*MONEY, refuses(may_make_orders))
ACCOUNT = (*SIGNED_IN, hides(knows_organisation, "organisation"))

sees_accounts = policy(
    "Rekeningen zien de leden van de organisatie en medewerkers die met het budget werken."
)(is_member | may_see_payments)

RIGHTS = together(
    page("accounts", "account", "orders", "order", "settlement", gates=MONEY),
    form(
        "account_confirm",
        "account_end",
        gates=(*MONEY, refuses(may_judge_account, "account")),
    ),
    page("account_proof", gates=(*ACCOUNT, refuses(sees_accounts, "organisation"))),
    form(
        "organisation_accounts",
        gates=(*ACCOUNT, refuses(sees_accounts, "organisation")),
        write=(refuses(may_enter_account, "organisation"),),
    ),
    form("bank_file", "bank_files", gates=MONEY, write=(refuses(may_book_confirmations),)),
    form("order_new", "order_cancel", gates=ORDERS),
    act("order_export", gates=ORDERS),
    form("order_sign", gates=(*MONEY, refuses(may_sign_order, "order"))),
    page("recovery", gates=(*SIGNED_IN, hides(is_member, "organisation"))),
    form("recovery_receive", gates=(*MONEY, refuses(may_book_recovery))),
    form(
        "settlement_confirm",
        gates=(*MONEY, refuses(may_confirm_settlement, "settlement")),
    ),
    form(
        "settlement_propose", "settlement_withdraw", gates=(*MONEY, refuses(may_propose_settlement))
    ),
)

TABLES: TableRules = {
    **looked_at(
        "BankAccount",
        "BankFile",
        "OrderLine",
        "PaymentOrder",
        "RecoveryReceipt",
        "RecoveryRequest",
        "Settlement",
    ),
}
"""What stands in /admin/; see common.rights.TableRules."""

reads_letter = policy(
    "De brief over een terugvordering lezen de leden van de organisatie en medewerkers die met het "
    "budget werken."
)(is_member | may_see_payments)
DOCUMENTS: DocumentRights = {
    "payments.recovery_letter": {"": (hides(reads_letter, "organisation"),)}
}
"""Who reads each kind of document."""

STEPS: Steps = {
    "order_sign": takes("betaalopdracht", ORDER_LIFECYCLE, "sign"),
    "order_cancel": takes("betaalopdracht", ORDER_LIFECYCLE, "cancel"),
    "settlement_confirm": takes("eindafrekening", SETTLEMENT_LIFECYCLE, "confirm"),
    "settlement_withdraw": takes("eindafrekening", SETTLEMENT_LIFECYCLE, "withdraw"),
    "recovery_receive": takes("terugvordering", RECOVERY_LIFECYCLE, "receive"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
