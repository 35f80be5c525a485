"""What the register knew on a day: the open lots and their features, and nothing learnt on or after that day.

An event counts from the day after it was recorded; site events and market weeks from the day after their
date. A review snapshot dated on the day itself may be used, since it shows the record as it stood. Where a
snapshot is missing, every feature that can be rebuilt from the other files is rebuilt here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from collection.rules.risk.columnar import iso_date
from collection.rules.risk.features import STATUSES, Category, FeatureTable, Floats
from collection.rules.risk.history import EVENT_CODE, FIRST_END, History, Ints, Snapshots, positions
from collection.rules.risk.told import count_site_events

STALE_AFTER_DAYS = 45
RECENT_DAYS = 182.0
# What an older snapshot may still tell on a later day; the rest is rebuilt from events.
SLOW = (
    "export_bid_gbp_kg", "domestic_price_gbp_kg", "site_pile_t", "site_load_t", "recycler_backlog_wk",
    "dist_recycler_km", "dist_port_km", "dist_bulk_dock_km", "ndpr_change_4w", "licence_in_force",
)  # fmt: skip

LOT_WORDS = (
    "holder_type", "form", "chemistry", "hazard_class", "contract", "declared_intent", "compliance_band",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """Open lots on a day: `lot` are rows of the history, in the order of the table's rows."""

    day: float
    lot: Ints
    features: FeatureTable


def view(
    history: History, day: float, snapshot: Snapshots | None = None, snapshot_day: float = np.nan
) -> View:
    """The register on `day`. `snapshot` is that of `snapshot_day`, the latest review day not after `day`."""
    if snapshot is not None and snapshot_day > day:
        raise ValueError("A snapshot from after the day of the view would leak the future")
    current = snapshot is not None and snapshot_day == day
    lot = _open_lots(history, day, snapshot if current else None)
    numbers = {
        **_of_lots(history, lot, day),
        **_of_events(history, lot, day),
        **_of_holders(history, lot, day),
        **_of_sites(history, lot, day),
        **_of_market(history, len(lot), day),
    }
    status = _status(history, lot, day)
    if snapshot is not None and (current or day - snapshot_day <= STALE_AFTER_DAYS):
        status = _overlay(history, lot, numbers, status, snapshot, current)
    words = {
        "status": status,
        "holder": history.words["holder_id"].rows(lot),
        "site": history.words["site_id"].rows(lot),
        **{name: history.words[name].rows(lot) for name in LOT_WORDS},
    }
    return View(day, lot, FeatureTable.of({**numbers, **words}))


def _known_by(history: History, day: float) -> slice:
    """Events recorded before the day; they are sorted by recorded day."""
    return slice(0, int(np.searchsorted(history.events.recorded, day, side="left")))


def _open_lots(history: History, day: float, snapshot: Snapshots | None) -> Ints:
    is_open = history.numbers["logged_date"] < day
    known = _known_by(history, day)
    ended = history.events.kind[known] >= FIRST_END
    is_open[history.events.lot[known][ended]] = False
    if snapshot is not None:
        is_open[snapshot.lot] = True
    return np.flatnonzero(is_open)


def _of_lots(history: History, lot: Ints, day: float) -> dict[str, Floats]:
    column = {name: values[lot] for name, values in history.numbers.items()}
    since_logged = day - column["logged_date"]
    return {
        "gross_kg": column["gross_kg"],
        "magnet_kg": column["magnet_kg_est"],
        "re_kg": column["re_kg_est"],
        "dy_kg": column["dy_kg_est"],
        "public_owner": column["public_owner"],
        "defence_owner": column["defence_owner"],
        "days_since_logged": since_logged,
        "days_in_stock": since_logged + 7.0 * np.nan_to_num(column["weeks_in_stock_at_log"]),
        "hold_days_left": column["hold_until"] - day,
        "days_to_quarter_end": np.full(len(lot), days_to_quarter_end(date.fromisoformat(iso_date(day)))),
    }


def days_to_quarter_end(today: date) -> float:
    """Days from today to the last day of its quarter."""
    month = 3 * ((today.month - 1) // 3) + 4
    following = date(today.year + month // 13, (month - 1) % 12 + 1, 1)
    return float((following - timedelta(days=1) - today).days)


def _of_events(history: History, lot: Ints, day: float) -> dict[str, Floats]:
    events, known = history.events, _known_by(history, day)
    offers = events.kind[known] == EVENT_CODE["offered"]
    offered_on = np.full(history.size, -np.inf)
    np.maximum.at(offered_on, events.lot[known][offers], events.day[known][offers])
    weeks = (day - offered_on[lot]) / 7.0
    return {"weeks_since_offer": np.where(np.isfinite(weeks), weeks, np.nan)}


def _status(history: History, lot: Ints, day: float) -> Category:
    """The latest of offered, lapsed and booked that was on record; later rows overwrite earlier ones."""
    events, known = history.events, _known_by(history, day)
    kind = events.kind[known]
    steps = (kind > EVENT_CODE["logged"]) & (kind < FIRST_END)
    after = np.zeros(FIRST_END, dtype=np.int64)
    after[EVENT_CODE["offered"]], after[EVENT_CODE["booked"]] = 1, 2
    status = np.zeros(history.size, dtype=np.int64)
    status[events.lot[known][steps]] = after[kind[steps]]
    return Category(status[lot], STATUSES)


def _of_holders(history: History, lot: Ints, day: float) -> dict[str, Floats]:
    """Counts of each holder's lots with a recorded end; the same lot ends once."""
    events, known = history.events, _known_by(history, day)
    holder = history.words["holder_id"].codes
    ends = np.flatnonzero(events.kind[known] >= FIRST_END)
    _, last = np.unique(events.lot[ends][::-1], return_index=True)
    ends = ends[len(ends) - 1 - last]
    size = len(history.words["holder_id"].levels) + 1
    owner, kind = holder[events.lot[ends]], events.kind[ends]

    def count(chosen: np.ndarray) -> Floats:
        per_holder = np.bincount(owner[chosen] + 1, minlength=size).astype(np.float64)
        return np.where(holder[lot] >= 0, per_holder[holder[lot] + 1], np.nan)

    recent = events.recorded[known][ends] >= day - RECENT_DAYS
    return {
        "holder_recent_n": count(recent & (kind != EVENT_CODE["unknown"])),
        "holder_recent_export_n": count(recent & (kind == EVENT_CODE["export"])),
        "holder_closed_n": count(kind != EVENT_CODE["unknown"]),
        "holder_export_n": count(kind == EVENT_CODE["export"]),
        "holder_pickup_n": count(kind == EVENT_CODE["pickup"]),
    }


def _of_sites(history: History, lot: Ints, day: float) -> dict[str, Floats]:
    sites = history.words["site_id"]
    codes, names = sites.codes[lot], np.array([*sites.levels, ""], dtype=np.str_)
    found = _of_site_events(history, names, codes, day)
    tonnes = np.bincount(codes + 1, np.nan_to_num(history.numbers["gross_kg"][lot]), len(names))[codes + 1]
    found["site_pile_t"] = np.where((codes >= 0) & (tonnes > 0), tonnes / 1000.0, np.nan)
    if history.sites:
        row = positions(history.sites["site_id"], names)[codes]
        for name, column in (
            ("site_load_t", "usual_load_t"),
            ("dist_port_km", "dist_port_km"),
            ("dist_bulk_dock_km", "dist_bulk_dock_km"),
            ("dist_recycler_km", "dist_recycler_km"),
        ):
            values = history.sites.get(column)
            if values is not None:
                found[name] = np.where(row >= 0, values[row], np.nan)
    return found


def _of_site_events(history: History, names: np.ndarray, codes: Ints, day: float) -> dict[str, Floats]:
    if not history.site_events:
        return {}
    earlier = history.site_events["date"] < day
    site = positions(names[:-1], history.site_events["site_id"][earlier])
    when, kind = history.site_events["date"][earlier], history.site_events["event"][earlier]
    dispatched, visited = (kind == "dispatch") & (site >= 0), (kind == "broker_visit") & (site >= 0)
    found = count_site_events(
        site[dispatched], when[dispatched], site[visited], when[visited], len(names), day
    )
    return {name: values[codes] for name, values in found.items()}


def _of_market(history: History, size: int, day: float) -> dict[str, Floats]:
    """The latest market week that began before the day, the same for every lot."""
    market = history.market
    weeks = market.get("week_start", np.empty(0))
    earlier = np.flatnonzero(weeks < day)
    if not len(earlier):
        return {}
    now = earlier[np.argmax(weeks[earlier])]
    found: dict[str, float] = {}
    for name in ("scrap_index", "licence_in_force"):
        if name in market:
            found[name] = float(market[name][now])
    if "ndpr_gbp_kg" in market:
        before = earlier[np.argmin(np.abs(weeks[earlier] - (weeks[now] - 28)))]
        then = float(market["ndpr_gbp_kg"][before])
        found["ndpr_change_4w"] = float(market["ndpr_gbp_kg"][now]) / then - 1.0 if then > 0 else np.nan
    plants = [name for name in ("backlog_R1", "backlog_R2", "backlog_R3") if name in market]
    if "backlog_R4" in market and market.get("R4_open", np.ones_like(weeks))[now] > 0:
        plants.append("backlog_R4")
    waits = np.array([market[name][now] for name in plants])
    if len(waits) and not np.isnan(waits).all():
        found["recycler_backlog_wk"] = float(np.nanmean(waits))
    return {name: np.full(size, value) for name, value in found.items()}


def _overlay(
    history: History,
    lot: Ints,
    numbers: dict[str, Floats],
    status: Category,
    snapshot: Snapshots,
    current: bool,
) -> Category:
    """Lay what the snapshot knew over what was rebuilt; an older snapshot only speaks for slow facts."""
    if not len(snapshot.lot):
        return status
    row = np.full(history.size, -1, dtype=np.int64)
    row[snapshot.lot] = np.arange(len(snapshot.lot))
    row = row[lot]
    has = row >= 0
    for name, values in snapshot.numbers.items():
        if current or name in SLOW:
            told = np.where(has, values[row], np.nan)
            rebuilt = numbers.get(name)
            numbers[name] = told if rebuilt is None else np.where(np.isnan(told), rebuilt, told)
    if not current:
        return status
    words = np.where(has, snapshot.status.words()[row], "")
    return Category.of(np.where(words == "", status.words(), words))
