"""Scoring lots, and what follows: bands, band changes, flags. Set-based; only differences are written."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, Min

from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import clear_due_lots, lease_due_lots, mark_all_due
from collection.actions.scores import Assessed, Standard, write_scores
from collection.models import Lot, RiskModelVersion, RiskThresholds
from collection.queries.lot_ids import LotIds
from collection.queries.risk import (
    HolderRecords,
    active_model,
    current_thresholds,
    holder_records,
    model_of,
    open_lots,
)
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.risk import RiskModel, prior_model
from collection.rules.roles import Permission, Viewer, require

CHUNK = 10_000
# Ids looked at in one go when the whole register is scored: some hundred bytes of arrays each.
SPAN = 100_000
LEASE = dt.timedelta(minutes=2)

FIRST_MEDIUM, FIRST_HIGH = 0.20, 0.35
FIRST_BASIS = (
    "Starting point until a cost or a capacity is stated: medium from the assumed base rate of 20 % in 90 "
    "days, high from the upper end of its assumed range (35 %). See the sources of the expert points."
)


def assess(lot_ids: Sequence[int], *, at: dt.datetime) -> Assessed:
    """Score these lots so far as they are open; drop scores and flags of those that are not."""
    standard = standard_in_force(at=at)
    total = Assessed()
    for start in range(0, len(lot_ids), CHUNK):
        total += _assess(sorted(lot_ids[start : start + CHUNK]), standard, at)
    return total


def _assess(lot_ids: LotIds, standard: Standard, at: dt.datetime, **known: HolderRecords) -> Assessed:
    found = open_lots(lot_ids, at=at, **known)
    with transaction.atomic():
        return write_scores(lot_ids, found, standard, at)


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
    """Score every open lot, and drop what is left of lots that are not open any more."""
    standard, records = standard_in_force(at=at), holder_records(at=at)
    ends = Lot.unscoped.aggregate(first=Min("pk"), last=Max("pk"))
    total = Assessed()
    if ends["first"] is not None:
        for start in range(ends["first"], ends["last"] + 1, SPAN):
            total += _assess(range(start, start + SPAN), standard, at, records=records)
    return total


def standard_in_force(*, at: dt.datetime) -> Standard:
    version, model = ensure_model(at=at)
    return Standard(version, model, ensure_thresholds(at=at))


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
    asked = mark_all_due(Lot.unscoped.filter(state__in=OPEN_STATES), at=at)
    if asked:
        nudge(ASSESS_DUE)
    return asked


def _put_in_force(version_id: int, *, user_id: int | None, at: dt.datetime) -> RiskModelVersion:
    version = RiskModelVersion.objects.select_for_update().get(pk=version_id)
    RiskModelVersion.objects.filter(is_active=True).update(is_active=False)
    version.is_active, version.activated_at, version.activated_by_id = True, at, user_id
    version.save(update_fields=["is_active", "activated_at", "activated_by"])
    return version
