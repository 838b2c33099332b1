"""Mail: the server, the hours at which it leaves, and what comes back."""

from pio_portal.settings.base import PIO_ENV, env

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "PIO Portal <no-reply@example.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "pio@example.invalid")
# Hours of Brussels in which nothing leaves but legal notices and urgent reminders (from, up to; the
# same hour twice: none). Tests run at any hour, so there it is off until a test is about it.
MAIL_QUIET_FROM = env.int("MAIL_QUIET_FROM", 0 if PIO_ENV == "test" else 21)
MAIL_QUIET_UNTIL = env.int("MAIL_QUIET_UNTIL", 0 if PIO_ENV == "test" else 7)
# So many hours before its deadline a reminder is urgent.
MAIL_URGENT_HOURS = env.int("MAIL_URGENT_HOURS", 12)
# Mails to one person on one day; more wait for the digest, which leaves at this hour.
MAIL_MAX_PER_DAY = env.int("MAIL_MAX_PER_DAY", 15)
MAIL_DIGEST_HOUR = env.int("MAIL_DIGEST_HOUR", 7)
# Where a mail server reports what it could not deliver; each mail gets an address of its own in it
# (bounces+12-abc@…). Empty: reports go to the sender of DEFAULT_FROM_EMAIL.
MAIL_BOUNCE_ADDRESS = env.str("MAIL_BOUNCE_ADDRESS", "")
# After so many permanent refusals an address counts as one that does not work.
MAIL_BOUNCE_LIMIT = env.int("MAIL_BOUNCE_LIMIT", 3)
