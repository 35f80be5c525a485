"""Whose phone it is: one person acting for one organisation."""

from __future__ import annotations

import functools
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control

from collection.rules.roles import Permission, Role, Viewer
from collection.web.access import View, ViewerRequest

KEEP_HEADER = "X-Lodestone-Offline"
WORKS_OFFLINE = (Permission.LOG_LOT, Permission.DRIVE_ROUND)


def seat_key(viewer: Viewer) -> str:
    """What a phone keys its queue and its pages by, so that nobody else who signs in there sees them."""
    return f"{viewer.user_id}-{viewer.organisation_id}"


def kept_pages(viewer: Viewer) -> list[str]:
    """Pages the phone keeps up to date beforehand; none where the viewer's work never leaves the signal."""
    if viewer.is_role(Role.PRODUCT_ADMIN):
        return []
    names = {Permission.LOG_LOT: "log-offline", Permission.DRIVE_ROUND: "driving"}
    return [reverse(name) for permission, name in names.items() if viewer.may(permission)]


def kept_offline(view: View) -> View:
    """Let the phone keep this page for when there is no signal, until its owner signs out.

    A page without this is never kept. Goes inside `requires(…)`.
    """

    @functools.wraps(view)
    def keeping(request: ViewerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response[KEEP_HEADER] = seat_key(request.viewer)
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return keeping
