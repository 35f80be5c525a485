"""Putting new cuts between the bands in force; the old ones are kept."""

import datetime as dt

from django.db import transaction

from collection.actions.risk import all_open_due
from collection.models import RiskThresholds
from collection.rules.risk_cuts import Cuts
from collection.rules.roles import Permission, Viewer, require


def set_thresholds(viewer: Viewer, cuts: Cuts, *, basis: str, at: dt.datetime) -> RiskThresholds:
    """The new cuts are in force from now, and every open lot is due to be banded by them.

    The same cuts for the same reason once more, as by a second press, change nothing.
    """
    require(viewer, Permission.ADMINISTER)
    with transaction.atomic():
        current = RiskThresholds.objects.filter(is_current=True)
        same = current.filter(medium_from=cuts.medium_from, high_from=cuts.high_from, basis=basis).first()
        if same is not None:
            return same
        current.update(is_current=False)
        thresholds = RiskThresholds.objects.create(
            medium_from=cuts.medium_from,
            high_from=cuts.high_from,
            basis=basis,
            created_at=at,
            set_by_id=viewer.user_id,
        )
        all_open_due(at=at)
    return thresholds
