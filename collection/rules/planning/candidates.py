"""What a plan is made from: lots that can be had, vehicles, the plant, and what the planner wishes."""

import datetime as dt
import math
from dataclasses import dataclass, replace

from collection.rules.planning.worth import ALIKE, NOTHING, Amounts, scaled
from collection.rules.working_days import SATURDAY, bank_holiday

# A place nobody has said anything about; weekends are the planner's to ask for.
EVERY_DAY = "1234567"

# What a pallet of scrap motors, drives or magnets weighs at most.
KG_PER_PALLET = 1000


def quarter_pallets(kg: int) -> int:
    """The floor a load takes, in quarters of a pallet."""
    return max(1, math.ceil(kg * 4 / KG_PER_PALLET))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A held lot a round may fetch.

    `saved_grams` is the magnet mass expected to stay in the country because it is fetched: the mass times
    the chance that it would leave otherwise. `prize_pence` is what that is worth as the planner weighs its
    elements; `element_grams` and `element_pence` are how much of each of `worth.ELEMENTS` is in it and what
    that fetches on the market. `gross_grams` is what a
    vehicle carries; where nobody weighed it (`is_weighed` False) it comes from the product's usual weight.
    `piece_grams` is the weight of one piece that cannot be divided, 0 for what comes loose or in parts.
    `open_days` are the weekdays its place works (Monday is 1), `nation` whose bank holidays it keeps.
    `is_hazardous` is what the list of waste says of its code.
    """

    lot_id: int
    reference: str
    product_name: str
    quantity_text: str
    magnet_family: str
    holder_id: int
    holder_name: str
    site_id: int | None
    place_name: str
    lat: float
    lon: float
    distance_metres: int
    available_from_on: dt.date
    opens_at: dt.time
    closes_at: dt.time
    largest_vehicle: str
    has_lifting_gear: bool
    is_defence: bool
    gross_grams: int
    piece_grams: int
    is_weighed: bool
    magnet_grams: int
    chance_of_leaving: float
    is_scored: bool
    saved_grams: int
    prize_pence: int
    nation: str = ""
    open_days: str = EVERY_DAY
    element_grams: Amounts = NOTHING
    element_pence: Amounts = NOTHING
    ewc_code: str = ""
    is_hazardous: bool = False
    hazardous_properties: tuple[str, ...] = ()

    def is_open_on(self, day: dt.date) -> bool:
        """Whether the place works that day: its own weekdays, without the bank holidays of its nation."""
        is_weekday_of_it = str(day.isoweekday()) in self.open_days
        return is_weekday_of_it and not (self.nation and bank_holiday(day, self.nation))

    def part_within(self, most_grams: int) -> "Candidate":
        """As much of the lot as weighs at most this: whole pieces, and everything else in proportion.

        The lot itself where it fits, or where not even one piece does.
        """
        if self.gross_grams <= most_grams or self.piece_grams > most_grams:
            return self
        grams = most_grams - most_grams % self.piece_grams if self.piece_grams else most_grams
        share = grams / self.gross_grams
        return replace(
            self,
            quantity_text=f"about {share:.0%} of {self.quantity_text}",
            gross_grams=grams,
            magnet_grams=round(self.magnet_grams * share),
            saved_grams=round(self.saved_grams * share),
            prize_pence=round(self.prize_pence * share),
            element_grams=scaled(self.element_grams, share),
            element_pence=scaled(self.element_pence, share),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetVehicle:
    """A vehicle as the planner may use it; `taken_on` are days on which it has a round already, `most_trips` how
    often a day it may leave the plant."""

    vehicle_id: int
    name: str
    registration: str
    profile: str
    capacity_kg: int
    pallets: int
    cost_per_day_pence: int
    cost_per_km_pence: int
    cost_per_hour_pence: int
    shift_starts_at: dt.time
    shift_ends_at: dt.time
    skills: frozenset[str]
    taken_on: frozenset[dt.date] = frozenset()
    most_trips: int = 1

    @property
    def most_grams(self) -> int:
        """What it carries when both payload and floor are full."""
        return min(self.capacity_kg, self.pallets * KG_PER_PALLET) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Where rounds start and end. `permitted_codes` are the waste codes it may take (none: any), `room_kg` what
    it may still receive this year (None: nobody says)."""

    code: str
    name: str
    lat: float
    lon: float
    opens_at: dt.time
    closes_at: dt.time
    permitted_codes: frozenset[str] = frozenset()
    room_kg: int | None = None

    def may_take(self, ewc_code: str) -> bool:
        """Whether its permit covers this waste; a lot without a code is not kept from it."""
        return not ewc_code or not self.permitted_codes or ewc_code in self.permitted_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the planner asked for. `saving_weight` multiplies every prize: 2 means a saved kilogram is worth
    twice its market value in miles; `element_weights` do so for one element each. Stops with a lot of
    `must_lot_ids` are served whatever they cost. `nation` is the plant's: rounds do not run on its bank
    holidays, unless weekends are planned too."""

    from_on: dt.date
    days: int
    saving_weight: float = 1.0
    with_weekends: bool = False
    must_lot_ids: frozenset[int] = frozenset()
    nation: str = ""
    element_weights: Amounts = ALIKE

    def working_days(self) -> list[dt.date]:
        """The days on which rounds may run, in order."""
        every = (self.from_on + dt.timedelta(days=number) for number in range(self.days))
        return [day for day in every if self.with_weekends or self._is_working_day(day)]

    def _is_working_day(self, day: dt.date) -> bool:
        return day.weekday() < SATURDAY and not (self.nation and bank_holiday(day, self.nation))
