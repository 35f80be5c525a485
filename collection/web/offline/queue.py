"""What every door of a phone's queue has in common: whose queue it is, when it happened, JSON answers.

A phone sends events ("this was logged at ten past nine"), each with an id of its own and as often as it takes
until an answer comes back. So every door answers the same event the same way, whenever it comes.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET

from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.web.access import View, ViewerRequest, requires
from collection.web.offline.seats import WORKS_OFFLINE, seat_key

LONGEST_WAIT = dt.timedelta(days=60)


class UnreadableError(ValueError):
    """A submission that no phone of ours would make; the message says what is wrong with it."""


def from_a_phone(view: View) -> View:
    """A door of the queue: open only to the seat the event was queued for, answering in JSON.

    Somebody else may have signed in on the phone since, in the same browser. Goes inside `requires(…)`.
    """

    @functools.wraps(view)
    def answering(request: ViewerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.headers.get("X-Lodestone-Seat") != seat_key(request.viewer):
            return JsonResponse({"refused": "other_seat"}, status=409)
        try:
            return view(request, *args, **kwargs)
        except UnreadableError as unreadable:
            return JsonResponse({"refused": "unreadable", "message": str(unreadable)}, status=400)
        except StateConflictError as conflict:
            return problem(str(conflict))
        except ObjectDoesNotExist:
            return problem("This is no longer there. It may have been called off, or given to somebody else.")

    return answering


def problem(message: str, **more: Any) -> JsonResponse:
    """What a person must look at before the event can be taken in. Nothing was written."""
    return JsonResponse({"problems": [{"message": message, "page": "", "target": ""}], **more}, status=422)


def happened_at(now: dt.datetime, fields: Mapping[str, Any]) -> dt.datetime:
    """When the event happened: as long ago as the phone says, whatever its clock shows.

    Raises UnreadableError for an age that is no whole number of seconds.
    """
    text = str(fields.get("age_seconds", "0"))
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise UnreadableError("age_seconds must be a whole number of seconds.")
    return now - min(dt.timedelta(seconds=int(text)), LONGEST_WAIT)


@require_GET
@requires(*WORKS_OFFLINE)
def here(request: ViewerRequest) -> JsonResponse:
    """Whether there is signal, who is signed in, and what a form must bring along to be believed."""
    logs_lots = request.viewer.may(Permission.LOG_LOT)
    answer = JsonResponse(
        {"seat": seat_key(request.viewer), "csrf": get_token(request), "logs_lots": logs_lots}
    )
    answer["Cache-Control"] = "no-store"
    return answer
