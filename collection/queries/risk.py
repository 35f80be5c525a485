"""The facts open lots are scored on: one SELECT for lots, one for holders, the rest arrays."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from numpy.typing import NDArray

from collection.models import Facility, Lot, Port, ProductType, RiskModelVersion, RiskThresholds
from collection.models.lots import Condition
from collection.models.people import HolderKind
from collection.queries.columns import instant, number, read_columns, whole, word, yes
from collection.queries.lot_ids import LotIds, among
from collection.queries.risk_told import offers_now, sites_now
from collection.rules.geodesy import great_circle_metres
from collection.rules.lifecycle import OPEN_STATES, LotState
from collection.rules.risk import Category, Explanation, FeatureTable, RiskModel, explain
from collection.rules.risk.features import STATUSES
from collection.rules.risk.views import RECENT_DAYS
from collection.rules.risk_form import form_of

INTENTS = {"sell_here": "retain", "export": "export", "undecided": "undecided"}
PPM = ("nd_ppm", "pr_ppm", "dy_ppm", "tb_ppm", "sm_ppm")
_CONDITIONS = tuple(Condition.values)
_OPEN = {LotState.HELD: "logged", LotState.RESERVED: "booked"}
_COLUMNS = {
    "lot": whole("pk"),
    "status": word("state", list(_OPEN)),
    "holder": whole("holder_id"),
    "holder_type": word("holder__holder_kind", HolderKind.values),
    "site": whole("site_id"),
    "product": whole("product_id"),
    "condition": word("condition", _CONDITIONS),
    "chemistry": word("magnet_family", ["NdFeB"]),
    "intent": word("intent", list(INTENTS)),
    "is_defence": yes("is_defence"),
    "gross_grams": number("gross_grams"),
    "magnet_grams": number("magnet_grams"),
    "logged_at": instant("logged_at"),
    "lat": number("lat"),
    "lon": number("lon"),
    "rare_earth_ppm": number("rare_earth_ppm"),
    "heavy_ppm": number("heavy_ppm"),
}


@dataclass(frozen=True, slots=True)
class OpenLots:
    """Open lots by rising id and what is known of them, row by row the same lots in every member."""

    lot_ids: NDArray[np.int64]
    features: FeatureTable
    magnet_grams: NDArray[np.float64]
    is_held: NDArray[np.bool_]


def open_lots(lot_ids: LotIds, *, at: dt.datetime, records: "HolderRecords | None" = None) -> OpenLots | None:
    """The feature table of these lots so far as they are open; None when none is.

    `records` are those of every holder, where many batches are read one after another.
    """
    table = read_columns(_open_with_content(lot_ids), _COLUMNS)
    ids: NDArray[np.int64] = table["lot"]
    if not len(ids):
        return None
    magnet_kg = table["magnet_grams"] / 1000
    days = (at.timestamp() - table["logged_at"]) / 86_400
    told = offers_now(ids, at=at, lot_ids=lot_ids)
    is_held = table["status"] == list(_OPEN).index(LotState.HELD)
    features: dict[str, object] = {
        "status": Category(np.where(is_held, told.in_hand.astype(np.int64), 2), STATUSES),
        "weeks_since_offer": told.weeks_since_offer,
        "domestic_price_gbp_kg": told.domestic_price_gbp_kg,
        "export_bid_gbp_kg": told.export_bid_gbp_kg,
        "holder_type": _coded(table["holder_type"], HolderKind.values),
        "holder": _named(table["holder"]),
        "site": _named(table["site"]),
        "form": _forms(table["product"], table["condition"]),
        "chemistry": _coded(np.where(table["chemistry"] == 0, 0, 1), ("NdFeB", "SmCo")),
        "declared_intent": _coded(table["intent"], INTENTS.values()),
        "defence_owner": table["is_defence"].astype(np.float64),
        "gross_kg": table["gross_grams"] / 1000,
        "magnet_kg": magnet_kg,
        "re_kg": magnet_kg * np.nan_to_num(table["rare_earth_ppm"]) / 1e6,
        "dy_kg": magnet_kg * np.nan_to_num(table["heavy_ppm"]) / 1e6,
        "days_since_logged": days,
        "days_in_stock": days,
        "days_to_quarter_end": np.full(len(ids), float(_days_to_quarter_end(at.date()))),
    }
    features |= nearest_places(table["lat"], table["lon"])
    features |= _holder_records(table["holder"], records, at=at)
    features |= sites_now(table["site"], at=at)
    return OpenLots(ids, FeatureTable.of(features), table["magnet_grams"], is_held)


def _open_with_content(lot_ids: LotIds) -> "QuerySet[Lot]":
    """Open lots with the rare earths of their current estimate in parts per million; NULL without one.

    A lot that holds no such magnets has nothing to lose, so it is not scored.
    """
    # The range is said of both sides of the join, or PostgreSQL reads every estimate for each range of lots.
    of_lots = among("estimates__lot", lot_ids) if isinstance(lot_ids, range) else Q()
    now = FilteredRelation("estimates", condition=Q(estimates__is_current=True) & of_lots)
    parts = [F(f"now__{column}") for column in PPM]
    return (
        Lot.unscoped.filter(among("pk", lot_ids), state__in=OPEN_STATES, magnet_grams__gt=0)
        .alias(now=now)
        .annotate(rare_earth_ppm=reduce(add, parts), heavy_ppm=F("now__dy_ppm") + F("now__tb_ppm"))
        .order_by("pk")
    )


def _coded(codes: NDArray[Any], words: Iterable[str]) -> Category:
    return Category(codes.astype(np.int64), tuple(words))


def _named(ids: NDArray[np.int64]) -> Category:
    """A column of ids as names; -1 is "not known"."""
    levels, codes = np.unique(ids, return_inverse=True)
    unknown = int(len(levels) > 0 and levels[0] == -1)
    return Category(codes.astype(np.int64) - unknown, tuple(map(str, levels[unknown:].tolist())))


def _forms(products: NDArray[np.int64], conditions: NDArray[Any]) -> Category:
    """The form of each lot's material, worked out once for each product and condition there is."""
    pairs, back = np.unique(products * len(_CONDITIONS) + conditions, return_inverse=True)
    known = ProductType.objects.in_bulk(set((pairs // len(_CONDITIONS)).tolist()))
    forms = forms_of(
        {
            "product__code": [known[pair // len(_CONDITIONS)].code for pair in pairs.tolist()],
            "product__sector": [known[pair // len(_CONDITIONS)].sector for pair in pairs.tolist()],
            "product__typical_form": [
                known[pair // len(_CONDITIONS)].typical_form for pair in pairs.tolist()
            ],
            "condition": [_CONDITIONS[pair % len(_CONDITIONS)] for pair in pairs.tolist()],
        }
    )
    return Category.of(np.array(forms, dtype=np.str_)).rows(back)


def forms_of(columns: Mapping[str, Sequence[str]]) -> list[str]:
    facts = zip(
        columns["product__code"],
        columns["product__sector"],
        columns["product__typical_form"],
        columns["condition"],
        strict=True,
    )
    return [
        form_of(product_code=code, sector=sector, typical_form=form, condition=condition)
        for code, sector, form, condition in facts
    ]


def nearest_places(
    lats: Sequence[float | None] | NDArray[np.float64], lons: Sequence[float | None] | NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Km to the nearest container port, bulk dock and plant, computed once for each different point."""
    # Points as complex numbers sort far faster than rows of two; one that is not known has a NaN distance.
    points = np.array(lats, dtype=np.float64) + 1j * np.array(lons, dtype=np.float64)
    places, back = np.unique(np.where(np.isnan(points), np.nan, points), return_inverse=True)
    kinds = {
        "dist_port_km": Port.objects.filter(is_container=True),
        "dist_bulk_dock_km": Port.objects.filter(is_bulk_scrap=True),
        "dist_recycler_km": Facility.objects.filter(accepts_lots=True).exclude(route_code="preprocess_first"),
    }
    found: dict[str, NDArray[np.float64]] = {}
    for name, queryset in kinds.items():
        targets = np.array(list(queryset.values_list("lat", "lon")), dtype=np.float64)
        if len(targets) == 0:
            continue
        metres = great_circle_metres(places.real[:, None], places.imag[:, None], targets[:, 0], targets[:, 1])
        found[name] = (metres.min(axis=1) / 1000)[back]
    return found


HolderRecords = Mapping[int, tuple[int, ...]]
"""Of each holder with closed lots: how many were closed, exported, collected by a UK plant; and of the last
half-year, how many were closed and exported."""


def holder_records(holder_ids: Sequence[int] | None = None, *, at: dt.datetime) -> HolderRecords:
    """How the lots of these holders, or of all, ended so far."""
    since = at - dt.timedelta(days=RECENT_DAYS)
    ended = (
        Lot.unscoped.order_by()
        .filter(among("holder_id", holder_ids))
        .exclude(state__in=[*OPEN_STATES, LotState.WITHDRAWN, LotState.DIVIDED])
        .values("holder_id")
        .annotate(
            closed=Count("pk"),
            exported=Count("pk", filter=Q(state=LotState.EXPORTED)),
            lost=Count("pk", filter=Q(state=LotState.LOST)),
            recent=Count("pk", filter=Q(state_at__gte=since)),
            recent_exported=Count("pk", filter=Q(state=LotState.EXPORTED, state_at__gte=since)),
        )
        .annotate(collected=F("closed") - F("exported") - F("lost"))
    )
    parts = ("closed", "exported", "collected", "recent", "recent_exported")
    return {row["holder_id"]: tuple(row[part] for part in parts) for row in ended}


def _holder_records(
    holder_ids: NDArray[np.int64], records: HolderRecords | None, *, at: dt.datetime
) -> dict[str, object]:
    holders, back = np.unique(holder_ids, return_inverse=True)
    known = holder_records(holders.tolist(), at=at) if records is None else records
    rows = np.array([known.get(holder, (0,) * 5) for holder in holders.tolist()], dtype=np.float64)[back]
    return {
        "holder_closed_n": rows[:, 0],
        "holder_export_n": rows[:, 1],
        "holder_pickup_n": rows[:, 2],
        "holder_recent_n": rows[:, 3],
        "holder_recent_export_n": rows[:, 4],
    }


def _days_to_quarter_end(day: dt.date) -> int:
    month = 3 * ((day.month - 1) // 3) + 3
    following = dt.date(day.year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1) - day).days


def active_model() -> tuple[RiskModelVersion, RiskModel] | None:
    """The active model version with its model; None before one was activated."""
    version = RiskModelVersion.objects.filter(is_active=True).first()
    if version is None:
        return None
    return version, model_of(version)


def model_of(version: RiskModelVersion) -> RiskModel:
    return RiskModel.from_json(version.record["model"])


def current_thresholds() -> RiskThresholds | None:
    return RiskThresholds.objects.filter(is_current=True).first()


def explanation_of(lot: Lot, *, at: dt.datetime) -> Explanation | None:
    """Why a lot the viewer may see has its score; None when it is not open or no model is active."""
    active = active_model()
    found = open_lots([lot.pk], at=at)
    if active is None or found is None:
        return None
    return explain(active[1], found.features, 0)
