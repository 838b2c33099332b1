"""What the addresses of the dashboard ask, and those of no room; see common/rights.py."""

from accounts.policies import may_read_log
from common.rights import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    TableRules,
    cleared,
    closed,
    form,
    looked_at,
    page,
    refuses,
    together,
)
from notifications.policies import may_see_messages
from projects.rights import FILE, SUBMITTED

RIGHTS = together(
    page("home", gates=SIGNED_IN),
    page("staff", gates=STAFF),
    page("mail_export", gates=(*STAFF, refuses(may_see_messages))),
    # The page about a thing is there for who can see the thing; here a submitted proposal.
    page("who_sees", gates=FILE, state=SUBMITTED),
    page("audit_log", "audit_record", "audit_export", gates=(*STAFF, refuses(may_read_log))),
)

WITHOUT_ROOM = together(
    page("home", "pages:accessibility", "pages:privacy", "pages:security_txt", gates=PUBLIC),
    form("pages:design", gates=PUBLIC),
    form("set_language", gates=PUBLIC),
)
"""By their full names: addresses of common/ and pio_portal/."""

TABLES_OF_OTHERS: TableRules = {
    **looked_at("admin.LogEntry", "axes.AccessFailureLog", "axes.AccessLog"),
    **cleared("axes.AccessAttempt"),
    **closed("auth.Group"),  # the roles are those of accounts/roles.py
}
"""Tables of Django and its libraries in /admin/, by their labels."""
