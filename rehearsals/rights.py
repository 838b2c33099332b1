"""What the addresses of rehearsals ask; see common/rights.py."""

from common.rights import STAFF, TableRules, act, form, looked_at, page, refuses, together
from rehearsals.policies import may_rehearse, may_see_rehearsal

SEEN = (*STAFF, refuses(may_see_rehearsal))
PLAYED = (*STAFF, refuses(may_rehearse))

RIGHTS = together(
    page("rehearsal", "status", "item", "file", gates=SEEN),
    form("of_call", gates=STAFF, write=(refuses(may_rehearse),)),
    form("delete", gates=PLAYED),
    act("again", gates=PLAYED),
)

TABLES: TableRules = {
    **looked_at("Rehearsal", "RehearsalItem"),
}
"""What stands in /admin/; see common.rights.TableRules."""
