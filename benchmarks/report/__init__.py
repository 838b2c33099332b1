"""`make bench-report`: the report of a year with many projects and bookings.

`devtools.benchmarks` starts the database and calls, in this order: `world` (the year), `measure`
(the page beside its SQL and template alone; the spreadsheet beside XlsxWriter alone), `paper`
(the PDF, and WeasyPrint alone on the same HTML: each in a process of its own, for its peak memory,
and in turns, for the ratio), `verdict` (the ratios, and whether they stay within their targets).
"""

PROJECTS = 2_000
BOOKINGS = 20_000
YEAR = 2025
