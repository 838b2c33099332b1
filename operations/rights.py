"""What the addresses about the working of the portal ask; see common/rights.py."""

from common.rights import PUBLIC, STAFF, TableRules, act, form, looked_at, page, refuses, together
from operations.policies import may_answer_outage, may_see_operation, may_see_outages

RIGHTS = together(
    page("live", "ready", "startup", "metrics", gates=PUBLIC),  # metrics: with a token
    act("csp_report", gates=PUBLIC),
    page("condition", gates=(*STAFF, refuses(may_see_operation))),
    page("outages", gates=(*STAFF, refuses(may_see_outages))),
    form("answer_outage", gates=(*STAFF, refuses(may_answer_outage))),
)

TABLES: TableRules = {
    **looked_at("CspReport", "Heartbeat", "Inspection", "OutageAnswer", "Refusal", "SignOfLife"),
}
"""What stands in /admin/; see common.rights.TableRules."""
