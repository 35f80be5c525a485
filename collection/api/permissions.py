"""Deny by default: an endpoint that names no permissions is closed."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from collection.api.authentication import viewer_of
from collection.rules.roles import Permission

if TYPE_CHECKING:
    from rest_framework.views import APIView


class MayUse(BasePermission):
    """Open to viewers with one of the view's permissions for the method; closed where none is named."""

    message = "Your role does not let you do this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        viewer = viewer_of(request)
        if viewer is None:
            return False
        request.viewer = viewer  # type: ignore[attr-defined]
        # Whoever came with a key is known only here; the log of reads stands outside of the framework.
        request._request.viewer = viewer  # type: ignore[attr-defined]
        needed: frozenset[Permission] = getattr(view, "needs", {}).get(request.method, frozenset())
        return any(viewer.may(permission) for permission in needed)
