"""The rights matrix: every address x method x kind of person, worked out from the tables of rules.

`manage.py rights_matrix` writes it to docs/rights-matrix.csv; what the portal really does is held
against it by tests/portal/test_rights.py.
"""

from dashboard.matrix.decide import Answer, decide
from dashboard.matrix.people import PEOPLE, Person
from dashboard.matrix.rows import HEADINGS, PATH, matrix_rows, matrix_text
from dashboard.matrix.table import (
    all_rules,
    all_steps,
    missing_rules,
    named_addresses,
    unknown_rules,
)

__all__ = [
    "HEADINGS",
    "PATH",
    "PEOPLE",
    "Answer",
    "Person",
    "all_rules",
    "all_steps",
    "decide",
    "matrix_rows",
    "matrix_text",
    "missing_rules",
    "named_addresses",
    "unknown_rules",
]
