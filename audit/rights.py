"""What /admin/ lets be done with the record; its pages are those of the dashboard."""

from common.rights import Rights, TableRules, looked_at

RIGHTS: Rights = {}

TABLES: TableRules = {
    **looked_at("AuditEvent", "ChainHead", "ChainLink", "Reading", "Refusal", "RowChange"),
}
"""What stands in /admin/; see common.rights.TableRules."""
