"""What the addresses of rehearsals ask; see common/rights.py."""

from common.rights import (
    STAFF,
    Steps,
    TableRules,
    act,
    form,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from rehearsals.lifecycle import REHEARSAL_LIFECYCLE
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

STEPS: Steps = {
    "again": takes("repetitie", REHEARSAL_LIFECYCLE, "again"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
