"""What the frame of every page needs: who is looking, what waits for them, whose data this is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for `base.html`.

    `viewer` is the one the access middleware put on the request; the count is a lazy callable, so a page
    that shows no header (an error page, a fragment) asks the database nothing.
    """
    viewer = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "organisation_name": getattr(request, "organisation_name", ""),
        "role_name": getattr(request, "role_name", ""),
        "navigation": getattr(request, "navigation", ()),
        "show_sign_in": viewer is None,
        "unread_notifications": getattr(request, "unread_notifications", 0),
        "demo_register": getattr(settings, "DEMO_REGISTER", False),
        "service_name": "Lodestone",
    }
