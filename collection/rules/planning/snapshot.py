"""What a plan was made from, kept beside it: so that it can be changed and searched again, the same stops
under the same names, whatever became of the register meanwhile."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from collection.rules.planning.brief import Brief, build_brief, vehicle_day_key
from collection.rules.planning.candidates import Candidate, FleetVehicle, Plant, Wishes
from collection.rules.planning.service_times import USUAL, ServiceModel
from collection.rules.planning.worth import Amounts

KindT = TypeVar("KindT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The inputs of a brief."""

    candidates: tuple[Candidate, ...]
    fleet: tuple[FleetVehicle, ...]
    plant: Plant
    wishes: Wishes
    service: ServiceModel = USUAL

    def brief(self) -> Brief:
        return build_brief(self.candidates, self.fleet, self.plant, self.wishes, self.service)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; days and times in ISO form."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Snapshot":
        service = dict(data["service"])
        service["site_minutes"] = {int(site): value for site, value in service["site_minutes"].items()}
        return cls(
            candidates=tuple(_made(Candidate, each) for each in data["candidates"]),
            fleet=tuple(_made(FleetVehicle, each) for each in data["fleet"]),
            plant=_made(Plant, data["plant"]),
            wishes=_made(Wishes, data["wishes"]),
            service=_made(ServiceModel, service),
        )


@dataclass(frozen=True, slots=True)
class KeptVehicleDay:
    """A vehicle on a day that may drive, read from a kept snapshot without making its brief."""

    key: str
    vehicle_id: int
    vehicle_name: str
    on: dt.date


def kept_vehicle_days(data: Mapping[str, Any]) -> list[KeptVehicleDay]:
    """Every vehicle and day of a kept snapshot; none where nothing was kept."""
    if not data:
        return []
    wishes = _made(Wishes, data["wishes"])
    return [
        KeptVehicleDay(
            vehicle_day_key(each["name"], each["registration"], day), each["vehicle_id"], each["name"], day
        )
        for day in wishes.working_days()
        for each in data["fleet"]
        if day.isoformat() not in each["taken_on"]
    ]


def vehicle_day_keys(data: Mapping[str, Any]) -> list[str]:
    return [each.key for each in kept_vehicle_days(data)]


def snapshot(
    candidates: Sequence[Candidate],
    fleet: Sequence[FleetVehicle],
    plant: Plant,
    wishes: Wishes,
    service: ServiceModel,
) -> Snapshot:
    return Snapshot(
        candidates=tuple(candidates), fleet=tuple(fleet), plant=plant, wishes=wishes, service=service
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def _made(kind: type[KindT], data: Mapping[str, Any]) -> KindT:
    """A dataclass of days, times, sets of days and plain values, from what `_plain` made of it."""
    readers: dict[Any, Any] = {
        dt.date: dt.date.fromisoformat,
        dt.time: dt.time.fromisoformat,
        frozenset[dt.date]: lambda days: frozenset(map(dt.date.fromisoformat, days)),
        frozenset[str]: frozenset,
        frozenset[int]: frozenset,
        Amounts: tuple,
        tuple[str, ...]: tuple,
    }
    values: dict[str, Any] = {}
    for each in fields(kind):  # type: ignore[arg-type]
        if each.name in data:
            value = data[each.name]
            kind_of_value: Any = each.type
            read = readers.get(kind_of_value)
            values[each.name] = read(value) if read and value is not None else value
    return kind(**values)
