"""Everything that changes files and jobs."""

from documents.services.files import discard_file, store_file, store_upload
from documents.services.purging import purge_documents
from documents.services.requests import announce, cancel_job, request_document, retry_job
from documents.services.running import run_job
from documents.services.scanning import request_scan, scan_file, sweep_scans, virus_found
from documents.services.sweeping import sweep_jobs

__all__ = [
    "announce",
    "cancel_job",
    "discard_file",
    "purge_documents",
    "request_document",
    "request_scan",
    "retry_job",
    "run_job",
    "scan_file",
    "store_file",
    "store_upload",
    "sweep_jobs",
    "sweep_scans",
    "virus_found",
]
