"""What the addresses of mails and reminders ask; see common/rights.py."""

from common.rights import PUBLIC, STAFF, act, page, refuses, together
from notifications.policies import may_resend, may_see_messages

READ = (*STAFF, refuses(may_see_messages))

RIGHTS = together(
    page("mailbox", "mailbox_mail", gates=PUBLIC),  # exist only in the demo
    page("overview", "outbox", "mail", gates=READ),
    act("mail_resend", gates=(*READ, refuses(may_resend))),
)
