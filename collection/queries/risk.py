"""The facts open lots are scored on: one SELECT for lots, one for holders, the rest arrays."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, F, Q
from numpy.typing import NDArray

from collection.models import Facility, Lot, Port, RiskModelVersion, RiskThresholds
from collection.models.lots import Estimate
from collection.rules.geodesy import great_circle_metres
from collection.rules.lifecycle import OPEN_STATES, LotState
from collection.rules.risk import Category, Explanation, FeatureTable, RiskModel, explain
from collection.rules.risk_form import form_of

INTENTS = {"sell_here": "retain", "export": "export", "undecided": "undecided"}
_COLUMNS = (
    "pk",
    "state",
    "holder_id",
    "holder__holder_kind",
    "site_id",
    "product__code",
    "product__sector",
    "product__typical_form",
    "condition",
    "magnet_family",
    "intent",
    "is_defence",
    "gross_grams",
    "magnet_grams",
    "logged_at",
    "lat",
    "lon",
)
PPM = ("nd_ppm", "pr_ppm", "dy_ppm", "tb_ppm", "sm_ppm")


@dataclass(frozen=True, slots=True)
class OpenLots:
    """Open lots and what is known of them, row by row the same lots in every member."""

    lot_ids: NDArray[np.int64]
    features: FeatureTable
    magnet_grams: NDArray[np.float64]


def open_lots(lot_ids: Sequence[int] | None, *, at: dt.datetime) -> OpenLots | None:
    """The feature table of these lots (None: of every lot) so far as they are open; None when none is."""
    wanted = Q(state__in=OPEN_STATES) if lot_ids is None else Q(state__in=OPEN_STATES, pk__in=lot_ids)
    rows = list(Lot.unscoped.filter(wanted).order_by("pk").values_list(*_COLUMNS))
    if not rows:
        return None
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    ids = np.array(columns["pk"], dtype=np.int64)
    composition = _compositions(wanted, ids)
    magnet_kg = np.array(columns["magnet_grams"], dtype=np.float64) / 1000
    features: dict[str, object] = {
        "status": _coded(
            ["booked" if state == LotState.RESERVED else "logged" for state in columns["state"]]
        ),
        "holder_type": _coded(columns["holder__holder_kind"]),
        "holder": _coded([str(holder) for holder in columns["holder_id"]]),
        "site": _coded([str(site or "") for site in columns["site_id"]]),
        "form": _coded(forms_of(columns)),
        "chemistry": _coded(["NdFeB" if f == "NdFeB" else "SmCo" for f in columns["magnet_family"]]),
        "declared_intent": _coded([INTENTS[intent] for intent in columns["intent"]]),
        "defence_owner": np.array(columns["is_defence"], dtype=np.float64),
        "gross_kg": np.array([np.nan if g is None else g / 1000 for g in columns["gross_grams"]]),
        "magnet_kg": magnet_kg,
        "re_kg": magnet_kg * composition.sum(axis=1) / 1e6,
        "dy_kg": magnet_kg * (composition[:, 2] + composition[:, 3]) / 1e6,
        "days_to_quarter_end": np.full(len(ids), float(_days_to_quarter_end(at.date()))),
    }
    days = np.array([(at - logged).total_seconds() / 86_400 for logged in columns["logged_at"]])
    features |= {"days_since_logged": days, "days_in_stock": days}
    features |= nearest_places(columns["lat"], columns["lon"])
    features |= _holder_records(columns["holder_id"])
    return OpenLots(ids, FeatureTable.of(features), magnet_kg * 1000)


def _coded(words: Sequence[str]) -> Category:
    return Category.of(np.asarray(words, dtype=np.str_))


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


def _compositions(wanted: Q, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Parts per million of each element, lots × elements; zero where a lot has no estimate."""
    found = np.zeros((len(ids), len(PPM)))
    estimates = Estimate.objects.filter(is_current=True, lot__in=Lot.unscoped.filter(wanted).order_by())
    rows = list(estimates.order_by().values_list("lot_id", *PPM))
    if rows:
        table = np.array(rows, dtype=np.int64)
        found[np.searchsorted(ids, table[:, 0])] = table[:, 1:]
    return found


def nearest_places(
    lats: Sequence[float | None], lons: Sequence[float | None]
) -> dict[str, NDArray[np.float64]]:
    """Km to the nearest container port, bulk dock and plant, computed once for each different point."""
    points = np.array(
        [(np.nan if a is None else a, np.nan if b is None else b) for a, b in zip(lats, lons, strict=True)]
    )
    places, back = np.unique(points, axis=0, return_inverse=True)
    back = back.reshape(-1)
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
        metres = great_circle_metres(places[:, :1], places[:, 1:], targets[:, 0], targets[:, 1])
        found[name] = (metres.min(axis=1) / 1000)[back]
    return found


def _holder_records(holder_ids: Sequence[int]) -> dict[str, object]:
    """How each holder's lots ended so far: closed, exported, collected by a UK plant."""
    ended = (
        Lot.unscoped.order_by()
        .filter(holder_id__in=set(holder_ids))
        .exclude(state__in=[*OPEN_STATES, LotState.WITHDRAWN, LotState.DIVIDED])
        .values("holder_id")
        .annotate(
            closed=Count("pk"),
            exported=Count("pk", filter=Q(state=LotState.EXPORTED)),
            lost=Count("pk", filter=Q(state=LotState.LOST)),
        )
        .annotate(collected=F("closed") - F("exported") - F("lost"))
    )
    record = {row["holder_id"]: (row["closed"], row["exported"], row["collected"]) for row in ended}
    rows = np.array([record.get(holder, (0, 0, 0)) for holder in holder_ids], dtype=np.float64)
    return {"holder_closed_n": rows[:, 0], "holder_export_n": rows[:, 1], "holder_pickup_n": rows[:, 2]}


def frozen(features: FeatureTable, i: int) -> dict[str, object]:
    """Row `i` as plain values that JSON can keep; what is not known is left out."""
    numbers = {name: float(values[i]) for name, values in features.numbers.items() if not np.isnan(values[i])}
    words = {name: str(values.rows(slice(i, i + 1)).words()[0]) for name, values in features.words.items()}
    return numbers | {name: word for name, word in words.items() if word}


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
