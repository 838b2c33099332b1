"""Everything that changes what the portal notes about itself."""

from operations.services.csp_reports import count_violations, remove_old_csp_reports
from operations.services.deploying import force_deploy
from operations.services.heartbeats import note_sign, remove_old_heartbeats, tick
from operations.services.inspection import run_inspection
from operations.services.outages import answer_outage

__all__ = [
    "answer_outage",
    "count_violations",
    "force_deploy",
    "note_sign",
    "remove_old_csp_reports",
    "remove_old_heartbeats",
    "run_inspection",
    "tick",
]
