"""The web server, the same in production and under `make run`; see docs.gunicorn.org/settings."""

import gc
import os
from typing import Any

workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Without it one worker takes all of a proxy's kept connections. Not in development: two portals
# could then share a port without anybody noticing.
reuse_port = os.environ.get("PIO_ENV") == "production"
timeout = 60
graceful_timeout = 8
max_requests = 2000
max_requests_jitter = 200
keepalive = 75  # longer than the reverse proxy's, so that the proxy is the one to close
accesslog = "-" if os.environ.get("PIO_ENV") == "production" else None
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"  # no address, no query: personal data
control_socket_disable = True  # it would lie in the home folder, shared by every clone
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


def post_worker_init(_worker: Any) -> None:
    """All of Django and the portal stays as long as the process: no collection goes through it.

    A page with thousands of rows otherwise pays for that several times.
    """
    gc.collect()
    gc.freeze()
