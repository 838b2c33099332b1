"""Private files, the jobs that make documents, and what counts in law."""

from documents.models.files import ScanState, StoredFile
from documents.models.jobs import PENDING, WITHOUT_FILE, Job, JobQuerySet, JobState
from documents.models.legal import LegalDocument, slug_of

__all__ = [
    "PENDING",
    "WITHOUT_FILE",
    "Job",
    "JobQuerySet",
    "JobState",
    "LegalDocument",
    "ScanState",
    "StoredFile",
    "slug_of",
]
