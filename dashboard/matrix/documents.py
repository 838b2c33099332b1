"""Who fetches, follows, makes again and stops each kind of document.

The kinds are declared in `DOCUMENTS` of the rooms (rights.py); the engine of documents only knows
that each kind says for itself who may read it.
"""

from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from common.policies import oversees_all_files, policy
from common.rights import SIGNED_IN, DocumentRights, Gates, Rights, act, hides, page, refuses
from dashboard.matrix.examples import things
from documents import registry
from documents.policies import may_follow, may_list_jobs, may_retry

ADD = (
    "{kind} has no rule. Add it to DOCUMENTS in {room}/rights.py: who reads it, per state of its "
    "thing. Then run `python manage.py rights_matrix` and commit docs/rights-matrix.csv."
)


@cache
def all_documents() -> DocumentRights:
    """Kind of document -> state -> who reads it."""
    found: DocumentRights = {}
    for config in apps.get_app_configs():
        if config.label != "common" and find_spec(f"{config.name}.rights") is not None:
            found.update(getattr(import_module(f"{config.name}.rights"), "DOCUMENTS", {}))
    return found


def missing_documents() -> list[str]:
    """A sentence for each kind without a rule, which says what to do."""
    kinds = {one.kind for one in registry.all_declarations()}
    return [
        ADD.format(kind=kind, room=kind.split(".")[0])
        for kind in sorted(kinds - set(all_documents()))
    ]


def reads(gates: Gates, user: Any, obj: Any = None) -> bool:
    """Whether somebody passes all gates of a kind of document."""
    return bool(user.is_authenticated) and all(gate.passes(user, things()) for gate in gates)


def _follows(gates: Gates, user: Any, obj: Any = None) -> bool:
    return bool(may_list_jobs.test(user, None)) or reads(gates, user)


def _works_on(user: Any, obj: Any = None) -> bool:
    """Whom the portal lets make any document again; who asked for one may so too."""
    return oversees_all_files(user) and {str(role) for role in user.staff_roles} != {"auditor"}


works_on_documents = policy(str(may_retry.sentence))(_works_on)


def of_document(gates: Gates) -> Rights:
    """What the addresses of one document ask: fetched, followed, made again, stopped."""
    follows = policy(str(may_follow.sentence))(partial(_follows, gates))
    followed: Gates = (*SIGNED_IN, hides(follows))
    fetched = tuple(hides(gate.policy, gate.of) for gate in gates)
    return {
        **page("documents:download", gates=(*SIGNED_IN, *fetched)),
        **page("documents:job", gates=followed),
        **act(
            "documents:cancel", "documents:retry", gates=(*followed, refuses(works_on_documents))
        ),
    }


def rules_of_documents() -> dict[tuple[str, str], Rights]:
    """Kind and state -> its addresses with their rules."""
    return {
        (kind, state): of_document(gates)
        for kind, states in sorted(all_documents().items())
        for state, gates in states.items()
    }
