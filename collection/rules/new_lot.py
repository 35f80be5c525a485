"""A new lot: the one value that every door builds.

The web form, an API body, a spreadsheet row and a submission made offline all become a `NewLot`. What people
typed as text is read by `mass_input`, `postcode` and `waste_codes` first; `intake` then weighs the answers
against one another, the product and the day.
"""

import contextlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from collection.rules.answers import RefusedAnswerError
from collection.rules.dealer_record import NewDealerRecord
from collection.rules.waste_codes import read_ewc_code
from collection.rules.weighing import net_of


class Unit(StrEnum):
    """What a quantity counts."""

    ITEMS = "items"
    MEGAWATTS = "MW"
    KG_GROSS = "kg_gross"
    KG_MAGNETS = "kg_magnets"


class Condition(StrEnum):
    """The state the magnets, or the parts that hold them, are in."""

    INTACT = "intact"
    DAMAGED = "damaged"
    DISMANTLED = "dismantled"
    CORRODED = "corroded"
    SHREDDED = "shredded"


class Intent(StrEnum):
    """What the holder means to do with the lot."""

    SELL_HERE = "sell_here"
    EXPORT = "export"
    UNDECIDED = "undecided"


SOURCE_KINDS = ("scrapyard", "vehicle", "weee", "wind", "medical", "industrial", "defence")

# Which units an estimate can be made from, by how a product's magnet content is counted; the first is the
# one to offer. A load known only by its weight is logged as one of the products counted by weight.
UNITS_OF_BASIS: dict[str, tuple[Unit, ...]] = {
    "per_item": (Unit.ITEMS, Unit.KG_MAGNETS),
    "per_MW": (Unit.MEGAWATTS, Unit.KG_MAGNETS),
    "per_tonne_of_item": (Unit.KG_GROSS, Unit.KG_MAGNETS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLot:
    """A lot about to be logged. Enumerated answers are their plain string values, so that an answer which
    is none of them can still be carried to the check that names it. Masses are integer grams; days are
    local days.

    `submission_id` is made by the client: the same id twice is the same lot. Either `site_id` (a saved
    place) or `postcode` says where it is. `is_magnetised` is None where the holder does not know.

    `tare_grams` is the empty vehicle or container, `pallet_grams` pallet and packing, `stated_net_grams` what
    a ticket says is left. `serial` is the number of the one thing it is: a VIN or plate, a turbine's serial.
    `drive`, `turbine_model`, `scanner_magnet` and `stock_number` belong to vehicles, turbines, medical
    equipment and defence; `hazard` answers the question that decides between two waste codes.
    """

    submission_id: UUID
    source_kind: str
    product_code: str
    quantity: Decimal
    unit: str
    condition: str
    intent: str
    available_from_on: date
    site_id: int | None = None
    postcode: str = ""
    is_magnetised: bool | None = None
    build_year: int | None = None
    gross_grams: int | None = None
    tare_grams: int | None = None
    pallet_grams: int | None = None
    stated_net_grams: int | None = None
    weight_method: str = ""
    ewc_code: str = ""
    hazard: str = ""
    hazardous_properties: tuple[str, ...] = ()
    physical_form: str = ""
    container_type: str = ""
    container_count: int | None = None
    serial: str = ""
    drive: str = ""
    turbine_model: str = ""
    scanner_magnet: str = ""
    stock_number: str = ""
    maker: str = ""
    model_name: str = ""
    power_kw: Decimal | None = None
    dealer_record: NewDealerRecord | None = None
    note: str = ""

    def __post_init__(self) -> None:
        # Typed as "16 02 16*" or "160216", kept as digits; what cannot be read stays for the check to name.
        with contextlib.suppress(RefusedAnswerError):
            object.__setattr__(self, "ewc_code", read_ewc_code(self.ewc_code))

    @property
    def net_grams(self) -> int | None:
        """Gross less tare and pallet, or the net of a ticket; None where there is no weight."""
        return net_of(self.gross_grams, self.tare_grams, self.pallet_grams, self.stated_net_grams)
