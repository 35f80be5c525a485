"""Who may open which page. Deny by default: a page that does not say who it is for is open to nobody.

Every view outside the API is marked `public`, `signed_in` or `requires(permission, …)`; the middleware
turns away everybody else and refuses views without a mark. Signing in itself is watched by Django's
`LoginRequiredMiddleware`, which runs first.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from collection.models import User
from collection.queries.people import Seat, seat_of, unread_notices
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError, Permission, Role, Viewer
from collection.web.navigation import navigation_for

ORGANISATION_KEY = "organisation_id"
API_PREFIX = "/api/"

View = Callable[..., HttpResponseBase]


class ViewerRequest(HttpRequest):
    """A request that passed the gate: somebody is signed in and acts for an organisation."""

    user: User
    viewer: Viewer
    now: dt.datetime


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    return _marked(login_not_required(view), "public")


def signed_in(view: View) -> View:
    """Open to everybody who is signed in, also to people without a membership yet."""
    return _marked(view, "signed_in")


def requires(*any_of: Permission) -> Callable[[View], View]:
    """Open to viewers with at least one of the permissions."""
    if not any_of:
        raise ValueError("name at least one permission; a page for everybody signed in is `signed_in`")

    def mark(view: View) -> View:
        @functools.wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = viewer_of(request)
            if not any(viewer.may(permission) for permission in any_of):
                raise NotPermittedError(f"Your role does not let you {any_of[0].value}.")
            return view(request, *args, **kwargs)

        return _marked(gated, any_of)

    return mark


def _marked(view: View, access: object) -> View:
    marked = cast(Any, view)
    marked.lodestone_access = access
    return view


def viewer_of(request: HttpRequest) -> Viewer:
    """The request's viewer. Raises NotPermittedError where there is none."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        raise NotPermittedError("You do not belong to an organisation yet.")
    return viewer


def choose_organisation(request: HttpRequest, organisation_id: int) -> bool:
    """Act for another of the person's own organisations from now on. False where it is not theirs."""
    seat = seat_of(cast(User, request.user), organisation_id)
    if seat is None or seat.viewer.organisation_id != organisation_id:
        return False
    request.session[ORGANISATION_KEY] = organisation_id
    return True


class ViewerMiddleware:
    """Puts the viewer and the frame's words on the request, and stands at the gate of every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        bound = cast(Any, request)
        bound.now = timezone.now()
        bound.viewer = None
        if request.user.is_authenticated:
            seat = seat_of(request.user, request.session.get(ORGANISATION_KEY))
            if seat is not None:
                _seat_down(request, seat)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        access = getattr(view, "lodestone_access", None)
        if access in ("public", "signed_in") or request.path.startswith(API_PREFIX):
            return None
        if access is None:
            return refusal_page(request, "This page is not open to anybody yet.")
        # Whoever is not signed in was turned away before, or the view itself sends them to sign in.
        if request.user.is_authenticated and cast(Any, request).viewer is None:
            return redirect("no-membership")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Errors that have words for people, as pages. The API has its own handler."""
        if request.path.startswith(API_PREFIX):
            return None
        if isinstance(exception, NotPermittedError):
            return refusal_page(request, str(exception))
        if isinstance(exception, StateConflictError):
            return render(request, "409.html", {"exception": str(exception)}, status=409)
        if isinstance(exception, ObjectDoesNotExist):
            return render(request, "404.html", status=404)
        return None


def refusal_page(request: HttpRequest, words: str) -> HttpResponse:
    """403 in plain words."""
    return render(request, "403.html", {"exception": words}, status=403)


def _seat_down(request: HttpRequest, seat: Seat) -> None:
    bound = cast(Any, request)
    viewer = seat.viewer
    bound.viewer = viewer
    bound.organisation_name = seat.organisation_name
    bound.has_other_seats = seat.has_other_seats
    bound.is_demonstration = seat.is_demonstration
    bound.role_name = role_words(viewer)
    # Both wait until a page with a header asks.
    bound.navigation = SimpleLazyObject(lambda: navigation_for(viewer, request.path))
    bound.unread_notifications = SimpleLazyObject(lambda: unread_notices(viewer.user_id))


def role_words(viewer: Viewer) -> str:
    """ "Planner, driver": the viewer's roles in a stable order."""
    return ", ".join(role.value.replace("_", " ") for role in Role if viewer.is_role(role)).capitalize()
