"""Requests too large for anything this product takes in are turned away before a byte of them is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

# Twenty photos of the largest size kept would be more; people send them in two goes.
MOST_BYTES = 120_000_000


class UploadLimitMiddleware:
    """Goes before anything that reads a form: reading would first write the whole request to disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) > MOST_BYTES:
            words = (
                f"What you sent is {int(length) / 1_000_000:.0f} MB; at most {MOST_BYTES // 1_000_000} MB "
                "can be sent at once. Go back and send fewer or smaller files. "
                "What you answered before is kept."
            )
            return render(request, "413.html", {"exception": words}, status=413)
        return self.get_response(request)
