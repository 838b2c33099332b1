"""Actions on many files at once: what exists, for whom, and what each would do to one file.

An action is declared once and registered in `EvaluationsConfig.ready()`; the list of files then
offers it to whom `who` admits, shows its form, plans it per file (the dry run), and after the
confirmation does it per file, each in a savepoint of its own:

    bulk.register(
        BulkAction(
            code="letters_again",          # stable: it is kept with every run
            label=_("Brief opnieuw maken"),
            who=may_notify,                # a policy about the person alone
            plan=plan_letter,              # (proposal, by, values) -> "De brief wordt opnieuw …"
            do=make_letter,                # (proposal, by, values) -> "De brief wordt gemaakt."
            form=None,                     # or a PortalForm class; `values` is its cleaned_data
        )
    )

`plan` only reads. It returns the sentence of what will happen, or raises one of `REFUSALS` with the
sentence of why not. `do` calls the existing service, which checks everything again, and returns the
sentence of what happened or raises the same. Neither has to look at visibility: both get only files
that the person sees at that moment. The values of the form are kept as they were typed and read
again at the confirmation, so a day that has passed meanwhile is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError

from common.forms import PortalForm
from common.policies import Policy
from projects.models import Proposal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Values = dict[str, Any]
PerFile = Callable[[Proposal, Any, Values], str]

REFUSALS = (ValidationError, PermissionDenied)
"""What says in a sentence why an action does not apply to a file (`TransitionRefused` is one)."""

MOST_FILES = 500
"""How many files one run takes: a person still reads the plan, and a request still ends in time."""


@dataclass(frozen=True)
class BulkAction:
    """One thing that can be done to many files; see the module for an example."""

    code: str
    label: "StrOrPromise"
    who: Policy
    plan: PerFile
    do: PerFile
    form: type[PortalForm] | None = None

    def values(self, typed: dict[str, Any]) -> Values:
        """What the form makes of what was typed.

        Raises:
            ValidationError: when it is not right (any more), with its fields.
        """
        if self.form is None:
            return {}
        form = self.form(typed)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return form.cleaned_data


_actions: dict[str, BulkAction] = {}


def register(action: BulkAction) -> BulkAction:
    """Make an action known; the same one twice is no mistake.

    Raises:
        ValueError: when another action has this code.
    """
    known = _actions.get(action.code)
    if known is not None and known != action:
        raise ValueError(f"The bulk action {action.code!r} is registered twice.")
    _actions[action.code] = action
    return action


def unregister(code: str) -> None:
    """Forget an action; for tests."""
    _actions.pop(code, None)


def find(code: str) -> BulkAction | None:
    return _actions.get(code)


def actions_for(user: Any) -> list[BulkAction]:
    """What `user` may do to many files, by label."""
    allowed = [action for action in _actions.values() if action.who.test(user, None)]
    return sorted(allowed, key=lambda action: str(action.label))


def sentence_of(refusal: Exception) -> str:
    """Why an action does not apply, in one line."""
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    return str(refusal)
