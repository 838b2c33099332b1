"""What the addresses about keeping, destroying and one's own data ask; see common/rights.py."""

from common.rights import (
    SIGNED_IN,
    STAFF,
    DocumentRights,
    Gates,
    Steps,
    TableRules,
    act,
    both,
    form,
    hides,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from retention.lifecycle import LIST_LIFECYCLE, REQUEST_LIFECYCLE
from retention.policies import (
    asked_it,
    may_approve,
    may_change_rules,
    may_handle,
    may_hold,
    may_propose,
    may_see_retention,
)

SEEN: Gates = (*STAFF, refuses(may_see_retention))
PROPOSED: Gates = (*STAFF, refuses(may_propose))
HANDLED: Gates = (*STAFF, refuses(may_handle))

RIGHTS = together(
    page("overview", "list", gates=SEEN),
    both("rule", read=SEEN, write=(*SEEN, refuses(may_change_rules))),
    both("holds", read=SEEN, write=(*SEEN, refuses(may_hold))),
    act("lift", gates=(*STAFF, refuses(may_hold))),
    act("draw", "propose", "drop", gates=PROPOSED),
    form("leave", gates=PROPOSED),
    act("approve", gates=(*SEEN, refuses(may_approve, "destruction"))),
    page("requests", gates=HANDLED),
    form("register", "handle", gates=HANDLED),
    act("extend", "export_for", gates=HANDLED),
    form("own", gates=SIGNED_IN),
    act("export", gates=SIGNED_IN),
    page("request", gates=(*SIGNED_IN, hides(asked_it, "made_by"))),
)

TABLES: TableRules = {
    **looked_at(
        "DestructionItem",
        "DestructionList",
        "DraftWarning",
        "LegalHold",
        "PrivacyRequest",
        "RetentionRule",
    ),
}
"""What stands in /admin/; see common.rights.TableRules."""

DOCUMENTS: DocumentRights = {"retention.own_data": {"": (hides(asked_it, "made_by"),)}}
"""Who reads each kind of document."""

STEPS: Steps = {
    "propose": takes("lijst", LIST_LIFECYCLE, "propose"),
    "approve": takes("lijst", LIST_LIFECYCLE, "approve"),
    "drop": takes("lijst", LIST_LIFECYCLE, "drop"),
    "handle": takes("vraag", REQUEST_LIFECYCLE, "grant", "refuse"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
