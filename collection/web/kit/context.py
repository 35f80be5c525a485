"""What the frame of every page needs: who is looking, what waits for them, whose data this is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from collection.rules.roles import Permission
from collection.web.offline.seats import kept_pages, seat_key


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for `base.html`.

    Everything was put on the request by the access middleware; what needs the database is lazy there, so
    that a fragment without a header asks nothing. Before that middleware has run, all is empty.
    """
    user = getattr(request, "user", None)
    viewer = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "seat": seat_key(viewer) if viewer else "",
        "kept_pages": kept_pages(viewer) if viewer else (),
        "is_signed_in": user is not None and user.is_authenticated,
        "manages_people": bool(viewer and viewer.may(Permission.MANAGE_ORGANISATION)),
        "organisation_name": getattr(request, "organisation_name", ""),
        "role_name": getattr(request, "role_name", ""),
        "navigation": getattr(request, "navigation", ()),
        "has_other_seats": getattr(request, "has_other_seats", False),
        "unread_notifications": getattr(request, "unread_notifications", 0),
        "demo_register": getattr(request, "is_demonstration", False),
    }
