"""A person's band in place of the model's: set with a reason and an end, lifted, and ended by itself."""

import datetime as dt

import numpy as np
from django.db import transaction

from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.actions.risk import assess, ensure_thresholds
from collection.models import Band, Lot, RiskOverride, Score
from collection.rules.lifecycle import OPEN_STATES, StateConflictError, Verb
from collection.rules.risk import band
from collection.rules.risk_override import OVERRIDE_REASONS, OverrideInputError, override_until
from collection.rules.roles import Permission, Viewer, require


def override_band(
    viewer: Viewer, lot_id: int, *, to_band: int, reason: str, words: str, days: int, at: dt.datetime
) -> RiskOverride:
    """Put this band in force on an open, scored lot until it ends. One made earlier gives way.

    The lot is looked at again at once, so its flag follows. Raises OverrideInputError naming the field.
    """
    require(viewer, Permission.OVERRIDE_RISK)
    if reason not in OVERRIDE_REASONS:
        raise OverrideInputError("reason", "Choose a reason")
    if not words.strip():
        raise OverrideInputError("words", "Say in a sentence what you know")
    until = override_until(at, days)
    with transaction.atomic():
        lot: Lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
        if lot.state not in OPEN_STATES:
            raise StateConflictError(f"{lot.reference} is no longer held.")
        score = Score.objects.filter(lot=lot).first()
        if score is None:
            raise StateConflictError(f"{lot.reference} has no score yet; try again in a moment.")
        RiskOverride.objects.filter(lot=lot, ended_at=None).update(ended_at=at, ended_by_id=viewer.user_id)
        made = RiskOverride.objects.create(
            lot=lot,
            band=Band(to_band),
            reason=reason,
            words=words.strip()[:300],
            model_band=model_band(score.p90, at=at),
            model_p90=score.p90,
            made_at=at,
            made_by_id=viewer.user_id,
            expires_at=until,
        )
        record_events(
            [lot.pk],
            Verb.OVERRIDDEN,
            at=at,
            recorded_at=at,
            viewer=viewer,
            words=f"{Band(to_band).label} until {until:%-d %B %Y}: {OVERRIDE_REASONS[reason]}",
        )
        assess([lot.pk], at=at)
    return made


def lift_override(viewer: Viewer, override_id: int, *, at: dt.datetime) -> None:
    """End an override before its time; the model's band holds again at once."""
    require(viewer, Permission.OVERRIDE_RISK)
    with transaction.atomic():
        found = RiskOverride.objects.select_related("lot").get(
            pk=override_id, lot__in=Lot.objects.visible_to(viewer).order_by().values("pk")
        )
        ended = RiskOverride.objects.filter(pk=found.pk, ended_at=None).update(
            ended_at=at, ended_by_id=viewer.user_id
        )
        if not ended:
            raise StateConflictError("This override has ended already.")
        record_events([found.lot_id], Verb.OVERRIDE_ENDED, at=at, recorded_at=at, viewer=viewer)
        assess([found.lot_id], at=at)


def end_overrides(*, at: dt.datetime) -> int:
    """End the overrides whose time has run out and ask for their lots to be scored. Safe to run twice."""
    with transaction.atomic():
        due = RiskOverride.objects.select_for_update().filter(ended_at=None, expires_at__lte=at)
        found = dict(due.order_by("pk").values_list("pk", "lot_id"))
        for override in RiskOverride.objects.filter(pk__in=found, ended_at=None):
            RiskOverride.objects.filter(pk=override.pk).update(ended_at=override.expires_at)
        lot_ids = sorted(set(found.values()))
        if lot_ids:
            record_events(
                lot_ids,
                Verb.OVERRIDE_ENDED,
                at=at,
                recorded_at=at,
                viewer=None,
                words="Its time has run out",
            )
            mark_due(lot_ids, at=at)
            nudge(ASSESS_DUE)
    return len(found)


def model_band(p90: float, *, at: dt.datetime) -> Band:
    """The band the model alone gives this chance by the cuts in force."""
    cuts = ensure_thresholds(at=at)
    number = band(np.array([p90]), (cuts.medium_from, cuts.high_from))[0]
    return Band(int(number) + int(Band.LOW))
