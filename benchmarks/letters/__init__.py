"""`make bench-pdf`: 200 decision letters, made by a worker as production runs it.

`devtools.benchmarks` starts the services and calls, in this order: `world` (files that are decided,
with texts as long as the forms allow, whose letters wait), `watch` (starts the worker, waits until
every letter is there, and measures), `verdict` (checks each letter and prints the figures).
"""

LETTERS = 200
