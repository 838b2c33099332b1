"""Who enters the staff pages about payments."""

from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.views import View, staff_required
from payments.policies import may_see_payments


def payment_view(view: View) -> View:
    """Only staff who work with the budget; others get the sentence that says so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        may_see_payments.check(request.user)
        return view(request, *args, **kwargs)

    return staff_required(guarded)
