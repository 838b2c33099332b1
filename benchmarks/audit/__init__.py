"""`make bench-audit`: what it costs a write that it is kept.

`measure` does the same writes with and without everything that keeps them, in turns, and says how
many times as long they take. Fails when a write that a person does takes more than `TARGET` times
as long.
"""

TARGET = 1.3
ROUNDS = 15
WRITES = 100
"""Writes per round, each in a transaction of its own."""
