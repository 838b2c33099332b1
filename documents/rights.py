"""What the addresses of documents ask; see common/rights.py."""

from common.rights import SIGNED_IN, STAFF, act, hides, page, refuses, together
from documents.policies import may_download, may_follow, may_list_jobs, may_retry

# Each kind of document says for itself who may read it; here the yearly report stands for all.
REPORT = "jaarrapport"

RIGHTS = together(
    page("download", gates=(*SIGNED_IN, hides(may_download, "job")), state=REPORT),
    page("job", "job_status", gates=(*SIGNED_IN, hides(may_follow, "job")), state=REPORT),
    page("jobs", gates=(*STAFF, refuses(may_list_jobs))),
    act("retry", gates=(*STAFF, refuses(may_list_jobs), refuses(may_retry))),
)
