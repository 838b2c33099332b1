"""What was known at an instant, beside the ledger: which columns are kept, and how they are read.

facts = known_at(cut_off)
facts.projects[pk].title
"""

from reporting.facts.reading import Known, known_at

__all__ = ["Known", "known_at"]
