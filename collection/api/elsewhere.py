"""Answers from outside every endpoint: an address that is none, and a fault of ours.

Software gets them in the one shape of errors, people as pages.
"""

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults

from collection.api.errors import problem

OF_SOFTWARE = "/api/v1/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not request.path.startswith(OF_SOFTWARE):
        return defaults.page_not_found(request, exception)
    found = problem("", "not_found", "There is no such address.", "Look it up at /api/docs/.")
    return JsonResponse({"errors": [found]}, status=404)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if not request.path.startswith(OF_SOFTWARE):
        return defaults.server_error(request)
    words, way_out = "Something went wrong here.", "Send it again later, with the same submission_id."
    return JsonResponse({"errors": [problem("", "server_error", words, way_out)]}, status=500)
