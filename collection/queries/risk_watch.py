"""What the pages that watch the risk model read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collection.models import Lot, RiskModelVersion, RiskMonth
from collection.queries.risk import open_lots
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.risk import FeatureTable
from collection.rules.roles import Viewer

SAMPLE = 20_000
MONTHS_SHOWN = 12


def sample_of_open_lots(*, at: dt.datetime) -> FeatureTable | None:
    """Facts of open lots of today: all of them, or every so-manieth of a large register."""
    ids = list(Lot.unscoped.filter(state__in=OPEN_STATES).order_by("pk").values_list("pk", flat=True))
    found = open_lots(ids[:: max(1, -(-len(ids) // SAMPLE))], at=at) if ids else None
    return found.features if found is not None else None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the model in force, counted over the lots the viewer answers for."""

    month: dt.date
    rows: int
    exported: int
    expected: float
    is_off: bool
    figures: dict[str, Any]


def months_of(version: RiskModelVersion, viewer: Viewer) -> Sequence[Month]:
    """The newest months first. A regulator of one nation gets that nation's counts, never the kingdom's."""
    rows = RiskMonth.objects.filter(model=version).order_by("-month")[:MONTHS_SHOWN]
    return [_seen_by(viewer, row) for row in rows]


def _seen_by(viewer: Viewer, row: RiskMonth) -> Month:
    cells = [cell for cell in row.figures["cells"] if viewer.nation in ("", cell[0])]
    plots = row.figures["reliability"]
    figures = row.figures | {"cells": cells, "reliability": plots.get(viewer.nation, [])}
    if viewer.nation:
        figures = figures | {"check": dict.fromkeys(row.figures["check"])}
    return Month(
        row.month,
        round(sum(cell[3] for cell in cells)),
        round(sum(cell[4] for cell in cells)),
        sum(cell[5] for cell in cells),
        row.is_off,
        figures,
    )
