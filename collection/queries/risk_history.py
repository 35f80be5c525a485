"""The register's own past as a lot history, so that one code reads training rows from files and from here.

What may be seen on a day is decided by `rules.risk.views`; this module only lays out lots and their events
with the day each happened and the day it was recorded. Lots are described as they were when logged: the
first estimate counts, since the scale at the plant only ever weighs lots that were kept.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import Min
from numpy.typing import NDArray

from collection.models import Estimate, Event, Lot
from collection.queries.risk import INTENTS, PPM, forms_of, nearest_places
from collection.queries.risk_told import day_of, noon_of, told_bids, told_offers, told_site_events
from collection.rules.lifecycle import Verb
from collection.rules.risk import Category, FeatureTable, TrainingSet
from collection.rules.risk.features import STATUSES
from collection.rules.risk.history import EVENT_CODE, LOT_COLUMNS, Events, History
from collection.rules.risk.told import offer_facts, site_facts
from collection.rules.risk.training import training_set

# A lot that was withdrawn or divided never ended: it was a mistake, or lives on as its parts.
_NEVER_WAS = (Verb.WITHDRAWN, Verb.DIVIDED)
_EVENTS = {
    Verb.LOGGED: "logged",
    Verb.DERIVED: "logged",
    Verb.RESERVED: "booked",
    Verb.RELEASED: "offer_lapsed",
    Verb.COLLECTED: "pickup",
    Verb.EXPORTED: "export",
    Verb.LOST: "lost",
    Verb.LOST_IN_TRANSIT: "lost",
}
_COLUMNS = (
    "pk",
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
    "nation",
    "logged_at",
    "lat",
    "lon",
)


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """Training rows of the register, and for each row the nation its lot lay in."""

    rows: TrainingSet
    nations: NDArray[np.str_]

    @property
    def exports(self) -> int:
        return int(self.rows.outcomes.export_90.sum())

    @property
    def closed_lots(self) -> int:
        """Different lots whose end within 90 days of a row was on record."""
        seen = self.rows.outcomes
        ended = seen.export_90 | seen.retained | seen.lost
        return len(np.unique(self.rows.lot[ended]))


def register_rows(*, until: dt.datetime) -> RegisterRows | None:
    """Every open lot on about monthly past days, with what was on record before `until` of its end.

    None where no lot had been logged by then. Three SELECTs, whatever the number of lots.
    """
    found = _lots(until)
    if found is None:
        return None
    columns, history = found
    cut = day_of(until)
    if cut - float(history.numbers["logged_date"].min()) < SHORTEST_PAST_DAYS:
        return None
    rows = training_set(history, cut)
    return _completed(rows, columns, until) if len(rows) else None


@dataclass(frozen=True, slots=True)
class DayRows:
    """The lots that were open on one day, and what was on record of their ends."""

    day: dt.date
    rows: TrainingSet
    nations: NDArray[np.str_]


def rows_on(days: Sequence[dt.date], *, until: dt.datetime) -> list[DayRows]:
    """The register as it stood at the start of each of these days, with what was known by `until`."""
    found = _lots(until)
    if found is None:
        return []
    columns, history = found
    result = []
    for day in days:
        rows = training_set(history, day_of(until), [noon_of(day) - 0.5])
        if len(rows):
            done = _completed(rows, columns, until)
            result.append(DayRows(day, done.rows, done.nations))
    return result


def _completed(rows: TrainingSet, columns: dict[str, tuple[Any, ...]], until: dt.datetime) -> RegisterRows:
    """The rows with the facts that are not in a lot history."""
    places = {
        name: values[rows.lot] for name, values in nearest_places(columns["lat"], columns["lon"]).items()
    }
    features = _with_what_was_told(rows, columns, places, until)
    nations = np.asarray(columns["nation"], dtype=np.str_)[rows.lot]
    return RegisterRows(replace(rows, features=features), nations)


def _with_what_was_told(
    rows: TrainingSet,
    columns: dict[str, tuple[Any, ...]],
    places: dict[str, NDArray[np.float64]],
    until: dt.datetime,
) -> FeatureTable:
    """The rows' facts with where the lots lay, and offers, bids and site events as they stood on each day."""
    ids = np.array(columns["pk"], dtype=np.int64)[rows.lot]
    sites = np.array([site or -1 for site in columns["site_id"]], dtype=np.int64)[rows.lot]
    told = offer_facts(told_offers(None, until=until), told_bids(None, until=until), ids, rows.day)
    events = told_site_events(until=until)
    seen: dict[str, NDArray[np.float64]] = {}
    for day in np.unique(rows.day) if len(events.site) else ():
        own = rows.day == day
        for name, values in site_facts(events, sites[own], float(day)).items():
            seen.setdefault(name, np.full(len(rows), np.nan))[own] = values
    booked = rows.features.word("status").is_level("booked")
    status = Category(np.where(booked, 2, told.in_hand.astype(np.int64)), STATUSES)
    numbers = {
        **rows.features.numbers,
        **places,
        **seen,
        "weeks_since_offer": told.weeks_since_offer,
        "domestic_price_gbp_kg": told.domestic_price_gbp_kg,
        "export_bid_gbp_kg": told.export_bid_gbp_kg,
    }
    return replace(rows.features, numbers=numbers, words={**rows.features.words, "status": status})


# A row needs its 90 days, the usual wait for records (45) and a month on the register before it.
SHORTEST_PAST_DAYS = 165


def _lots(until: dt.datetime) -> tuple[dict[str, tuple[Any, ...]], History] | None:
    gone = Event.objects.filter(verb__in=_NEVER_WAS, recorded_at__lt=until)
    lots = Lot.unscoped.filter(logged_at__lt=until, magnet_grams__gt=0).exclude(
        pk__in=gone.order_by().values("lot")
    )
    rows = list(lots.order_by("pk").values_list(*_COLUMNS))
    if not rows:
        return None
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    ids = np.array(columns["pk"], dtype=np.int64)
    magnet_kg, ppm = _first_estimates(ids, np.array(columns["magnet_grams"], dtype=np.float64) / 1000)
    known: dict[str, np.ndarray] = {
        "logged_date": np.array([day_of(at) for at in columns["logged_at"]]),
        "gross_kg": np.array([np.nan if g is None else g / 1000 for g in columns["gross_grams"]]),
        "magnet_kg_est": magnet_kg,
        "re_kg_est": magnet_kg * ppm.sum(axis=1) / 1e6,
        "dy_kg_est": magnet_kg * (ppm[:, 2] + ppm[:, 3]) / 1e6,
        "defence_owner": np.array(columns["is_defence"], dtype=np.float64),
    }
    words: dict[str, Sequence[str]] = {
        "holder_id": [str(holder) for holder in columns["holder_id"]],
        "site_id": [str(site or "") for site in columns["site_id"]],
        "holder_type": columns["holder__holder_kind"],
        "form": forms_of(columns),
        "chemistry": ["NdFeB" if family == "NdFeB" else "SmCo" for family in columns["magnet_family"]],
        "declared_intent": [INTENTS[intent] for intent in columns["intent"]],
    }
    nothing = np.full(len(ids), np.nan)
    history = History(
        folder=Path(),
        lot_ids=np.array([f"{lot_id:012d}" for lot_id in ids]),
        numbers={name: known.get(name, nothing) for name, kind in LOT_COLUMNS.items() if kind != "text"},
        words={
            name: Category.of(np.asarray(words.get(name, [""] * len(ids)), dtype=np.str_))
            for name, kind in LOT_COLUMNS.items()
            if kind == "text" and name != "lot_id"
        },
        events=_events(ids, until),
        sites={},
        market={},
        site_events={},
        snapshot_days=np.empty(0),
    )
    return columns, history


def _events(ids: NDArray[np.int64], until: dt.datetime) -> Events:
    """What was recorded before `until`. A collection that was brought back ended nothing."""
    wanted = Event.objects.filter(verb__in=[*_EVENTS, Verb.RETURNED], recorded_at__lt=until)
    rows = list(wanted.order_by("lot_id", "pk").values_list("lot_id", "verb", "at", "recorded_at"))
    kept: list[tuple[int, int, float, float]] = []
    for lot_id, verb, at, recorded_at in rows:
        if verb == Verb.RETURNED:
            kept = kept[:-1] if kept and kept[-1][:2] == (lot_id, EVENT_CODE["pickup"]) else kept
            continue
        kept.append((lot_id, EVENT_CODE[_EVENTS[Verb(verb)]], day_of(at), day_of(recorded_at)))
    table = np.array(kept, dtype=np.float64).reshape(-1, 4)
    place = np.searchsorted(ids, table[:, 0].astype(np.int64))
    place = np.minimum(place, len(ids) - 1)
    table, place = table[ids[place] == table[:, 0]], place[ids[place] == table[:, 0]]
    order = np.lexsort((table[:, 1], table[:, 2], place, table[:, 3]))
    return Events(
        place[order].astype(np.int64),
        table[order, 1].astype(np.int64),
        table[order, 2],
        table[order, 3],
    )


def _first_estimates(
    ids: NDArray[np.int64], magnet_kg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Magnet kg and ppm of each lot by its first estimate; the lot's own mass where it has none."""
    ppm, mass = np.zeros((len(ids), len(PPM))), magnet_kg.copy()
    first = Estimate.objects.order_by().values("lot_id").annotate(first=Min("pk")).values("first")
    estimates = Estimate.objects.filter(pk__in=first).order_by()
    rows = list(estimates.values_list("lot_id", "magnet_central_grams", *PPM))
    if rows:
        table = np.array(rows, dtype=np.float64)
        place = np.minimum(np.searchsorted(ids, table[:, 0].astype(np.int64)), len(ids) - 1)
        own = ids[place] == table[:, 0]
        mass[place[own]], ppm[place[own]] = table[own, 1] / 1000, table[own, 2:]
    return mass, ppm
