"""A history folder in memory: lots, events, sites, market, site events and what was on file on review days.

The layout is documented in docs/history-layout.md. Only lots.csv and events.csv must be there. Days are
float numbers of days since 1970-01-01, NaN where not known. Nothing here decides what may be seen on a day:
that is `views`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collection.rules.risk.columnar import HistoryError, iso_date, read_columns
from collection.rules.risk.features import COLUMN_BY_NAME, Category, Floats

Ints = NDArray[np.int64]

LOT_COLUMNS = {
    "lot_id": "text", "site_id": "text", "holder_id": "text", "holder_type": "text", "region": "text",
    "form": "text", "chemistry": "text", "logged_date": "day", "weeks_in_stock_at_log": "number",
    "gross_kg": "number", "magnet_kg_est": "number", "re_kg_est": "number", "dy_kg_est": "number",
    "hazard_class": "text", "contract": "text", "public_owner": "flag", "defence_owner": "flag",
    "hold_until": "day", "declared_intent": "text", "compliance_band": "text",
}  # fmt: skip
EVENT_COLUMNS = {"lot_id": "text", "event": "word", "event_date": "day", "recorded_date": "day"}
SITE_COLUMNS = {
    "site_id": "text", "holder_id": "text", "holder_type": "text", "region": "text", "dist_port_km": "number",
    "dist_bulk_dock_km": "number", "dist_recycler_km": "number", "usual_load_t": "number",
}  # fmt: skip
MARKET_COLUMNS = {
    "week_start": "day", "ndpr_gbp_kg": "number", "scrap_index": "number", "backlog_R1": "number",
    "backlog_R2": "number", "backlog_R3": "number", "backlog_R4": "number", "R4_open": "flag",
    "licence_in_force": "flag",
}  # fmt: skip
SITE_EVENT_COLUMNS = {"site_id": "text", "event": "word", "date": "day"}
SNAPSHOT_NUMBERS = (
    "days_since_logged", "days_in_stock", "weeks_since_offer", "export_bid_gbp_kg", "domestic_price_gbp_kg",
    "scrap_index", "ndpr_change_4w", "site_pile_t", "site_load_t", "weeks_since_dispatch", "dispatches_13w",
    "broker_visits_8w", "recycler_backlog_wk", "dist_recycler_km", "dist_port_km", "dist_bulk_dock_km",
    "hold_days_left", "holder_closed_n", "holder_export_n", "holder_pickup_n", "licence_in_force",
)  # fmt: skip
SNAPSHOT_COLUMNS = {
    "lot_id": "text", "snapshot_date": "day", "status": "word", **dict.fromkeys(SNAPSHOT_NUMBERS, "number"),
}  # fmt: skip
MAY_BE_NEGATIVE = ("ndpr_change_4w", "hold_days_left")

EVENTS = ("logged", "offered", "offer_lapsed", "booked", "pickup", "export", "lost", "unknown")
EVENT_CODE = {name: code for code, name in enumerate(EVENTS)}
FIRST_END = EVENT_CODE["pickup"]


@dataclass(frozen=True)
class Events:
    """What happened to lots, in order of the day the register learnt of it."""

    lot: Ints
    kind: Ints
    day: Floats
    recorded: Floats


@dataclass(frozen=True)
class Snapshots:
    """The record as it stood on one review day; `lot` are rows of the history's lots."""

    lot: Ints
    status: Category
    numbers: Mapping[str, Floats]


@dataclass(frozen=True)
class History:
    """All files of a folder. `lots` has every column of LOT_COLUMNS, filled with "not known" where absent.

    `left_out` says in sentences which events could not be used.
    """

    folder: Path
    lot_ids: NDArray[np.str_]
    numbers: Mapping[str, Floats]
    words: Mapping[str, Category]
    events: Events
    sites: Mapping[str, np.ndarray]
    market: Mapping[str, Floats]
    site_events: Mapping[str, np.ndarray]
    snapshot_days: Floats
    left_out: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.lot_ids)

    def rows_of(self, lot_ids: NDArray[np.str_]) -> Ints:
        """Row of each lot id; -1 where the id is not a lot of this history."""
        return positions(self.lot_ids, lot_ids)


def positions(known: NDArray[np.str_], wanted: NDArray[np.str_]) -> Ints:
    """Where each wanted word stands in `known` (any order); -1 where it does not."""
    if not len(known) or not len(wanted):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    place = np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)
    rows = order[place]
    return np.where(known[rows] == wanted, rows, -1).astype(np.int64)


def read_history(folder: Path) -> History:
    """Read a folder. HistoryError says what is wrong and where."""
    for name in ("lots.csv", "events.csv"):
        if not (folder / name).is_file():
            raise HistoryError(f"{folder} has no {name}; a history needs lots.csv and events.csv")
    lots = read_columns(folder / "lots.csv", LOT_COLUMNS, ("lot_id", "logged_date"))
    if not len(lots["lot_id"]):
        raise HistoryError("lots.csv has no lots below its header")
    if np.isnan(lots["logged_date"]).all():
        raise HistoryError("lots.csv has no logged_date in any row; without it no lot can be placed in time")
    ids, first = np.unique(lots["lot_id"], return_index=True)
    lots = {name: values[first] for name, values in lots.items()}
    events, left_out = _read_events(folder / "events.csv", ids)
    return History(
        folder=folder,
        lot_ids=ids,
        numbers={
            name: lots.get(name, np.full(len(ids), np.nan))
            for name, kind in LOT_COLUMNS.items()
            if kind != "text"
        },
        words={
            name: Category.of(_known_words(name, lots.get(name, np.full(len(ids), ""))))
            for name, kind in LOT_COLUMNS.items()
            if kind == "text" and name != "lot_id"
        },
        events=events,
        sites=_optional(folder / "sites.csv", SITE_COLUMNS, ("site_id",)),
        market=_optional(folder / "market.csv", MARKET_COLUMNS, ("week_start",)),
        site_events=_optional(folder / "site_events.csv", SITE_EVENT_COLUMNS, ("site_id", "event", "date")),
        snapshot_days=_snapshot_days(folder / "snapshots.csv"),
        left_out=left_out,
    )


def _known_words(name: str, words: NDArray[np.str_]) -> NDArray[np.str_]:
    """The words as the register spells them, whatever their capitals; unknown words stay as they are."""
    column = COLUMN_BY_NAME.get(name)
    spelt = {word.lower(): word for word in column.unit.split(", ")} if column else {}
    levels, code = np.unique(words, return_inverse=True)
    return np.array([spelt.get(level.lower(), level) for level in levels.tolist()], dtype=np.str_)[code]


def _is_there(path: Path) -> bool:
    """An empty file says as little as none."""
    return path.is_file() and path.stat().st_size > 0


def _optional(path: Path, kinds: Mapping[str, str], required: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns of a file, none where it is absent or has nothing below its header."""
    columns = read_columns(path, kinds, required) if _is_there(path) else {}
    return columns if columns and len(columns[required[0]]) else {}


def _read_events(path: Path, ids: NDArray[np.str_]) -> tuple[Events, tuple[str, ...]]:
    columns = read_columns(path, EVENT_COLUMNS, ("lot_id", "event", "event_date"))
    day = columns["event_date"]
    recorded = columns.get("recorded_date", np.full(len(day), np.nan))
    recorded = np.where(np.isnan(recorded), day, recorded)
    kinds = Category.of(columns["event"])
    kind = np.array([*(EVENT_CODE.get(level, -1) for level in kinds.levels), -1], dtype=np.int64)[kinds.codes]
    lot = positions(ids, columns["lot_id"])
    usable = (lot >= 0) & (kind >= 0) & ~np.isnan(day)
    order = np.lexsort((kind[usable], day[usable], lot[usable], recorded[usable]))
    events = Events(lot[usable][order], kind[usable][order], day[usable][order], recorded[usable][order])
    strange = [level for level in kinds.levels if level not in EVENT_CODE]
    reasons = (
        (kind < 0, f"an event that is not known ({', '.join(strange[:3]) or 'empty'})"),
        (lot < 0, "a lot that is not in lots.csv"),
        (np.isnan(day), "no event_date"),
    )
    return events, tuple(
        f"{path.name}: {int(rows.sum()):,} of {len(day):,} rows have {why} and were left out."
        for rows, why in reasons
        if rows.any()
    )


def _snapshot_days(path: Path) -> Floats:
    if not _is_there(path):
        return np.empty(0)
    found = read_columns(path, {"snapshot_date": "day"}, ("lot_id", "snapshot_date"))
    days = np.unique(found["snapshot_date"])
    return days[~np.isnan(days)]


def read_snapshots(history: History, days: Iterable[float]) -> dict[float, Snapshots]:
    """The snapshots of some review days; days without any are left out."""
    path = history.folder / "snapshots.csv"
    wanted = {iso_date(day) for day in days if day in history.snapshot_days}
    if not wanted:
        return {}
    columns = read_columns(
        path,
        SNAPSHOT_COLUMNS,
        ("lot_id", "snapshot_date"),
        lambda cell: cell.strip()[:10] in wanted,
        "snapshot_date",
    )
    lot = history.rows_of(columns["lot_id"])
    status = Category.of(columns.get("status", np.full(len(lot), "")))
    found: dict[float, Snapshots] = {}
    for day in np.unique(columns["snapshot_date"]):
        rows = np.flatnonzero((columns["snapshot_date"] == day) & (lot >= 0))
        _, once = np.unique(lot[rows], return_index=True)
        rows = rows[once]
        numbers = {name: _known(name, columns[name][rows]) for name in SNAPSHOT_NUMBERS if name in columns}
        found[float(day)] = Snapshots(lot[rows], status.rows(rows), numbers)
    return found


def _known(name: str, values: Floats) -> Floats:
    """-1 stands for "not known"; only some columns can be below nought at all."""
    unknown = values == -1 if name in MAY_BE_NEGATIVE else values < 0
    return np.where(unknown, np.nan, values)
