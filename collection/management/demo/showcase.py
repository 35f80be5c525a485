"""One lot of each form that somebody signing in to the demonstration should find, whatever the seed.

A defence lot with two of its five hold points recorded and one with all, a motor of a car known by its VIN and
logged by two holders, a dealer's record from England, an estimated weight that somebody sees to, a scanner and
a drum of grinding sludge with its hazardous properties.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from collection.actions.duplicates import record_decision
from collection.actions.lots import log_lot
from collection.actions.weights import see_to
from collection.management.demo.particulars import clear_holds, demo_dealer_record
from collection.models import Lot, WeightReading
from collection.queries.duplicates import possible_duplicates
from collection.rules.look_alikes import Decision
from collection.rules.new_lot import NewLot
from collection.rules.roles import Viewer

NAMESPACE = uuid.UUID("6d1f6a52-7c1e-4a55-9d0f-0f3f5f0c2a11")
VIN = "ZZZDEM00000000026"


def show_every_form(viewers: Mapping[str, Viewer], now: dt.datetime) -> list[Lot]:
    """Log the lots; `viewers` are the holders by the slug of their organisation."""
    yard, defence = viewers["demo-clyde-scrap"], viewers["demo-defence-disposal"]
    return [
        *_defence(defence, now),
        *_vehicle(yard, viewers["demo-midland-vehicles"], now),
        _dealt(yard, now),
        _estimated(yard, now),
        _scanner(yard, now),
        _sludge(yard, now),
    ]


def _log(holder: Viewer, name: str, at: dt.datetime, **answers: Any) -> Lot:
    usual: dict[str, Any] = {
        "submission_id": uuid.uuid5(NAMESPACE, name),
        "unit": "items",
        "condition": "intact",
        "intent": "sell_here",
        "available_from_on": at.date(),
        "is_magnetised": True,
    }
    return log_lot(holder, NewLot(**(usual | answers)), at=at).lot


def _defence(holder: Viewer, now: dt.datetime) -> list[Lot]:
    lots = []
    for name, points, days in (("actuators on hold", 2, 9), ("gyros cleared", 5, 16)):
        is_gyro = points == 5
        lot = _log(
            holder,
            name,
            now - dt.timedelta(days=days),
            source_kind="defence",
            product_code="def_gyro_torquer" if is_gyro else "def_missile_fin_actuator_set",
            quantity=Decimal(30 if is_gyro else 16),
            stock_number="6615-99-123-4567" if is_gyro else "1420-99-123-4567",
            postcode="SN15",
        )
        clear_holds(holder, lot, at=now - dt.timedelta(days=days - 2), points=points)
        lots.append(lot)
    return lots


def _vehicle(yard: Viewer, dismantler: Viewer, now: dt.datetime) -> list[Lot]:
    """The motor of one car, logged by the dismantler and then by the yard that took it on."""
    answers: dict[str, Any] = {
        "source_kind": "vehicle",
        "product_code": "auto_bev_traction_motor",
        "quantity": Decimal(1),
        "drive": "battery_electric",
        "serial": VIN,
        "build_year": 2017,
    }
    first = _log(dismantler, "motor at the dismantler", now - dt.timedelta(days=6), postcode="CV6", **answers)
    at = now - dt.timedelta(days=2)
    second = NewLot(
        submission_id=uuid.uuid5(NAMESPACE, "motor at the yard"),
        unit="items",
        condition="intact",
        intent="undecided",
        available_from_on=at.date(),
        postcode="G40",
        **answers,
    )
    alike = possible_duplicates(yard, second, at=at)
    lot = log_lot(yard, second, at=at).lot
    record_decision(yard, lot, alike, Decision.PASSED_ON, at=at)
    return [first, lot]


def _dealt(yard: Viewer, now: dt.datetime) -> Lot:
    at = now - dt.timedelta(days=3)
    return _log(
        yard,
        "servo motors from Carlisle",
        at,
        source_kind="scrapyard",
        product_code="ind_servo_motor",
        quantity=Decimal(12),
        gross_grams=130_000,
        pallet_grams=22_000,
        weight_method="platform",
        physical_form="Solid",
        container_type="PAL",
        container_count=1,
        postcode="CA2",
        dealer_record=demo_dealer_record(26, at),
    )


def _estimated(yard: Viewer, now: dt.datetime) -> Lot:
    """A load whose weight somebody only told; a person has taken it on."""
    lot = _log(
        yard,
        "magnets by hearsay",
        now - dt.timedelta(days=12),
        source_kind="scrapyard",
        product_code="scrap_loose_sintered_ndfeb",
        quantity=Decimal(85),
        unit="kg_gross",
        weight_method="told",
        postcode="G40",
    )
    reading = WeightReading.objects.get(lot=lot, is_current=True)
    see_to(yard, reading.pk, yard.user_id, at=now - dt.timedelta(days=1))
    return lot


def _scanner(yard: Viewer, now: dt.datetime) -> Lot:
    return _log(
        yard,
        "open scanner",
        now - dt.timedelta(days=5),
        source_kind="medical",
        product_code="med_mri_permanent_open",
        quantity=Decimal(1),
        scanner_magnet="permanent",
        maker="Demo Scanners",
        model_name="Open 0.3 T",
        postcode="G12",
    )


def _sludge(yard: Viewer, now: dt.datetime) -> Lot:
    return _log(
        yard,
        "grinding sludge",
        now - dt.timedelta(days=4),
        source_kind="industrial",
        product_code="scrap_ndfeb_swarf_oily",
        quantity=Decimal(60),
        unit="kg_gross",
        weight_method="platform",
        ewc_code="120118",
        hazardous_properties=("HP_3", "HP_14"),
        physical_form="Sludge",
        container_type="DRU",
        container_count=1,
        postcode="G40",
    )
