"""The `lodestone-plan/1` JSON format: a problem in, a plan out.

Beyond the published format a problem may say, and then must be held to, what else limits rounds: `permitted` and
`room` of a depot, `breaks {after_s, lasting_s}`, `max_trips` and `unloading_s` of a vehicle, `codes` and
`kept_apart` of a stop. A plan with more than one trip a round says where with `reloads`. Documents without
these mean what they always did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import orjson

from collection.rules.routing.problem import (
    Breaks,
    Depot,
    IntArray,
    Matrices,
    Omission,
    Plan,
    Problem,
    ProblemError,
    Route,
    Stop,
    Vehicle,
    Window,
)

FORMAT = "lodestone-plan/1"
Row = TypeVar("Row")


def read_problem_json(text: str) -> Problem:
    """The problem in a `lodestone-plan/1` document. Raises ProblemError naming the field and the row."""
    document = _document(text)
    if document.get("format") != FORMAT:
        raise ProblemError(f"format: expected '{FORMAT}', found {document.get('format')!r}.")
    return Problem(
        name=str(document.get("name", "")),
        depots=_rows(document, "depots", _depot),
        vehicles=_rows(document, "vehicles", _vehicle),
        stops=_rows(document, "stops", _stop),
        matrices=_matrices(document),
    )


def read_plan(text: str) -> Plan:
    """The plan in a plan document, as `plan_to_json` writes it. Raises ProblemError."""
    document = _document(text)
    try:
        bounds = {
            name: None if document.get(name) is None else _integer(document[name], name)
            for name in ("lower_bound", "expected_bound")
        }
        return Plan(
            objective=_integer(document["objective"], "objective"),
            routes=tuple(
                Route(str(r["vehicle"]), tuple(map(str, r["stops"])), tuple(map(int, r.get("reloads", ()))))
                for r in document["routes"]
            ),
            omitted=tuple(
                Omission(str(o["id"]), str(o["reason"]), str(o["code"]), o["flip_prize"])
                for o in document["omitted"]
            ),
            engine=str(document.get("engine", "")),
            seed=_integer(document.get("seed", 0), "seed"),
            seconds=float(document.get("seconds", 0)),
            **bounds,
        )
    except (KeyError, TypeError) as missing:
        raise ProblemError(
            f"The plan is not complete: {missing} is missing or of the wrong kind."
        ) from missing


def plan_to_json(plan: Plan) -> str:
    """The plan as a JSON document, one route and one omission a line."""
    document: dict[str, Any] = {
        "objective": plan.objective,
        "routes": [
            {"vehicle": r.vehicle, "stops": list(r.stops)}
            | ({"reloads": list(r.reloads)} if r.reloads else {})
            for r in plan.routes
        ],
        "omitted": [
            {"id": o.id, "reason": o.reason, "code": o.code, "flip_prize": o.flip_prize} for o in plan.omitted
        ],
        "engine": plan.engine,
        "seed": plan.seed,
        "seconds": round(plan.seconds, 3),
    }
    for name in ("lower_bound", "expected_bound"):
        if getattr(plan, name) is not None:
            document[name] = getattr(plan, name)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _document(text: str) -> dict[str, Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ProblemError(f"The file is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ProblemError("The file must hold one JSON object.")
    return document


def _rows(document: dict[str, Any], name: str, read: Callable[[Mapping[str, Any]], Row]) -> tuple[Row, ...]:
    rows = document.get(name)
    if not isinstance(rows, list):
        raise ProblemError(f"{name}: must be a list.")
    values = []
    for number, row in enumerate(rows, start=1):
        try:
            values.append(read(row))
        except KeyError as missing:
            raise ProblemError(f"{name}: row {number}: {missing} is missing.") from missing
        except (TypeError, ValueError, AttributeError) as wrong:
            raise ProblemError(f"{name}: row {number}: {wrong}") from wrong
    return tuple(values)


def _depot(row: Mapping[str, Any]) -> Depot:
    return Depot(
        id=str(row["id"]),
        name=str(row.get("name", "")),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        open=_windows(row["open"], "open"),
        permitted=frozenset(map(str, row["permitted"])) if row.get("permitted") is not None else None,
        room=_amounts(row.get("room", {}), "room"),
    )


def _vehicle(row: Mapping[str, Any]) -> Vehicle:
    (shift,) = _windows([row["shift"]], "shift")
    return Vehicle(
        id=str(row["id"]),
        depot=str(row["depot"]),
        capacity=_amounts(row["capacity"], "capacity"),
        profile=str(row["profile"]),
        skills=frozenset(map(str, row.get("skills", ()))),
        shift=shift,
        count=_integer(row["count"], "count"),
        fixed_cost=_integer(row["fixed_cost"], "fixed_cost"),
        cost_per_m=_integer(row["cost_per_m"], "cost_per_m"),
        cost_per_s=_integer(row["cost_per_s"], "cost_per_s"),
        max_duty_s=_integer(row["max_duty_s"], "max_duty_s"),
        max_drive_s=_integer(row["max_drive_s"], "max_drive_s"),
        breaks=_breaks(row["breaks"]) if row.get("breaks") is not None else None,
        max_trips=_integer(row.get("max_trips", 1), "max_trips"),
        unloading_s=_integer(row.get("unloading_s", 0), "unloading_s"),
    )


def _breaks(row: Mapping[str, Any]) -> Breaks:
    return Breaks(
        after_s=_integer(row["after_s"], "breaks.after_s"),
        lasting_s=_integer(row["lasting_s"], "breaks.lasting_s"),
    )


def _stop(row: Mapping[str, Any]) -> Stop:
    return Stop(
        id=str(row["id"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        load=_amounts(row["load"], "load"),
        service_s=_integer(row["service_s"], "service_s"),
        windows=_windows(row["windows"], "windows"),
        required=bool(row["required"]),
        prize=_integer(row["prize"], "prize"),
        skills=frozenset(map(str, row.get("skills", ()))),
        codes=frozenset(map(str, row.get("codes", ()))),
        kept_apart=str(row.get("kept_apart", "")),
    )


def _integer(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _windows(value: object, name: str) -> tuple[Window, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{name} must be a list of [from, to] pairs, not {value!r}.")
    pairs = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(f"{name} must hold [from, to] pairs, not {pair!r}.")
        pairs.append((_integer(pair[0], name), _integer(pair[1], name)))
    return tuple(sorted(pairs))


def _amounts(value: object, name: str) -> dict[str, int]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} must name amounts, like {{'kg': 100}}, not {value!r}.")
    return {str(key): _integer(amount, f"{name}.{key}") for key, amount in value.items()}


def _matrices(document: dict[str, Any]) -> dict[str, Matrices]:
    profiles = document.get("matrices")
    if not isinstance(profiles, dict):
        raise ProblemError("matrices: must name a profile each, like {'van': {…}}.")
    return {
        str(profile): Matrices(*(_matrix(entry, profile, name) for name in Matrices.__slots__))
        for profile, entry in profiles.items()
    }


def _matrix(entry: object, profile: str, name: str) -> IntArray:
    where = f"matrices.{profile}.{name}"
    if not isinstance(entry, dict) or name not in entry:
        raise ProblemError(f"{where}: is missing.")
    try:
        values = np.array(entry[name])
    except ValueError as ragged:
        raise ProblemError(f"{where}: rows have different lengths.") from ragged
    if values.size == 0:
        return np.zeros((0, 0), dtype=np.int64)
    if values.dtype == np.int64:
        return values
    if not np.issubdtype(values.dtype, np.number) or not np.array_equal(values, np.floor(values)):
        raise ProblemError(f"{where}: must hold whole numbers only.")
    return values.astype(np.int64)
