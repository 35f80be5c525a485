"""The log of who looked at defence lots, kept for every page, file and answer of the API from here."""

from collections.abc import Callable, Iterator, Set
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from collection.actions.reads import note_reads
from collection.models import LotRead
from collection.models.fetched import noting_fetched_lots
from collection.rules.roles import Viewer
from collection.web.access import API_PREFIX


class ReadLogMiddleware:
    """Goes after the gate, which knows who is looking. A look that cannot be logged is not answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with noting_fetched_lots() as found:
            response = self.get_response(request)
        if response.status_code < 300 or response.status_code == 422:
            _note(request, found, response)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                parts = cast(Iterator[bytes], response.streaming_content)
                response.streaming_content = _noting(request, response, parts)
        return response


def _noting(request: HttpRequest, response: StreamingHttpResponse, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts; what is fetched while they are sent is noted at their end."""
    with noting_fetched_lots() as found:
        yield from parts
        _note(request, found, response)


def _note(request: HttpRequest, found: Set[int], response: HttpResponseBase) -> None:
    viewer: Viewer | None = cast(Any, request).viewer
    if found and viewer is not None:
        note_reads(viewer, frozenset(found), _door(request, response), at=timezone.now())


def _door(request: HttpRequest, response: HttpResponseBase) -> LotRead.Door:
    if not response.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
        return LotRead.Door.FILE
    if request.path.startswith(API_PREFIX):
        return LotRead.Door.API
    is_of_one = request.resolver_match is not None and "reference" in request.resolver_match.kwargs
    return LotRead.Door.PAGE if is_of_one else LotRead.Door.LIST
