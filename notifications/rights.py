"""What the addresses of mails, reminders and one's own messages ask; see common/rights.py."""

from common.rights import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    Steps,
    TableRules,
    act,
    filled,
    form,
    hides,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from notifications.lifecycle import MAIL_LIFECYCLE
from notifications.policies import is_addressee, may_resend, may_see_messages, may_trust_addresses

READ = (*STAFF, refuses(may_see_messages))

RIGHTS = together(
    page("mailbox", "mailbox_mail", gates=PUBLIC),  # exist only in the demo
    page("overview", "outbox", "mail", "addresses", gates=READ),
    act("mail_resend", gates=(*READ, refuses(may_resend))),
    act("address_trust", gates=(*READ, refuses(may_trust_addresses))),
    page("messages", "calendar", gates=SIGNED_IN),
    page("message", gates=(*SIGNED_IN, hides(is_addressee, "made_by"))),
    form("choices", gates=SIGNED_IN),
    act("address_works", "calendar_renew", "calendar_stop", gates=SIGNED_IN),
    form("stop", gates=PUBLIC),  # for who has the link of a mail
    page("calendar_feed", gates=PUBLIC),  # for who knows its secret
)

TABLES: TableRules = {
    **looked_at(
        "Bounce", "CalendarFeed", "MailPreference", "OutboxMail", "Reminder", "UnreachableAddress"
    ),
    **filled("ReminderOffset"),
}
"""What stands in /admin/; see common.rights.TableRules."""

STEPS: Steps = {
    "mail_resend": takes("mail", MAIL_LIFECYCLE, "resend"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
