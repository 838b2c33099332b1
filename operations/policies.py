"""Who sees how the portal works, and who answers an outage."""

from accounts.policies import is_administrator, is_auditor, is_programme_office
from calls.policies import may_move_closing
from common.policies import policy

may_see_operation = policy("Alleen een beheerder of auditor ziet hoe het portaal werkt.")(
    is_administrator | is_auditor
)
may_see_outages = policy(
    "Alleen het PIO-team, de projectleider, de programmamanager, een beheerder of een auditor"
    " ziet storingen."
)(is_programme_office | is_administrator | is_auditor)
may_answer_outage = policy(
    "Alleen het PIO-team, de projectleider of de programmamanager geeft extra tijd na een storing."
)(may_move_closing)
