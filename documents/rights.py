"""What the addresses of documents ask; see common/rights.py."""

from common.rights import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    Steps,
    TableRules,
    Takes,
    act,
    form,
    hides,
    looked_at,
    page,
    refuses,
    together,
)
from documents.models import PENDING, WITHOUT_FILE, JobState
from documents.policies import may_cancel, may_download, may_follow, may_list_jobs, may_retry

# Each kind says for itself who may read it (`DOCUMENTS` of the rooms); here the yearly report.
REPORT = "jaarrapport"

FOLLOWED = (*SIGNED_IN, hides(may_follow, "job"))

RIGHTS = together(
    page("download", gates=(*SIGNED_IN, hides(may_download, "job")), state=REPORT),
    page("job", "job_status", gates=FOLLOWED, state=REPORT),
    page("jobs", gates=(*STAFF, refuses(may_list_jobs))),
    act("retry", gates=(*FOLLOWED, refuses(may_retry, "job")), state=REPORT),
    act("cancel", gates=(*FOLLOWED, refuses(may_cancel, "job")), state=REPORT),
    # Its address holds a code that stands on the paper only.
    form("control", gates=PUBLIC),
    form("find", gates=PUBLIC),
)

TABLES: TableRules = {
    **looked_at("Job", "LegalDocument", "StoredFile"),
}
"""What stands in /admin/; see common.rights.TableRules."""

STEPS: Steps = {
    "retry": Takes("document", "Opnieuw maken", JobState, frozenset(map(str, WITHOUT_FILE))),
    "cancel": Takes("document", "Stopzetten", JobState, frozenset(map(str, PENDING))),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
