"""A plan people can read: rounds with times, what they cost and save, and what was left out and why."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import chain, pairwise
from typing import Any, Self

A_POUND = 100_000  # in thousandths of a penny


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLot:
    """A lot on a stop, as it was when the plan was made."""

    lot_id: int
    reference: str
    product_name: str
    quantity_text: str
    gross_grams: int
    magnet_grams: int
    saved_grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStop:
    """One pickup to be: who, where, when, what, and why it is worth the way."""

    key: str
    holder_id: int
    holder_name: str
    site_id: int | None
    place_name: str
    lat: float
    lon: float
    arrives_at: dt.datetime | None
    service_minutes: int
    kg: int
    magnet_grams: int
    saved_grams: int
    why: str
    lots: tuple[PlannedLot, ...]

    @property
    def lot_ids(self) -> str:
        """The ids of the stop's lots as a form sends them."""
        return ",".join(str(lot.lot_id) for lot in self.lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnloading:
    """A call at the plant between two trips; `after` is how many stops of the day come before it."""

    after: int
    arrives_at: dt.datetime
    leaves_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRound:
    """One vehicle's day: one trip, or several with unloading at the plant between them. `kg` is all it brings."""

    vehicle_id: int
    vehicle_name: str
    on: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    distance_metres: int
    driving_minutes: int
    cost_pence: int
    kg: int
    capacity_kg: int
    stops: tuple[PlannedStop, ...]
    break_minutes: int = 0
    unloadings: tuple[PlannedUnloading, ...] = ()

    @property
    def trips(self) -> tuple[tuple[PlannedStop, ...], ...]:
        """The stops of each trip."""
        cuts = [0, *(each.after for each in self.unloadings), len(self.stops)]
        return tuple(self.stops[first:last] for first, last in pairwise(cuts))

    @property
    def trip_kg(self) -> tuple[int, ...]:
        """What is on board at the end of each trip."""
        return tuple(sum(stop.kg for stop in trip) for trip in self.trips)

    @property
    def steps(self) -> Iterator[tuple[PlannedStop, PlannedUnloading | None]]:
        """Every stop with the call at the plant before it, where there is one."""
        before = {each.after: each for each in self.unloadings}
        return ((stop, before.get(place)) for place, stop in enumerate(self.stops))

    @property
    def kilometres(self) -> int:
        return round(self.distance_metres / 1000)

    @property
    def saved_grams(self) -> int:
        return sum(stop.saved_grams for stop in self.stops)

    @property
    def magnet_grams(self) -> int:
        return sum(stop.magnet_grams for stop in self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """The figures of a plan; `prize_pence` is the worth of the stops fetched, before the planner's
    `saving_weight`; saved elements are part of `saved_grams`."""

    rounds: int = 0
    stops: int = 0
    lots: int = 0
    omitted_stops: int = 0
    magnet_grams: int = 0
    saved_grams: int = 0
    saved_ndpr_grams: int = 0
    saved_dytb_grams: int = 0
    prize_pence: int = 0
    cost_pence: int = 0
    distance_metres: int = 0
    driving_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightCost:
    """What one of the planner's weights brings about: this plan less the plan without that weight.

    `searched_s` is how long the other plan was looked for, starting from this one.
    """

    name: str
    weight: float
    pence: int
    metres: int
    saved_grams: int
    saved_ndpr_grams: int
    saved_dytb_grams: int
    searched_s: float

    @property
    def changes_nothing(self) -> bool:
        return not (self.pence or self.metres or self.saved_grams)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer:
    """The whole answer, kept as JSON beside the plan."""

    totals: PlanTotals = field(default_factory=PlanTotals)
    rounds: tuple[PlannedRound, ...] = ()
    omitted: tuple[PlannedStop, ...] = ()
    notes: tuple[str, ...] = ()
    roads: str = ""
    engine: str = ""
    objective: int | None = None
    lower_bound: int | None = None
    expected_bound: int | None = None
    weight_costs: tuple[WeightCost, ...] = ()

    @property
    def waiting_words(self) -> str:
        """What a longer search could bring, from the bounds; empty where there are none."""
        if self.objective is None or self.lower_bound is None:
            return ""
        most = self.objective - self.lower_bound
        if most < A_POUND:
            return "No plan can be better by a pound: this is proved."
        words = f"Searching longer can save at most £{most // A_POUND:,}"
        if self.expected_bound is None or self.expected_bound <= self.lower_bound:
            return f"{words}."
        return (
            f"{words}, and probably no more than £{-(-(self.objective - self.expected_bound) // A_POUND):,}."
        )

    def lot_ids(self) -> list[int]:
        return [lot.lot_id for planned in self.rounds for stop in planned.stops for lot in stop.lots]

    def grams_of_lots(self) -> dict[int, int]:
        """Grams of magnet fetched, by lot: of a lot that outgrows every vehicle only a part."""
        grams: dict[int, int] = {}
        for lot in (lot for planned in self.rounds for stop in planned.stops for lot in stop.lots):
            grams[lot.lot_id] = grams.get(lot.lot_id, 0) + lot.magnet_grams
        return grams

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; instants and days in ISO form."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The answer kept in `data`; an empty mapping is an empty answer."""
        if not data:
            return cls()
        return cls(
            **{
                **_known(cls, data),
                "totals": PlanTotals(**_known(PlanTotals, data["totals"])),
                "rounds": tuple(_round(each) for each in data["rounds"]),
                "omitted": tuple(_stop(each) for each in data["omitted"]),
                "notes": tuple(data["notes"]),
                "weight_costs": tuple(
                    WeightCost(**_known(WeightCost, each)) for each in data.get("weight_costs", ())
                ),
            }
        )


def lot_ids_in(data: Mapping[str, Any]) -> Iterator[int]:
    """The ids of all lots that a kept answer names, planned or left out."""
    planned = (stop for each in data.get("rounds", ()) for stop in each["stops"])
    for stop in chain(planned, data.get("omitted", ())):
        yield from (lot["lot_id"] for lot in stop["lots"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value


def _known(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in data.items() if name in names}


def _round(data: Mapping[str, Any]) -> PlannedRound:
    return PlannedRound(
        **{
            **_known(PlannedRound, data),
            "on": dt.date.fromisoformat(data["on"]),
            "starts_at": dt.datetime.fromisoformat(data["starts_at"]),
            "ends_at": dt.datetime.fromisoformat(data["ends_at"]),
            "stops": tuple(_stop(each) for each in data["stops"]),
            "unloadings": tuple(_unloading(each) for each in data.get("unloadings", ())),
        }
    )


def _unloading(data: Mapping[str, Any]) -> PlannedUnloading:
    return PlannedUnloading(
        after=data["after"],
        arrives_at=dt.datetime.fromisoformat(data["arrives_at"]),
        leaves_at=dt.datetime.fromisoformat(data["leaves_at"]),
    )


def _stop(data: Mapping[str, Any]) -> PlannedStop:
    arrives_at = data["arrives_at"]
    return PlannedStop(
        **{
            **_known(PlannedStop, data),
            "arrives_at": dt.datetime.fromisoformat(arrives_at) if arrives_at else None,
            "lots": tuple(PlannedLot(**_known(PlannedLot, lot)) for lot in data["lots"]),
        }
    )
