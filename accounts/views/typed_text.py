"""Nothing typed is lost when the session ended, or the page stood open too long.

A view that opts in with `keeps_typed_text` shows who is signed out a sign-in page that carries
what was typed; after signing in, "Uw tekst is er nog" posts it to where it was going. All of it
without script.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from accounts.demo import DEMO_ACCOUNTS
from accounts.forms import SignInForm
from accounts.session import browser_key
from accounts.typed_text import (
    FIELD,
    KEPT,
    MARK,
    TYPED_BY,
    TypedText,
    may_receive,
    typed_in,
    unwrap,
    wrap,
)

View = Callable[..., HttpResponseBase]
SIGNED_OUT = "signed-out"
OTHER_PERSON = "other-person"
OUTCOME = "Save-Outcome"
"""Answer header for a page that saves by script: why nothing was saved."""


def keeps_typed_text(view: View) -> View:
    """As `login_required`, for a view whose POST brings text: signed out, it is carried along.

    The view may then be a destination of a carried text, so it must stand a repeated POST. A post
    from a page that was made for somebody else (`typed_by`) is refused: another person signed in on
    this computer meanwhile.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            if request.method == "POST" and not is_typist(request, request.POST.get(TYPED_BY, "")):
                return _refuse(request, OTHER_PERSON) or render(
                    request, "accounts/other_person.html"
                )
            if request.method == "POST":
                request.session.pop(KEPT, None)
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        return _refuse(request, SIGNED_OUT) or ask_to_sign_in(request)

    setattr(guarded, MARK, True)
    return guarded


def is_typist(request: HttpRequest, key: str) -> bool:
    """Whether a text is of the person who is signed in; a form that names nobody is of anybody."""
    return key in {"", browser_key(request.user)}


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page as the answer to a POST, with what was typed in it."""
    text = typed_in(request)
    return _unstored(
        render(
            request,
            "accounts/sign_in.html",
            {
                "form": SignInForm(request),
                "next": request.get_full_path(),
                "demo_accounts": DEMO_ACCOUNTS if settings.DEMO_LOGIN else [],
                "typed_text": wrap(text) if text else "",
                "is_too_much": text is None,
            },
        )
    )


def give_back(request: HttpRequest) -> HttpResponse | None:
    """After signing in: the page that gives the carried text back; None when there is none."""
    text = unwrap(request.POST)
    return None if text is None else offer(request, text)


@login_required
def kept_text(request: HttpRequest) -> HttpResponse:
    """The text that came along through ACM/IDM; the page may be loaded again."""
    text = unwrap({FIELD: request.session.get(KEPT, "")})
    return redirect(settings.LOGIN_REDIRECT_URL) if text is None else offer(request, text)


def offer(request: HttpRequest, text: TypedText, *, is_proven: bool = False) -> HttpResponse:
    """The page with one button that posts the text to where it was going."""
    if not is_typist(request, text.by):
        return _unstored(render(request, "accounts/other_person.html"))
    context = {"text": text, "is_proven": is_proven}
    return _unstored(render(request, "accounts/text_kept.html", context))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long, or cookies are off: say so, and keep what was typed.

    A form that another site sent is never offered again: that would be the attack itself.
    """
    text: TypedText | None = None
    if request.method == "POST" and not _is_from_elsewhere(request, reason):
        # The other one is the sign-in form, sent again after it had worked.
        is_first = may_receive(request.path_info)
        text = typed_in(request) if is_first else unwrap(request.POST)
    if text is not None and request.user.is_authenticated and not is_typist(request, text.by):
        text = None
    return _unstored(render(request, "403_csrf.html", {"text": text}, status=403))


def _refuse(request: HttpRequest, outcome: str) -> HttpResponse | None:
    """For a script or htmx: no page, only why; the text is still on the screen."""
    if not (getattr(request, "htmx", False) or request.POST.get("autosave")):
        return None
    return HttpResponse(status=204, headers={OUTCOME: outcome})


def _is_from_elsewhere(request: HttpRequest, reason: str) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    came_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    is_foreign = bool(came_from) and urlsplit(came_from).netloc != request.get_host()
    return site != "same-origin" or is_foreign or reason.startswith(REASON_BAD_ORIGIN.split("%")[0])


def _unstored(response: HttpResponse) -> HttpResponse:
    """No copy of the text in a cache."""
    add_never_cache_headers(response)
    return response
