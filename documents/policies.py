"""Who may see jobs and fetch what they made. Each kind of document says for itself who may."""

from typing import Any

from common.policies import oversees_all_files, policy
from documents import registry

# The one staff role that only reads (accounts.roles, which this engine can't import).
_READ_ONLY = {"auditor"}


@policy("Alleen medewerkers die alle dossiers opvolgen, zien alle documenttaken.")
def may_list_jobs(user: Any, obj: Any = None) -> bool:
    return oversees_all_files(user)


@policy("Wie dit document mag lezen, mag het downloaden.")
def may_download(user: Any, job: Any = None) -> bool:
    try:
        allowed = registry.get(job.kind).may_download
    except registry.UnknownKindError:
        return False
    # A policy that combines others works through test(); a plain function is called.
    test = getattr(allowed, "test", allowed)
    return bool(test(user, job))


@policy("Wie het document mag lezen of alle taken ziet, ziet hoe ver het is.")
def may_follow(user: Any, job: Any = None) -> bool:
    return bool(may_list_jobs(user)) or bool(may_download(user, job))


def _works_on_all(user: Any) -> bool:
    return bool(may_list_jobs(user)) and not set(user.staff_roles) <= _READ_ONLY


def _asked_it(user: Any, job: Any) -> bool:
    return (
        job is not None
        and job.requested_by_id is not None
        and job.requested_by_id == getattr(user, "pk", None)
        and may_follow.test(user, job)
    )


@policy("Wie het document vroeg, of een medewerker met meer dan leesrecht, laat het opnieuw maken.")
def may_retry(user: Any, job: Any = None) -> bool:
    return _works_on_all(user) or _asked_it(user, job)


@policy("Wie het document vroeg, of een medewerker met meer dan leesrecht, zet het maken stop.")
def may_cancel(user: Any, job: Any = None) -> bool:
    return _works_on_all(user) or _asked_it(user, job)
