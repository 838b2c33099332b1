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


@policy("Alleen medewerkers met meer dan leesrecht laten een mislukte taak opnieuw proberen.")
def may_retry(user: Any, job: Any = None) -> bool:
    return bool(may_list_jobs(user)) and not set(user.staff_roles) <= _READ_ONLY
