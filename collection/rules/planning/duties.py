"""What the law asks before a round is booked: a registered carrier, a tested vehicle, a plant that may take it.

The one home of these checks. Facts come in as values, findings go out as sentences; a finding that `blocks`
keeps the plan from being confirmed, the others are shown. Registration of carriers and permits of sites:
Environmental Protection Act 1990 and the regulations of each nation; number forms as Digital Waste Tracking
accepts them (`collection.rules.waste_codes`).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collection.rules.waste_codes import carrier_registration_problem, site_authorisation_problem, spaced_code

# A registration that ends this soon is worth a word while it can still be renewed.
SOON = dt.timedelta(days=42)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who carries: the organisation itself or somebody it pays."""

    name: str
    registration: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingVehicle:
    name: str
    carrier: Carrier
    tested_until_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingPlant:
    """`taken_grams` is gross mass received or booked in the calendar year of the loads, without them;
    `taken_magnet_grams` the same in magnets, against the plant's yearly feed."""

    name: str
    nation: str
    authorisation: str
    authorisation_expires_on: dt.date | None
    ewc_codes: frozenset[str]
    permitted_grams: int | None
    taken_grams: int
    feed_grams: int | None
    taken_magnet_grams: int

    @property
    def room_kg(self) -> int | None:
        """Whole kilograms it may still take this year, None where its permit sets no limit."""
        if self.permitted_grams is None:
            return None
        return max(0, self.permitted_grams - self.taken_grams) // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A lot on its way to be booked."""

    reference: str
    ewc_code: str
    gross_grams: int
    magnet_grams: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before confirming. `subject` groups them: carrier, vehicle or plant."""

    subject: str
    sentence: str
    blocks: bool


def check_duties(
    vehicles: Sequence[tuple[CarryingVehicle, dt.date]], plant: ReceivingPlant, loads: Sequence[Load]
) -> list[Finding]:
    """Everything that stands in the way or should be known; `vehicles` with the last day each drives."""
    found = [finding for vehicle, day in vehicles for finding in _vehicle(vehicle, day)]
    last = max((day for _, day in vehicles), default=None)
    if last is not None:
        found += [*_plant(plant, last), *_codes(plant, loads), *_tonnage(plant, loads, last.year)]
    # Vehicles of one carrier say the same of it; once is enough.
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.blocks)


def _vehicle(vehicle: CarryingVehicle, day: dt.date) -> Iterator[Finding]:
    carrier = vehicle.carrier
    if not carrier.registration:
        yield Finding(
            "carrier",
            f"{carrier.name} has no carrier registration on record. Whoever carries waste must be "
            "registered: enter the number under “Carrier and permits”.",
            True,
        )
    elif problem := carrier_registration_problem(carrier.registration):
        yield Finding("carrier", f"{carrier.name}: {problem.message} {problem.way_out}", True)
    elif carrier.expires_on is None:
        yield Finding(
            "carrier",
            f"The register does not say until when {carrier.name}’s registration {carrier.registration} "
            "holds. Look it up and enter the day.",
            False,
        )
    else:
        yield from _ends(
            "carrier", f"{carrier.name}’s registration {carrier.registration}", carrier.expires_on, day
        )
    if vehicle.tested_until_on is not None:
        yield from _ends("vehicle", f"The annual test of {vehicle.name}", vehicle.tested_until_on, day)


def _ends(subject: str, what: str, ends_on: dt.date, day: dt.date) -> Iterator[Finding]:
    if ends_on < day:
        yield Finding(
            subject, f"{what} ends on {_day(ends_on)}, before the round on {_day(day)}. Renew it first.", True
        )
    elif ends_on - day < SOON:
        yield Finding(subject, f"{what} ends on {_day(ends_on)}: renew it in time.", False)


def _plant(plant: ReceivingPlant, last: dt.date) -> Iterator[Finding]:
    if not plant.authorisation:
        yield Finding(
            "plant",
            f"{plant.name} has no permit or licence number on record, and only a permitted site may take "
            "waste. Enter it under “Carrier and permits”.",
            True,
        )
    elif problem := site_authorisation_problem(plant.authorisation, plant.nation):
        yield Finding("plant", f"{plant.name}: {problem.message} {problem.way_out}", True)
    if plant.authorisation_expires_on is not None:
        yield from _ends("plant", f"The permit of {plant.name}", plant.authorisation_expires_on, last)


def _codes(plant: ReceivingPlant, loads: Sequence[Load]) -> Iterator[Finding]:
    if not plant.ewc_codes:
        return
    for load in loads:
        if load.ewc_code and load.ewc_code not in plant.ewc_codes:
            code = spaced_code(load.ewc_code)
            yield Finding(
                "plant",
                f"The permit of {plant.name} does not cover waste code {code} of {load.reference}. "
                "Leave the lot out, or correct its code.",
                True,
            )
    without = [load.reference for load in loads if not load.ewc_code]
    if without:
        yield Finding(
            "plant",
            f"{', '.join(without[:5])}{' and others' if len(without) > 5 else ''} "
            f"{'has' if len(without) == 1 else 'have'} no waste code yet, so the permit cannot be compared.",
            False,
        )


def _tonnage(plant: ReceivingPlant, loads: Sequence[Load], year: int) -> Iterator[Finding]:
    gross = sum(load.gross_grams for load in loads)
    if plant.permitted_grams is not None and plant.taken_grams + gross > plant.permitted_grams:
        yield Finding(
            "plant",
            f"{plant.name} may take {_tonnes(plant.permitted_grams)} in {year}; {_tonnes(plant.taken_grams)} "
            f"are received or booked and these rounds would bring {_tonnes(gross)}. Confirm a smaller plan.",
            True,
        )
    magnets = sum(load.magnet_grams for load in loads)
    if plant.feed_grams is not None and plant.taken_magnet_grams + magnets > plant.feed_grams:
        yield Finding(
            "plant",
            f"{plant.name} works up {_tonnes(plant.feed_grams)} of magnets a year; with these rounds "
            f"{_tonnes(plant.taken_magnet_grams + magnets)} would have come in {year}.",
            False,
        )


def _tonnes(grams: int) -> str:
    return f"{grams / 1e6:,.1f} t"


def _day(day: dt.date) -> str:
    return f"{day:%-d %B %Y}"
