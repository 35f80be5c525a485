"""What every endpoint shares: who is looking, what they may do, and errors in one shape.

Deny by default: a view that names no permissions is closed. Errors are
`{"errors": [{"field", "code", "message", "way_out"}]}` whatever went wrong.
"""

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.utils import timezone
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from collection.actions.lots import LotRefusedError
from collection.actions.receipts import WeighingError
from collection.api.authentication import viewer_of
from collection.rules.custody import CustodyError
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError, Permission, Viewer


class MayUse(BasePermission):
    """Open to viewers with one of the view's permissions for the method; closed where none is named."""

    message = "Your role does not let you do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        viewer = viewer_of(request)
        if viewer is None:
            return False
        request.viewer = viewer  # type: ignore[attr-defined]
        needed: frozenset[Permission] = getattr(view, "needs", {}).get(request.method, frozenset())
        return any(viewer.may(permission) for permission in needed)


class LodestoneView(APIView):
    """An endpoint. `needs` names, per method, the permissions of which a viewer must have one."""

    permission_classes: ClassVar = [MayUse]
    needs: ClassVar[dict[str, frozenset[Permission]]] = {}

    @property
    def viewer(self) -> Viewer:
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    def now(self) -> dt.datetime:
        return timezone.now()

    def body(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked body. Raises ValidationError naming each field."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class NewestFirst(CursorPagination):
    """Keyset pages by id, newest first: every row has its own key, so none is skipped or shown twice."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Empty when it is about the request as a whole")
    code = serializers.CharField()
    message = serializers.CharField()
    way_out = serializers.CharField(help_text="What to do about it")


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every answer that is not a success."""

    errors = ProblemSerializer(many=True)


def problem(field: str, code: str, message: str, way_out: str = "") -> dict[str, str]:
    return {"field": field, "code": code, "message": message, "way_out": way_out}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every known error as a status and a list of problems; unknown ones stay server errors."""
    found = _known(error)
    if found is None:
        return None
    code, problems, headers = found
    set_rollback()
    return Response({"errors": problems}, status=code, headers=headers)


Answer = tuple[int, list[dict[str, str]], dict[str, str]]


def _known(error: Exception) -> Answer | None:
    if isinstance(error, LotRefusedError):
        problems = [problem(p.field, p.code, p.message, p.way_out) for p in error.problems]
        return status.HTTP_400_BAD_REQUEST, problems, {}
    if isinstance(error, WeighingError):
        return status.HTTP_400_BAD_REQUEST, [problem(error.field, "weighing", error.message)], {}
    if isinstance(error, StateConflictError | CustodyError):
        return status.HTTP_409_CONFLICT, [problem("", "conflict", str(error), "Read the lot again.")], {}
    if isinstance(error, NotPermittedError | PermissionDenied):
        return status.HTTP_403_FORBIDDEN, [problem("", "not_permitted", str(error))], {}
    if isinstance(error, Http404 | ObjectDoesNotExist):
        words = "There is nothing here, or it is not yours to see."
        return status.HTTP_404_NOT_FOUND, [problem("", "not_found", words)], {}
    if isinstance(error, exceptions.APIException):
        headers = {}
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = "Token"
        if isinstance(error, exceptions.Throttled) and error.wait:
            headers["Retry-After"] = f"{error.wait:.0f}"
        return error.status_code, list(_flat(error.detail)), headers
    return None


def _flat(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested error details as one list, fields named by their path."""
    if isinstance(detail, dict):
        return [item for name, inner in detail.items() for item in _flat(inner, _path(field, str(name)))]
    if isinstance(detail, list):
        return [item for inner in detail for item in _flat(inner, field)]
    return [problem(field, getattr(detail, "code", "invalid"), str(detail))]


def _path(field: str, name: str) -> str:
    return ".".join(part for part in (field, name) if part and part != "non_field_errors")
