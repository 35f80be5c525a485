"""Writing what a scoring found: scores, band changes, flags and their events. Only differences, set-based.

Scores are compared with the stored ones as arrays; what differs is staged and written by one statement a
table. A run that changes nothing writes nothing.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, transaction
from numpy.typing import NDArray

from collection.actions.bulk import copy_into, microseconds, staged
from collection.actions.dispatch import ANNOUNCE_FLAGS, nudge
from collection.models import (
    Band,
    BandChange,
    Event,
    Flag,
    FrozenLayout,
    Lot,
    RiskModelVersion,
    RiskThresholds,
    Score,
)
from collection.queries.columns import number, read_columns, whole
from collection.queries.lot_ids import LotIds, among
from collection.queries.overrides import with_overrides
from collection.queries.risk import OpenLots
from collection.rules.lifecycle import OPEN_STATES, STATE_LABELS, LotState, Verb
from collection.rules.risk import FeatureTable, RiskModel, band, score
from collection.rules.risk.frozen import freeze, layout_of

# Probabilities are kept to four places, points to two: finer changes are noise, and every run would write them.
PLACES_KEPT = {"points": 2, "p30": 4, "p60": 4, "p90": 4, "p_retained": 4, "p_lost": 4}
HAS_FALLEN = "The risk has fallen"
HOLDS_NOTHING = "No rare-earth magnets in it"

_STORED = {
    "lot_id": whole("pk"),
    "model_id": whole("model_id"),
    "band": whole("band"),
    "expected_export_grams": whole("expected_export_grams"),
    **{name: number(name) for name in PLACES_KEPT},
}
_NOT_SCORED = 0

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What one run looked at and changed."""

    lots: int = 0
    written: int = 0
    opened: int = 0
    closed: int = 0

    def __add__(self, other: "Assessed") -> "Assessed":
        return Assessed(
            self.lots + other.lots,
            self.written + other.written,
            self.opened + other.opened,
            self.closed + other.closed,
        )


@dataclass(frozen=True, slots=True)
class Standard:
    """What every lot of a run is scored by."""

    version: RiskModelVersion
    model: RiskModel
    thresholds: RiskThresholds


def write_scores(lot_ids: LotIds, found: OpenLots | None, standard: Standard, at: dt.datetime) -> Assessed:
    """Write what is different now for these lots, of which `found` are open. In the caller's transaction."""
    stored = read_columns(Score.objects.filter(among("pk", lot_ids)).order_by("pk"), _STORED)
    flags = Flag.objects.filter(among("lot_id", lot_ids), closed_at=None).order_by("lot_id")
    flagged = read_columns(flags, {"lot_id": whole("lot_id")})["lot_id"]
    if found is None:
        return Assessed(closed=_drop_closed(stored["lot_id"], flagged, at))
    open_ids = found.lot_ids
    closed = _drop_closed(
        stored["lot_id"][~np.isin(stored["lot_id"], open_ids)], flagged[~np.isin(flagged, open_ids)], at
    )
    says = _what_scores_say(lot_ids, found, standard, at)
    before, differs = _compared(says, stored)
    is_new = before == _NOT_SCORED
    _insert_scores({name: values[is_new] for name, values in says.items()}, at)
    _upsert_scores({name: values[differs & ~is_new] for name, values in says.items()}, at)
    has_moved = (before != says["band"]) & (~is_new | (says["band"] != Band.LOW))
    _record_band_changes(np.flatnonzero(has_moved), before, says, found.features, standard, at)
    is_high, is_flagged = says["band"] == Band.HIGH, np.isin(open_ids, flagged)
    # A booked pickup is the remedy a flag asks for: a reserved lot needs no flag.
    wanted = is_high & ~is_flagged & found.is_held
    opened = _open_flags(open_ids[wanted], says["p90"][wanted], at)
    closed += _close_flags(open_ids[is_flagged & ~is_high], HAS_FALLEN, at)
    return Assessed(len(open_ids), int(differs.sum()), opened, closed)


def _what_scores_say(lot_ids: LotIds, found: OpenLots, standard: Standard, at: dt.datetime) -> Columns:
    """The columns of a score for every lot, `lot_id` and those compared."""
    scores = score(standard.model, found.features)
    cuts = (standard.thresholds.medium_from, standard.thresholds.high_from)
    bands = band(scores.p90, cuts) + int(Band.LOW)
    kept = {name: np.round(getattr(scores, name), places) for name, places in PLACES_KEPT.items()}
    expected = np.round(kept["p90"] * found.magnet_grams).astype(np.int64)
    return {
        "lot_id": found.lot_ids,
        "model_id": np.full(len(found.lot_ids), standard.version.pk, dtype=np.int64),
        "band": with_overrides(bands, found.lot_ids, at=at, asked=lot_ids).astype(np.int16),
        "expected_export_grams": expected,
        **kept,
    }


def _compared(says: Columns, stored: Columns) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The stored band of each lot (0 without a score), and whether anything stored is different."""
    lots, ids = says["lot_id"], stored["lot_id"]
    if not len(ids):
        return np.full(len(lots), _NOT_SCORED), np.ones(len(lots), dtype=np.bool_)
    place = np.minimum(np.searchsorted(ids, lots), len(ids) - 1)
    is_stored = ids[place] == lots
    differs = ~is_stored
    for name, values in says.items():
        differs |= stored[name][place] != values
    return np.where(is_stored, stored["band"][place], _NOT_SCORED), differs


def _insert_scores(new: Columns, at: dt.datetime) -> None:
    """Scores of lots that had none. Where somebody else was first, theirs are overwritten."""
    if not len(new["lot_id"]) or connection.vendor != "postgresql":
        return _upsert_scores(new, at)
    scored_at = np.full(len(new["lot_id"]), microseconds(at), dtype=np.int64)
    try:
        with transaction.atomic():
            copy_into(Score._meta.db_table, new | {"scored_at": scored_at})
    except IntegrityError:
        _upsert_scores(new, at)
    return None


def _upsert_scores(changed: Columns, at: dt.datetime) -> None:
    if not len(changed["lot_id"]):
        return
    names = list(changed)
    new = ", ".join(f"{name} = excluded.{name}" for name in [*names[1:], "scored_at"])
    with staged("scores", changed) as table:
        _execute(
            f"INSERT INTO {Score._meta.db_table} ({', '.join(names)}, scored_at) "
            f"SELECT {', '.join(names)}, %s FROM {table} WHERE true "
            f"ON CONFLICT (lot_id) DO UPDATE SET {new}",
            [at],
        )


def _record_band_changes(
    rows: NDArray[np.intp],
    before: NDArray[np.int64],
    says: Columns,
    features: FeatureTable,
    standard: Standard,
    at: dt.datetime,
) -> None:
    """Keep the facts of these rows, so that their scores can be replayed."""
    if not len(rows):
        return
    facts = features.rows(rows)
    columns = {
        "lot_id": says["lot_id"][rows],
        "from_band": before[rows],
        "to_band": says["band"][rows],
        "p90": says["p90"][rows],
        "frozen": freeze(facts),
    }
    with staged("band_changes", columns) as table:
        _execute(
            f"INSERT INTO {BandChange._meta.db_table} "
            "(lot_id, model_id, layout_id, from_band, to_band, p90, at, frozen) "
            f"SELECT lot_id, %s, %s, NULLIF(from_band, {_NOT_SCORED}), to_band, p90, %s, frozen FROM {table}",
            [standard.version.pk, _kept_layout(facts).pk, at],
        )


def _kept_layout(facts: FeatureTable) -> FrozenLayout:
    columns = layout_of(facts)
    checksum = hashlib.sha256(json.dumps(columns).encode()).hexdigest()
    return FrozenLayout.objects.get_or_create(checksum=checksum, defaults={"columns": columns})[0]


def _open_flags(lot_ids: NDArray[np.int64], p90: NDArray[np.float64], at: dt.datetime) -> int:
    """Open a flag on each of these lots; the constraint makes it one where two look at once."""
    if not len(lot_ids):
        return 0
    with staged("flags", {"lot_id": lot_ids, "p90": p90}) as table:
        opened = _execute(
            f"INSERT INTO {Flag._meta.db_table} (lot_id, opened_at, p90_at_opening, closed_because) "
            f"SELECT lot_id, %s, p90, '' FROM {table} WHERE true ON CONFLICT DO NOTHING RETURNING lot_id",
            [at],
        )
    _record_events(opened, Verb.FLAGGED, at)
    nudge(ANNOUNCE_FLAGS)
    return len(opened)


def _close_flags(lot_ids: NDArray[np.int64], because: str, at: dt.datetime) -> int:
    if not len(lot_ids):
        return 0
    with staged("flags_to_close", {"lot_id": lot_ids}) as table:
        closed = _execute(
            f"UPDATE {Flag._meta.db_table} SET closed_at = %s, closed_because = %s "
            f"WHERE closed_at IS NULL AND lot_id IN (SELECT lot_id FROM {table}) RETURNING lot_id",
            [at, because],
        )
    _record_events(closed, Verb.UNFLAGGED, at, because)
    return len(closed)


def _drop_closed(scored: NDArray[np.int64], flagged: NDArray[np.int64], at: dt.datetime) -> int:
    """Lots that are no longer open, or hold nothing, have no score; their flags end with what became of them."""
    if len(scored):
        with staged("scores_to_drop", {"lot_id": scored}) as table:
            _execute(f"DELETE FROM {Score._meta.db_table} WHERE lot_id IN (SELECT lot_id FROM {table})", [])
    states: Mapping[int, str] = dict(
        Lot.unscoped.filter(pk__in=flagged.tolist()).order_by().values_list("pk", "state")
    )
    closed = 0
    for state in sorted(set(states.values())):
        lots = np.array([lot_id for lot_id in flagged.tolist() if states[lot_id] == state], dtype=np.int64)
        because = HOLDS_NOTHING if state in OPEN_STATES else STATE_LABELS[LotState(state)]
        closed += _close_flags(lots, because, at)
    return closed


def _record_events(lot_ids: Sequence[int], verb: Verb, at: dt.datetime, words: str = "") -> None:
    """One event a lot, of which the system itself is the author."""
    if not lot_ids:
        return
    with staged("events", {"lot_id": np.array(lot_ids, dtype=np.int64)}) as table:
        _execute(
            f"INSERT INTO {Event._meta.db_table} (lot_id, verb, at, recorded_at, words, data) "
            f"SELECT lot_id, %s, %s, %s, %s, '{{}}' FROM {table}",
            [verb.value, at, at, words],
        )


def _execute(sql: str, parameters: Sequence[Any]) -> list[int]:
    """Run a statement; the first column of what it returns, if it returns anything."""
    adapted = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value
        for value in parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []
