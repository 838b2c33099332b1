"""Workers: the broker, the queues, and what beat does when."""

from pio_portal.settings.base import TIME_ZONE, env

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # results are rows: documents.Job
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A page must not hang when the broker is away: the row is written, the sweep picks it up.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "documents.*": {"queue": "pdf"},
    "rehearsals.*": {"queue": "rehearsal"},  # a minute's work: nobody's receipt waits for it
    "notifications.*": {"queue": "mail"},
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "documents.sweep_jobs", "schedule": 30},
    "sweep-scans": {"task": "documents.sweep_scans", "schedule": 60},
    "purge-documents": {"task": "documents.purge", "schedule": 24 * 3600},
    "sweep-rehearsals": {"task": "rehearsals.sweep", "schedule": 60},
    "remove-old-rehearsals": {"task": "rehearsals.remove_old", "schedule": 24 * 3600},
    "plan-reminders": {"task": "notifications.plan_reminders", "schedule": 300},
    "send-due-reminders": {"task": "notifications.send_due_reminders", "schedule": 60},
    "deliver-outbox": {"task": "notifications.deliver_outbox", "schedule": 30},
    "send-digests": {"task": "notifications.send_digests", "schedule": 300},
    "announce-openings": {"task": "calls.announce_openings", "schedule": 60},
    "forget-old-traces": {"task": "calls.forget_old_traces", "schedule": 3600},
    "find-conflicts": {"task": "evaluations.find_conflicts", "schedule": 3600},
    "carry-out-divisions": {"task": "evaluations.carry_out_divisions", "schedule": 60},
    "settle-reopened": {"task": "projects.settle_reopened", "schedule": 60},
    "tick": {"task": "operations.tick", "schedule": 60},
    "draw-destruction-lists": {"task": "retention.draw_lists", "schedule": 24 * 3600},
    "warn-of-drafts": {"task": "retention.warn_of_drafts", "schedule": 24 * 3600},
    "carry-out-destruction": {"task": "retention.carry_out_waiting", "schedule": 600},
    "inspect": {"task": "operations.inspect", "schedule": 6 * 3600},
    "remove-old-heartbeats": {"task": "operations.remove_old", "schedule": 24 * 3600},
    "log-audit-head": {"task": "audit.log_head", "schedule": 24 * 3600},
    "mail-saved-views": {"task": "evaluations.mail_saved_views", "schedule": 900},
}
