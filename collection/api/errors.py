"""Errors in one shape: `{"errors": [{"field", "code", "message", "way_out"}]}` whatever went wrong."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from collection.actions.lots import LotRefusedError
from collection.actions.receipts import WeighingError
from collection.rules.custody import CustodyError
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError


def problem(field: str, code: str, message: str, way_out: str = "") -> dict[str, str]:
    return {"field": field, "code": code, "message": message, "way_out": way_out}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every known error as a status and a list of problems; unknown ones stay server errors."""
    found = _known(error)
    if found is None:
        return None
    code, problems, headers = found
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
        wait = getattr(error, "wait", None)
        if wait:
            headers["Retry-After"] = f"{wait:.0f}"
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
