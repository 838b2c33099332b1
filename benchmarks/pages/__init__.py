"""`make bench-pages`: the pages of the evaluation at 50, 200 and 5,000 files in one call.

`devtools.benchmarks` starts the real web server and calls, for each size: `world` (lets the call
grow to that size), `visitors` (asks each page again and again, standard library only, in a process
of its own) and `exports` (makes the exports as the worker does). At the end `verdict` prints the
table and says whether the limits hold.
"""

SIZES = (50, 200, 5_000)
READERS = 3
"""Of each file in the call, each with all scores."""

ADVISERS = 60
ROUNDS = 25
"""How many times each page is asked; the median counts."""
