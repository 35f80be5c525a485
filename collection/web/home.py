"""The first page: each role's own, under one address."""

from typing import cast

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve, reverse

from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.navigation import home_view_name


@requires(Permission.SEE_LOTS)
def home(request: ViewerRequest) -> HttpResponseBase:
    """The home page of the viewer's role; people whose role has none begin at the list of lots."""
    name = home_view_name(request.viewer)
    if name is None:
        return redirect("lots")
    match = resolve(reverse(name))
    return cast(HttpResponseBase, match.func(request, *match.args, **match.kwargs))
