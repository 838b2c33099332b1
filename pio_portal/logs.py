"""One shape for every log line: JSON in production, readable text elsewhere; no personal data.

In JSON an exception is its class, its place in the code and, of the database, its code and the
constraint: a message may quote what somebody typed. The request id leads to the rest.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

EXTRAS = {
    *("job", "rehearsal", "kind", "attempt", "bytes", "count", "actor", "sheet", "stamp"),
    *("node", "status_code"),
}
"""What a line may carry beside its text; Django adds the whole request, search words and all."""

MAY_QUOTE = ("error", "reason", "exception", "user_agent", "ip")
"""Keys of libraries whose values may repeat what somebody typed, or say who did."""

SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED_PROCESSORS,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def formatter(*, json: bool) -> structlog.stdlib.ProcessorFormatter:
    """The formatter that settings.LOGGING names."""
    rendering: list[Processor] = (
        [without_quotes, structlog.processors.JSONRenderer()]
        if json
        # Pictures of each frame take longer than the page that failed.
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        foreign_pre_chain=[*SHARED_PROCESSORS, structlog.stdlib.ExtraAdder(allow=EXTRAS)],
    )


def without_quotes(logger: Any, method_name: str, event_dict: EventDict) -> EventDict:
    """Replace what may quote a person by what a developer needs."""
    exc_info = event_dict.pop("exc_info", None)
    for key in MAY_QUOTE:
        event_dict.pop(key, None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        event_dict["exception"] = described(error)
    return event_dict


def described(error: BaseException) -> list[str]:
    """The chain of exceptions, the last first: class, what the database says, and each frame."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}{_code(current)}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return lines


def _code(error: BaseException) -> str:
    diagnosis = getattr(error, "diag", None)
    told = [getattr(diagnosis, name, None) for name in ("sqlstate", "constraint_name")]
    return f" ({' '.join(filter(None, told))})" if any(told) else ""


class TaskFailureFilter(logging.Filter):
    """Celery prints the exception and the arguments of a task that failed: keep name and id."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and {"id", "name"} <= record.args.keys():
            word = record.args.get("word") or record.args.get(  # seen before: settings load twice
                "description", "retry" if "exc" in record.args else "succeeded"
            )
            record.msg = "Task %(name)s[%(id)s] %(word)s"
            record.args = {"id": record.args["id"], "name": record.args["name"], "word": word}
        return True
