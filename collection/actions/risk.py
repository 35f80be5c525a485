"""Scoring lots, and what follows: bands, band changes, flags. Set-based; only differences are written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from collection.actions.dispatch import ANNOUNCE_FLAGS, ASSESS_DUE, nudge
from collection.actions.jobs import clear_due_lots, lease_due_lots, mark_due
from collection.actions.lifecycle import record_events
from collection.models import Band, BandChange, Flag, Lot, RiskModelVersion, RiskThresholds, Score
from collection.queries.risk import OpenLots, active_model, current_thresholds, frozen, model_of, open_lots
from collection.rules.lifecycle import OPEN_STATES, STATE_LABELS, LotState, Verb
from collection.rules.risk import RiskModel, Scores, band, prior_model, score
from collection.rules.roles import Permission, Viewer, require

# Probabilities are kept to four places: finer changes are noise and would be written every day.
PLACES_KEPT = 4
CHUNK = 10_000
LEASE = dt.timedelta(minutes=2)

FIRST_MEDIUM, FIRST_HIGH = 0.20, 0.35
FIRST_BASIS = (
    "Starting point until a cost or a capacity is stated: medium from the assumed base rate of 20 % in 90 "
    "days, high from the upper end of its assumed range (35 %). See the sources of the expert points."
)


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


def assess(lot_ids: Sequence[int], *, at: dt.datetime) -> Assessed:
    """Score these lots so far as they are open; drop scores and flags of those that are not."""
    version, model = ensure_model(at=at)
    thresholds = ensure_thresholds(at=at)
    total = Assessed()
    for start in range(0, len(lot_ids), CHUNK):
        chunk = sorted(lot_ids[start : start + CHUNK])
        found = open_lots(chunk, at=at)
        with transaction.atomic():
            total += _drop_closed(chunk, found, at)
            if found is not None:
                total += _write(found, version, model, thresholds, at)
    return total


def assess_due(*, now: dt.datetime) -> int:
    """Assess one batch of the lots that wait; their rows go once it is written. 0 when none waits.

    A worker killed on the way loses its lease, and the next one takes the same lots again.
    """
    token, lot_ids = lease_due_lots(now=now, lease=LEASE, limit=CHUNK)
    if lot_ids:
        assess(lot_ids, at=now)
        clear_due_lots(token)
    return len(lot_ids)


def assess_all(*, at: dt.datetime) -> Assessed:
    """Score every lot that is open or still has a score."""
    from_states = Lot.unscoped.filter(state__in=[LotState.HELD, LotState.RESERVED])
    lot_ids = set(from_states.values_list("pk", flat=True)) | set(Score.objects.values_list("pk", flat=True))
    return assess(sorted(lot_ids), at=at)


def ensure_model(*, at: dt.datetime) -> tuple[RiskModelVersion, RiskModel]:
    """The active model; the documented expert priors where none was activated yet."""
    active = active_model()
    if active is not None:
        return active
    model = prior_model()
    version, _ = RiskModelVersion.objects.get_or_create(
        version=model.version,
        defaults={
            "record": {"model": model.as_json(), "basis": "Expert priors, not fitted to outcomes"},
            "created_at": at,
        },
    )
    if not RiskModelVersion.objects.filter(is_active=True).exists():
        RiskModelVersion.objects.filter(pk=version.pk).update(is_active=True, activated_at=at)
        version.refresh_from_db()
    return version, model_of(version)


def ensure_thresholds(*, at: dt.datetime) -> RiskThresholds:
    """The cuts in force; the documented starting point where none was set yet."""
    current = current_thresholds()
    if current is not None:
        return current
    thresholds, _ = RiskThresholds.objects.get_or_create(
        is_current=True,
        defaults={
            "medium_from": FIRST_MEDIUM,
            "high_from": FIRST_HIGH,
            "basis": FIRST_BASIS,
            "created_at": at,
        },
    )
    return thresholds


def activate_model(viewer: Viewer, version_id: int, *, at: dt.datetime) -> RiskModelVersion:
    """Make a model version the active one: a person's act, also the way back to an earlier one.

    Every open lot is due to be scored by it.
    """
    require(viewer, Permission.ADMINISTER)
    with transaction.atomic():
        version = _put_in_force(version_id, user_id=viewer.user_id, at=at)
        all_open_due(at=at)
    return version


def activate_by_command(version_id: int, *, at: dt.datetime) -> int:
    """Make a version active on the word of whoever runs the server; no name is kept. How many lots are due."""
    with transaction.atomic():
        _put_in_force(version_id, user_id=None, at=at)
        return all_open_due(at=at)


def all_open_due(*, at: dt.datetime) -> int:
    """Ask for every open lot to be scored anew, soon; how many there are."""
    lot_ids = list(Lot.unscoped.filter(state__in=OPEN_STATES).order_by().values_list("pk", flat=True))
    mark_due(lot_ids, at=at)
    if lot_ids:
        nudge(ASSESS_DUE)
    return len(lot_ids)


def _put_in_force(version_id: int, *, user_id: int | None, at: dt.datetime) -> RiskModelVersion:
    version = RiskModelVersion.objects.select_for_update().get(pk=version_id)
    RiskModelVersion.objects.filter(is_active=True).update(is_active=False)
    version.is_active, version.activated_at, version.activated_by_id = True, at, user_id
    version.save(update_fields=["is_active", "activated_at", "activated_by"])
    return version


# What a stored score says; when it was reckoned does not matter. `lot_id` first, `band` last but one.
_SAYS = (
    "lot_id",
    "model_id",
    "points",
    "p30",
    "p60",
    "p90",
    "p_retained",
    "p_lost",
    "band",
    "expected_export_grams",
)
_BAND = _SAYS.index("band")


def _write(
    found: OpenLots, version: RiskModelVersion, model: RiskModel, thresholds: RiskThresholds, at: dt.datetime
) -> Assessed:
    scores = score(model, found.features)
    bands = band(scores.p90, (thresholds.medium_from, thresholds.high_from)) + int(Band.LOW)
    says = _what_scores_say(found, scores, bands, version)
    stored = Score.objects.filter(pk__in=found.lot_ids.tolist()).values_list(*_SAYS)
    before = {row[0]: row for row in stored}
    # Rows are compared as they are, and model instances made only of those that differ.
    changed = [
        Score(scored_at=at, **dict(zip(_SAYS, row, strict=True))) for row in says if before.get(row[0]) != row
    ]
    Score.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["lot"],
        update_fields=[field.attname for field in Score._meta.concrete_fields if not field.primary_key],
        batch_size=2000,
    )
    bands_before = {lot_id: int(row[_BAND]) for lot_id, row in before.items()}
    moved = [row for row in changed if bands_before.get(row.lot_id) != row.band]
    _record_band_changes(moved, bands_before, found, version, model, at)
    high = {row[0]: row[_SAYS.index("p90")] for row in says if row[_BAND] == Band.HIGH}
    opened = _open_flags(high, at)
    closed = _close_flags([row[0] for row in says if row[0] not in high], "The risk has fallen", at)
    return Assessed(len(says), len(changed), opened, closed)


def _what_scores_say(
    found: OpenLots, scores: Scores, bands: np.ndarray, version: RiskModelVersion
) -> list[tuple[Any, ...]]:
    """The columns of `_SAYS` for every lot, as plain numbers."""
    columns = [
        np.round(values, PLACES_KEPT).tolist()
        for values in (scores.points, scores.p30, scores.p60, scores.p90, scores.p_retained, scores.p_lost)
    ]
    expected = np.round(scores.p90 * found.magnet_grams).astype(np.int64).tolist()
    models = [version.pk] * len(found.lot_ids)
    return list(zip(found.lot_ids.tolist(), models, *columns, bands.tolist(), expected, strict=True))


def _record_band_changes(
    moved: list[Score],
    bands_before: dict[int, int],
    found: OpenLots,
    version: RiskModelVersion,
    model: RiskModel,
    at: dt.datetime,
) -> None:
    """Keep the frozen signals and what each contributed, so that the change can be replayed."""
    if not moved:
        return
    positions = np.searchsorted(found.lot_ids, np.array([row.lot_id for row in moved]))
    features = found.features.rows(positions)
    parts = score(model, features, contributions=True)
    contributions = parts.contributions if parts.contributions is not None else np.zeros((len(moved), 0))
    BandChange.objects.bulk_create(
        [
            BandChange(
                lot_id=row.lot_id,
                model_id=version.pk,
                from_band=bands_before.get(row.lot_id),
                to_band=row.band,
                p90=row.p90,
                at=at,
                features=frozen(features, i),
                contributions={
                    name: float(points)
                    for name, points in zip(parts.signals, contributions[i], strict=True)
                    if points
                },
            )
            for i, row in enumerate(moved)
        ],
        batch_size=2000,
    )


def _open_flags(high: dict[int, float], at: dt.datetime) -> int:
    """Open a flag on every high lot (id → probability) that has none; the constraint makes it one."""
    flagged = set(Flag.objects.filter(closed_at=None, lot_id__in=high).values_list("lot_id", flat=True))
    # A booked pickup is the remedy a flag asks for: a reserved lot needs no flag.
    booked = set(Lot.unscoped.filter(pk__in=high, state=LotState.RESERVED).values_list("pk", flat=True))
    wanted = [lot_id for lot_id in high if lot_id not in flagged and lot_id not in booked]
    if not wanted:
        return 0
    Flag.objects.bulk_create(
        [Flag(lot_id=lot_id, opened_at=at, p90_at_opening=high[lot_id]) for lot_id in wanted],
        ignore_conflicts=True,
        batch_size=2000,
    )
    record_events(wanted, Verb.FLAGGED, at=at, recorded_at=at, viewer=None)
    nudge(ANNOUNCE_FLAGS)
    return len(wanted)


def _close_flags(lot_ids: Sequence[int], because: str, at: dt.datetime) -> int:
    flags = Flag.objects.filter(closed_at=None, lot_id__in=lot_ids)
    flagged = list(flags.values_list("lot_id", flat=True))
    if flagged:
        flags.filter(lot_id__in=flagged).update(closed_at=at, closed_because=because)
        record_events(flagged, Verb.UNFLAGGED, at=at, recorded_at=at, viewer=None, words=because)
    return len(flagged)


def _drop_closed(lot_ids: Sequence[int], found: OpenLots | None, at: dt.datetime) -> Assessed:
    """Lots that are no longer open have no score, and their flags end with what became of them."""
    still_open = set() if found is None else set(found.lot_ids.tolist())
    gone = [lot_id for lot_id in lot_ids if lot_id not in still_open]
    if not gone:
        return Assessed()
    Score.objects.filter(pk__in=gone).delete()
    closed = 0
    flagged = Lot.unscoped.filter(pk__in=gone, flags__closed_at=None, flags__isnull=False)
    for lot_id, state in flagged.values_list("pk", "state"):
        closed += _close_flags([lot_id], STATE_LABELS[LotState(state)], at)
    return Assessed(closed=closed)
