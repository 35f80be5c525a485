"""Nothing typed is lost when a session ends while somebody types.

A form sent by a person whose session has run out, or who signed out in another tab, is kept in the new,
anonymous session; after signing in the page takes it back. Whose it is, the browser knows by a signed cookie that
outlives the session: whoever else signs in there, on a yard's shared tablet, never sees it.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict

from collection.web.access import View

KEY = "kept_answers"
MOST_CHARACTERS = 20_000
TYPIST = "typist"
TYPIST_DAYS = 30


class TypistMiddleware:
    """Tells the browser who was signed in last. Goes after the one that knows the viewer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Asked before the view, which may sign the person out.
        viewer = cast(Any, request).viewer
        response = self.get_response(request)
        if viewer is not None and _typist(request) != viewer.user_id:
            response.set_signed_cookie(
                TYPIST,
                str(viewer.user_id),
                salt=TYPIST,
                max_age=TYPIST_DAYS * 86_400,
                httponly=True,
                samesite="Lax",
                secure=bool(settings.SESSION_COOKIE_SECURE),
            )
        return response


def _typist(request: HttpRequest) -> int | None:
    found = request.get_signed_cookie(TYPIST, None, salt=TYPIST, max_age=TYPIST_DAYS * 86_400)
    return int(found) if found else None


def typed_in(data: QueryDict) -> dict[str, str]:
    """The fields of a form as text, without what the browser adds for security.

    Boxes ticked under one name become one text with commas, as `Checkboxes` reads it.
    """
    return {name: ",".join(data.getlist(name)) for name in data if name != "csrfmiddlewaretoken"}


def keeps_typed(view: View) -> View:
    """Keep what a signed-out person sends to this view and bring them back to it after signing in.

    Goes outside `requires(…)`, which still decides who may open the page.
    """

    @functools.wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            typed, typist = typed_in(request.POST), _typist(request)
            if typist is not None and sum(map(len, typed.values())) <= MOST_CHARACTERS:
                request.session[KEY] = {"path": request.path, "typed": typed, "typist": typist}
        return redirect_to_login(request.get_full_path())

    return login_not_required(keeping)


def take_kept(request: HttpRequest) -> dict[str, str] | None:
    """What this person's page was kept with, once; None where there is nothing."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    typed: dict[str, str] = kept["typed"]
    return typed if kept["typist"] == request.user.pk else None


def typed_on(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a form is bound to: what is sent now, or was kept while the person was signed out; None if nothing."""
    if request.method == "POST":
        return request.POST
    kept = take_kept(request)
    if kept is not None:
        messages.info(request, "You had been signed out. What you typed is still here.")
    return kept
