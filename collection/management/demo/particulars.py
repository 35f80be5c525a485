"""What the lots of the demonstration say besides product and amount: drives and VINs, turbines, stock numbers,
weights and how they came about, packing, dealers' records and hold points. All made up, and named so."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np

from collection.actions.hold_points import record_hold_point
from collection.models import Lot, Site, Source, TurbineModel
from collection.rules.dealer_record import NewDealerRecord, is_wanted
from collection.rules.hold_points import HOLD_WORDS, HoldPoint
from collection.rules.roles import Viewer

DRIVES = {
    "auto_bev_traction_motor": "battery_electric",
    "auto_phev_traction_motor": "plug_in_hybrid",
    "auto_hev_motor_generator_set": "full_hybrid",
}
# Supply classes as the table names them: missile components, airframe parts, gun mountings, gyro parts.
SUPPLY_CLASSES = {
    "def_missile_fin_actuator_set": "1420",
    "def_military_aircraft_set": "1680",
    "def_turret_gun_drive": "1090",
    "def_gyro_torquer": "6615",
}
WEIGHED_SHARE = 0.75
DEALER_SHARE = 0.6
MOST_ON_PLATFORM_GRAMS = 3_000_000
LEAST_ON_WEIGHBRIDGE_GRAMS = 400_000


class Particulars:
    """Draws from a generator of its own, so that they change nothing else of the story."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng([seed, 1])

    def of(
        self,
        source_kind: str,
        product_code: str,
        quantity: Decimal,
        gross: int | None,
        site: Site,
        source: Source | None,
        at: dt.datetime,
    ) -> dict[str, Any]:
        """Fields of a `NewLot` for one lot; product, amount and year among them where a wind farm gives them."""
        fields: dict[str, Any] = self._weights(gross) | self._packing(source_kind, gross)
        if source_kind == "vehicle":
            fields["drive"] = DRIVES.get(product_code, "several")
            if quantity == 1:
                fields["serial"] = f"ZZZDEM{int(self.random.integers(10**10)):011d}"
        elif source_kind == "wind":
            fields |= self._turbine(source)
        elif source_kind == "defence":
            number = int(self.random.integers(10**6, 10**7))
            fields["stock_number"] = (
                f"{SUPPLY_CLASSES[product_code]}-99-{number // 10**4:03d}-{number % 10**4:04d}"
            )
        elif is_wanted(source_kind=source_kind, nation=site.nation) and self.random.random() < DEALER_SHARE:
            fields["dealer_record"] = demo_dealer_record(int(self.random.integers(1, 400)), at)
        return fields

    def _weights(self, gross: int | None) -> dict[str, Any]:
        if gross is None:
            return {}
        if self.random.random() > WEIGHED_SHARE:
            return {"weight_method": str(self.random.choice(["counted", "told"]))}
        on_bridge = gross > MOST_ON_PLATFORM_GRAMS or (
            gross > LEAST_ON_WEIGHBRIDGE_GRAMS and self.random.random() < 0.5
        )
        if on_bridge:
            return {"weight_method": "weighbridge"}
        pallet = 22_000 if gross > 150_000 else None
        return {"weight_method": "platform", "pallet_grams": pallet}

    def _packing(self, source_kind: str, gross: int | None) -> dict[str, Any]:
        if source_kind in ("wind", "defence") or self.random.random() < 0.6:
            return {}
        count = max(1, round((gross or 300_000) / 600_000))
        return {"physical_form": "Solid", "container_type": "PAL", "container_count": count}

    def _turbine(self, farm: Source | None) -> dict[str, Any]:
        """One turbine of the farm, of the model and the year that the public register gives it."""
        if farm is None or farm.commissioned_on is None:
            return {}
        model = TurbineModel.objects.select_related("product").get(code=farm.data["turbine_model"])
        if model.product is None:
            return {}
        return {
            "product_code": model.product.code,
            "turbine_model": model.code,
            "quantity": model.rated_mw,
            "build_year": farm.commissioned_on.year,
            "serial": f"WTG-{int(self.random.integers(10**6)):06d}",
        }


def demo_dealer_record(number: int, at: dt.datetime) -> NewDealerRecord:
    """A receipt from a seller nobody could take for a person."""
    return NewDealerRecord(
        form="Loose, on pallets",
        condition="Used",
        marks="none",
        received_at=at,
        vehicle=f"DE{number % 90 + 10}MOX",
        seller_name=f"Demo seller {number}",
        seller_address=f"{number} Demonstration Street, Sampletown",
        document="driving_licence",
        document_reference=f"DEMO{number:06d}",
        paid_by="Demo cashier",
        payment="transfer",
        payment_reference=f"DEMO-{at:%y%m%d}-{number}",
    )


def clear_holds(holder: Viewer, lot: Lot, *, at: dt.datetime, points: int = len(HoldPoint)) -> None:
    """Record the first `points` hold points of a defence lot, as its holder would."""
    for point in list(HoldPoint)[:points]:
        record_hold_point(
            holder,
            lot.pk,
            point,
            evidence=HOLD_WORDS[point].example,
            checked_by="Demo disposal officer",
            checked_on=at.date(),
            at=at,
        )
