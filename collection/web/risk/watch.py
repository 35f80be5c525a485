"""Pages that watch the model: month by month, group by group, and what a holder could do to look safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.actions.risk import ensure_model
from collection.queries.risk_gaming import gaming_notices
from collection.queries.risk_watch import Month, months_of
from collection.rules.risk import RiskModel
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.words import level_words
from collection.rules.risk_gaming import PATTERNS
from collection.rules.risk_watch import GROUPINGS, GroupErrors, Rate, calls_for_action, group_errors
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Chart, Series, lines
from collection.web.kit.numbers import percent
from collection.web.risk.card import calibration_chart

FEWEST_IN_GROUP = 20
LOTS_NAMED = 6
TITLES = {"nation": "Nation", "kind": "Kind of holder", "size": "Holder’s open lots"}
STATES = {"moved": ("has moved", "bad"), "drifting": ("drifting", "caution"), "steady": ("steady", "good")}


@requires(Permission.OVERRIDE_RISK, Permission.ADMINISTER)
@require_safe
def watch_page(request: ViewerRequest) -> HttpResponse:
    """Whether the model in force still comes true, and whether what it reads has moved."""
    version, _ = ensure_model(at=request.now)
    months = months_of(version, request.viewer)
    newest = months[0] if months else None
    context = {
        "version": version,
        "months": months,
        "newest": newest,
        "ratio": _ratio(newest) if newest else "",
        "calls": calls_for_action([(month.is_off, month.figures) for month in months])
        if not request.viewer.nation
        else [],
        "plot": calibration_chart(newest.figures["reliability"]) if newest else None,
        "course": _course(months),
        "drift": [_drift_line(line) for line in newest.figures["drift"] if line[4] != "steady"]
        if newest
        else [],
        "steady": [_drift_line(line)[0] for line in newest.figures["drift"] if line[4] == "steady"]
        if newest
        else [],
        "nation": request.viewer.nation,
    }
    return render(request, "collection/risk/watch.html", context)


def _ratio(month: Month) -> str:
    return f"{month.exported / month.expected:.2f}" if month.expected else "not known"


def _course(months: Sequence[Month]) -> Chart | None:
    """Expected and observed share exported, month by month, oldest first."""
    known = [month for month in reversed(months) if month.rows]
    if len(known) < 2:
        return None
    return lines(
        title="Expected and exported, month by month",
        summary="Of the lots open on the first of each month, the share exported within 90 days.",
        labels=[f"{month.month:%b %Y}" for month in known],
        series=[
            Series("Expected", [month.expected / month.rows for month in known]),
            Series("Was exported", [month.exported / month.rows for month in known]),
        ],
        text=percent,
        labels_title="Month",
    )


def _drift_line(line: Sequence[Any]) -> tuple[str, str, str, str, str, str]:
    signal, psi, missing_then, missing_now, state = line
    words, tone = STATES[state]
    name = SIGNAL_BY_NAME[signal].words if signal in SIGNAL_BY_NAME else signal
    return name, f"{psi:.2f}", percent(missing_then), percent(missing_now), words, tone


@requires(Permission.OVERRIDE_RISK, Permission.ADMINISTER)
@require_safe
def fairness_page(request: ViewerRequest) -> HttpResponse:
    """Whom the model gets wrong, and patterns that make lots look safer than they are."""
    version, model = ensure_model(at=request.now)
    months = months_of(version, request.viewer)
    cells = [cell for month in months for cell in month.figures["cells"]]
    notices = gaming_notices(request.viewer, at=request.now)
    context = {
        "version": version,
        "months": months,
        "groups": [
            (TITLES[name], [_group_line(name, one) for one in group_errors(cells, name)])
            for name in GROUPINGS
        ]
        if cells
        else [],
        "patterns": [
            (words, meaning, [(one, one.lots[:LOTS_NAMED], len(one.lots) - LOTS_NAMED) for one in notices
                              if one.pattern == pattern])
            for pattern, (words, meaning) in PATTERNS.items()
        ],
        "gains": moves(model),
    }  # fmt: skip
    return render(request, "collection/risk/fairness.html", context)


def _group_line(grouping: str, one: GroupErrors) -> dict[str, Any]:
    ratio = one.observed_over_expected
    return {
        "name": (level_words("holder_type", one.name) if grouping == "kind" else one.name) or "not known",
        "rows": f"{one.rows:,}",
        "exported": f"{one.exported:,}",
        "ratio": "not known" if ratio is None else f"{ratio:.2f}",
        "wrongly": _share(one.warned_though_kept),
        "missed": _share(one.missed),
        "is_small": one.rows < FEWEST_IN_GROUP,
    }


def _share(rate: Rate) -> str:
    if rate.share is None or rate.interval is None:
        return "none to judge"
    low, high = rate.interval
    return f"{percent(rate.share)} ({percent(low)} to {percent(high)}), {rate.part:,} of {rate.whole:,}"


def moves(model: RiskModel) -> list[tuple[str, str, str]]:
    """What a holder could do to look safe, what it takes off at most in this model, and what notices it."""
    return [
        (
            "Declare a sale to a UK recycler and export",
            _gain(model, "intent", "undecided", "retain"),
            "“Said it would sell here, and exported”, and the holder’s own record in the score",
        ),
        (
            "Log late, or pass old stock off as fresh",
            _gain(model, "days_in_stock", 120.0, 0.0),
            "“Logged within days of leaving”",
        ),
        (
            "Withdraw a lot and log it again",
            _gain(model, "days_in_stock", 120.0, 0.0),
            "“Withdrawn and logged again”",
        ),
        (
            "Split a load into lots under 150 kg",
            _gain(model, "own_load", 400.0, 100.0),
            "“Split into small lots”",
        ),
        (
            "Let an offer stand without meaning to take it",
            _gain(model, "status", "logged", "offered"),
            "Offers run out by themselves; an offer that lapsed counts no longer",
        ),
        ("Leave things out", "Nothing: “not known” has its own points and is never the safest value", ""),
        ("Ship and tell later", "The lot looks open meanwhile", "“Export recorded late”"),
    ]


def _gain(model: RiskModel, signal: str, honest: str | float, told: str | float) -> str:
    shape, points = model.shapes[signal], model.heads["export"].points.get(signal, ())
    if not points:
        return "Nothing"

    def at(value: str | float) -> float:
        if isinstance(value, str):
            return points[shape.levels.index(value)] if value in shape.levels else points[-1]
        return float(np.interp(value, shape.knots, points[: len(shape.knots)]))

    gain = at(honest) - at(told)
    return f"{gain:.1f} points" if gain > 0.05 else "Nothing"
