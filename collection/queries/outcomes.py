"""What a round was planned to be, and what it was."""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from collection.models import Pickup, PickupLot, PickupState, Round
from collection.queries.unloadings import LOADED, way_of
from collection.rules.planning.emissions import Emission, EmissionFactor, emission, factor_for, read_factor
from collection.rules.planning.expected import way_driven

TABLE = Path(__file__).resolve().parents[1] / "data" / "transport_emissions.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One figure: what was planned, and what happened (None while that is not known)."""

    planned: int
    actual: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOutcome:
    """A round's figures, planned and actual. Distance in metres, times in minutes, money in pence, mass in grams.

    `is_distance_read` tells an odometer from the road model over the stops made; `slots_kept` counts stops
    begun by the end of their slot among `slots`.
    """

    round: Round
    stops: Sides
    distance: Sides
    is_distance_read: bool
    duration: Sides
    service: Sides
    cost: Sides
    magnets: Sides
    saved: Sides
    planned_emission: Emission
    actual_emission: Emission | None
    factor: EmissionFactor
    slots: int
    slots_kept: int


@lru_cache(maxsize=1)
def transport_emissions() -> tuple[EmissionFactor, ...]:
    """The shipped factors."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(read_factor(row) for row in csv.DictReader(file))


def round_outcome(chosen: Round) -> RoundOutcome:
    """Both sides of a round fetched with its stops and their lots."""
    stops = [stop for stop in chosen.pickups.all() if stop.state != PickupState.CANCELLED]
    made = [stop for stop in stops if stop.finished_at]
    is_over = bool(stops) and len(made) == len(stops)
    driven = chosen.driven_metres or (_way(chosen, made) if is_over else None)
    minutes = _minutes(chosen.left_at, chosen.returned_at)
    factor = factor_for(transport_emissions(), chosen.vehicle.profile, chosen.on)
    timed = [
        stop for stop in made if stop.arrived_at and stop.finished_at and stop.arrived_at < stop.finished_at
    ]
    promised = [stop for stop in made if stop.slot_ends_at and stop.arrived_at]
    return RoundOutcome(
        round=chosen,
        stops=Sides(planned=len(stops), actual=sum(stop.state in LOADED for stop in made) if made else None),
        distance=Sides(planned=chosen.distance_metres, actual=driven),
        is_distance_read=chosen.driven_metres is not None,
        duration=Sides(planned=_minutes(chosen.starts_at, chosen.ends_at) or 0, actual=minutes),
        service=Sides(
            planned=sum(stop.service_minutes for stop in timed),
            actual=sum(_minutes(stop.arrived_at, stop.finished_at) or 0 for stop in timed) if timed else None,
        ),
        cost=Sides(planned=chosen.cost_pence, actual=_cost(chosen, driven, minutes)),
        magnets=_mass(stops, is_over, saved=False),
        saved=_mass(stops, is_over, saved=True),
        planned_emission=emission(factor, chosen.distance_metres),
        actual_emission=emission(factor, driven) if driven is not None else None,
        factor=factor,
        slots=len(promised),
        slots_kept=sum(_kept_its_slot(stop) for stop in promised),
    )


def _kept_its_slot(stop: Pickup) -> bool:
    return bool(stop.arrived_at and stop.slot_ends_at and stop.arrived_at <= stop.slot_ends_at)


def _way(chosen: Round, made: list[Pickup]) -> int:
    way = way_of(chosen, sorted(made, key=lambda stop: stop.finished_at or chosen.ends_at))
    metres, _ = way_driven([*way, way[0]], chosen.vehicle.profile)
    return metres


def _cost(chosen: Round, metres: int | None, minutes: int | None) -> int | None:
    if metres is None or minutes is None:
        return None
    vehicle = chosen.vehicle
    by_road, by_hour = metres / 1000 * vehicle.cost_per_km_pence, minutes / 60 * vehicle.cost_per_hour_pence
    return round(vehicle.cost_per_day_pence + by_road + by_hour)


def _mass(stops: list[Pickup], is_over: bool, *, saved: bool) -> Sides:
    """Grams planned, and the same of what was loaded: what is saved goes with the share of magnets loaded."""
    lines = [line for stop in stops for line in stop.lines.all() if line.state != PickupLot.State.CANCELLED]
    planned = sum(line.planned_saved_grams if saved else line.planned_magnet_grams for line in lines)
    if not is_over:
        return Sides(planned=planned, actual=None)
    loaded = 0.0
    for line in lines:
        if line.state == PickupLot.State.COLLECTED:
            share = line.lot.magnet_grams / line.planned_magnet_grams if line.planned_magnet_grams else 1.0
            loaded += line.planned_saved_grams * min(1.0, share) if saved else line.lot.magnet_grams
    return Sides(planned=planned, actual=round(loaded))


def _minutes(begins: dt.datetime | None, ends: dt.datetime | None) -> int | None:
    return round((ends - begins).total_seconds() / 60) if begins and ends else None
