"""Who may rehearse a call, and look at what came of it."""

from accounts.policies import is_staff
from calls.policies import may_manage_calls
from common.policies import policy

may_rehearse = policy("Alleen het PIO-team of de programmamanager mag een oproep oefenen.")(
    may_manage_calls
)
may_see_rehearsal = policy("Een oefening is alleen zichtbaar voor medewerkers van het programma.")(
    is_staff
)
