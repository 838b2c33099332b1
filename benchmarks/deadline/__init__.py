"""`make bench-deadline`: 300 authorities submit in the last two minutes of a round.

`devtools.benchmarks` starts the real servers and calls, in this order: `world` (makes the
authorities with their drafts), `visitors` (plays them, standard library only, in a process of its
own), `verdict` (looks in the database whether anything was lost or doubled). `served` is the portal
as gunicorn runs it, with the number of SQL queries in a header of each answer.
"""

AUTHORITIES = 300
MINUTES = 2
HOST = "portal.bench.invalid"
"""The name under which the portal answers; it exists nowhere (RFC 2606)."""
