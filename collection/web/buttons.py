"""The address of a button, opened as if it were a page.

Whoever was signed out when pressing a button comes to its address after signing in again; so does who takes it from
the browser's history. Nothing is done then: they are led to the page that has the button, and told so.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from collection.web.access import API_PREFIX

WORDS = (
    "Nothing was done: the button was not pressed since you signed in. Press it here if you still want to."
)


class ButtonMiddleware:
    """Leads from a button's address to the nearest page above it. Goes after the one that keeps messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = request.method == "GET" and request.accepts("text/html")
        if response.status_code != 405 or not is_page or request.path.startswith(API_PREFIX):
            return response
        messages.info(request, WORDS)
        return redirect(_page_above(request.path))


def _page_above(path: str) -> str:
    """The nearest address above this one that leads anywhere; the home page leads somewhere always."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    try:
        resolve(above)
    except Resolver404:
        return _page_above(above)
    return above
