"""The developer's tools behind `make`: from an empty machine to a running portal, tests and checks.

Standard library only: this runs before anything is installed. Read `__main__` first, then `run`.
"""
