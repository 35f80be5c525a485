"""Nothing typed is lost when a session ends while somebody types.

A form sent by a person whose session has run out, or who signed out in another tab, is kept in the new,
anonymous session; after signing in the page takes it back. Another person's sign-in throws it away with that
session.
"""

import functools
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict

from collection.web.access import View

KEY = "kept_answers"
MOST_CHARACTERS = 20_000


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
            typed = typed_in(request.POST)
            if sum(map(len, typed.values())) <= MOST_CHARACTERS:
                request.session[KEY] = {"path": request.path, "typed": typed}
        return redirect_to_login(request.get_full_path())

    return login_not_required(keeping)


def take_kept(request: HttpRequest) -> dict[str, str] | None:
    """What was kept for this page, once; None where there is nothing."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    typed: dict[str, str] = kept["typed"]
    return typed


def typed_on(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a form is bound to: what is sent now, or was kept while the person was signed out; None if nothing."""
    if request.method == "POST":
        return request.POST
    kept = take_kept(request)
    if kept is not None:
        messages.info(request, "You had been signed out. What you typed is still here.")
    return kept
