"""Errors in one shape: `{"errors": [{"field", "code", "message", "way_out"}]}` whatever went wrong."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from collection.actions.dealer_records import DealerRecordRefusedError
from collection.actions.duplicates import LooksTheSameError
from collection.actions.hold_points import HoldPointRefusedError
from collection.actions.lots import LotRefusedError
from collection.actions.places import PlaceNameTakenError
from collection.actions.plans import PlanRefusedError
from collection.actions.receipts import WeighingError
from collection.actions.rounds import DutyError, PlanTakenError
from collection.actions.weights import WeighingRefusedError
from collection.rules.answers import Problem, RefusedAnswerError
from collection.rules.content import ContentInputError
from collection.rules.custody import CustodyError
from collection.rules.lifecycle import StateConflictError
from collection.rules.merging import MergeRefusedError
from collection.rules.offers import OfferInputError
from collection.rules.planning.changes import ChangeError
from collection.rules.risk_override import OverrideInputError
from collection.rules.roles import NotPermittedError


def problem(field: str, code: str, message: str, way_out: str = "") -> dict[str, str]:
    """A refusal in one sentence is given the way out of its kind; in two, the second is it."""
    if not way_out and ". " not in message:
        way_out = WAYS_OUT.get(code, "")
    return {"field": field, "code": code, "message": message, "way_out": way_out}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every known error as a status and a list of problems; unknown ones stay server errors."""
    found = _known(error)
    if found is None:
        return None
    code, problems, headers = found
    return Response({"errors": problems}, status=code, headers=headers)


Answer = tuple[int, list[dict[str, str]], dict[str, str]]

# What forms and rules call an answer → the field of the body it came from.
BODY_FIELDS = {
    "freed": "freed_grams",
    "intact": "intact_grams",
    "product": "product_code",
    "grade": "grade_code",
    "gross": "gross_grams",
    "tare": "tare_grams",
    "pallet": "pallet_grams",
    "net": "stated_net_grams",
    "magnets": "magnet_grams",
    "magnet_kg_weighed": "magnet_grams_weighed",
    "retained": "retained_grams",
    "site": "site_id",
}

# Errors that name one field and carry their sentence, with the code software sees.
FIELD_ERRORS: dict[type[Exception], str] = {
    WeighingError: "weighing",
    PlanRefusedError: "cannot_plan",
    ChangeError: "cannot_change",
    ContentInputError: "cannot_estimate",
    OfferInputError: "cannot_offer",
    OverrideInputError: "cannot_override",
}

# What to do about a refusal that does not carry its own way out, by its code. Refusals of our own in two sentences
# say it themselves, also those under `invalid`, of which the form is told nevertheless.
WAYS_OUT = {
    "required": "Send this field too.",
    "null": "Send a value instead of null.",
    "blank": "Write something in it.",
    "empty": "Put at least one entry in it.",
    "invalid": "What this field takes is written at /api/docs/.",
    "invalid_choice": "The values that may be sent are listed at /api/docs/.",
    "not_a_list": "Send a list, also of a single entry.",
    "min_value": "Send a value no smaller than that.",
    "max_value": "Send a value no larger than that.",
    "min_length": "Send more of it.",
    "max_length": "Send it shorter.",
    "max_string_length": "Send a number with fewer digits.",
    "max_digits": "Round it to fewer digits.",
    "max_decimal_places": "Round it to fewer places.",
    "max_whole_digits": "Check its unit: the number is too large.",
    "parse_error": "Send a body that is complete and well-formed.",
    "unsupported_media_type": "Send JSON as application/json, or files as multipart/form-data.",
    "method_not_allowed": "The methods of every address are listed at /api/docs/.",
    "not_permitted": "Ask an administrator of your organisation for the role.",
    "permission_denied": "Ask an administrator of your organisation for the role.",
    "not_found": "Check the address; the lists name what is yours to see.",
    "must_stay_apart": "Merge the others without it.",
    "weighing": "Check the weights and send them again.",
    "cannot_plan": "Send another value in this field.",
    "cannot_change": "Read the plan again for its stops, vehicles and days.",
    "cannot_estimate": "Send another value in this field.",
    "cannot_offer": "Send another value in this field.",
    "cannot_override": "Send another value in this field.",
    "throttled": "Wait as many seconds as the header Retry-After says.",
}


def _known(error: Exception) -> Answer | None:
    problems = _refusals(error)
    if problems:
        return status.HTTP_400_BAD_REQUEST, problems, {}
    if isinstance(error, StateConflictError | CustodyError | IntegrityError):
        conflicts = _conflicts(error)
        return (status.HTTP_409_CONFLICT, conflicts, {}) if conflicts else None
    if isinstance(error, NotPermittedError | PermissionDenied):
        return status.HTTP_403_FORBIDDEN, [problem("", "not_permitted", str(error))], {}
    if isinstance(error, Http404 | ObjectDoesNotExist):
        words = "There is nothing here, or it is not yours to see."
        return status.HTTP_404_NOT_FOUND, [problem("", "not_found", words)], {}
    if isinstance(error, exceptions.NotAuthenticated):
        way_out = (
            "Send the header “Authorization: Token <key>”; people make keys on the page Keys for software."
        )
        problems = [problem("", "not_authenticated", "There is no key with this request.", way_out)]
        return error.status_code, problems, _headers(error)
    if isinstance(error, exceptions.APIException):
        return error.status_code, list(_flat(error.detail)), _headers(error)
    return None


def _refusals(error: Exception) -> list[dict[str, str]]:
    """What is wrong with an answer in the body, in the words of the body."""
    if isinstance(
        error, LotRefusedError | DealerRecordRefusedError | HoldPointRefusedError | WeighingRefusedError
    ):
        return [_refusal(each) for each in error.problems]
    if isinstance(error, RefusedAnswerError):
        return [_refusal(error.problem)]
    if isinstance(error, MergeRefusedError):
        return [problem("references", "must_stay_apart", reason) for reason in error.reasons]
    if isinstance(error, PlaceNameTakenError):
        return [problem("name", "taken", str(error), "Choose another name.")]
    for kind, code in FIELD_ERRORS.items():
        if isinstance(error, kind):
            field = str(getattr(error, "field", ""))
            return [problem(BODY_FIELDS.get(field, field), code, str(error))]
    return []


def _refusal(found: Problem) -> dict[str, str]:
    return problem(BODY_FIELDS.get(found.field, found.field), found.code, found.message, found.way_out)


def _conflicts(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, PlanTakenError):
        return [problem("", "taken", each, "Plan again without it.") for each in error.taken]
    if isinstance(error, LooksTheSameError):
        way_out = "Let a person look, then send it again with `look_alike_decision`."
        return [problem("", "looks_the_same", str(error), way_out)]
    if isinstance(error, DutyError):
        return [
            problem("", "duty", each, "Put it right under carrier and permits.") for each in error.sentences
        ]
    if not isinstance(error, IntegrityError):
        return [problem("", "conflict", str(error), "Read it again; somebody was first.")]
    if "submission_id" in str(error):
        words = "This submission_id was used for something else."
        return [problem("submission_id", "submission_id_taken", words, "Send a new UUID.")]
    return []


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = "Token"
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = f"{wait:.0f}"
    return headers


def _flat(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested error details as one list, fields named by their path."""
    if isinstance(detail, dict):
        return [item for name, inner in detail.items() for item in _flat(inner, _path(field, str(name)))]
    if isinstance(detail, list):
        return [item for inner in detail for item in _flat(inner, field)]
    code = getattr(detail, "code", "invalid")
    return [problem(field, code, str(detail))]


def _path(field: str, name: str) -> str:
    return ".".join(part for part in (field, name) if part and part != "non_field_errors")
