"""Tasks of the workers tell the database by which task rows change."""

from contextlib import ExitStack
from typing import Any

from celery.signals import task_postrun, task_prerun

from audit.context import acting, is_told


def listen() -> None:
    task_prerun.connect(_begin, dispatch_uid="audit.begin")
    task_postrun.connect(_end, dispatch_uid="audit.end")


def _begin(*, task: Any, **_: Any) -> None:
    if is_told():
        return  # called within a request: that is where it began
    stack = ExitStack()
    stack.enter_context(acting(via=f"taak {task.name}"))
    task.request.audit_context = stack


def _end(*, task: Any, **_: Any) -> None:
    stack = getattr(task.request, "audit_context", None)
    if stack is not None:
        stack.close()
