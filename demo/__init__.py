"""Demo data (voorbeelddata): real titles of calls and projects, everything else invented.

Not installed in production. No rejection or score is ever put on a real organisation.
"""
