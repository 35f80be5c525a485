"""New risk models from the register's own outcomes. A fit is kept beside the others; people activate it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from collection.actions.risk import ensure_model
from collection.models import RiskModelVersion
from collection.queries.risk_history import RegisterRows, register_rows
from collection.rules.risk import fit
from collection.rules.risk.columnar import iso_date
from collection.rules.risk.fitting import FEWEST_ROWS
from collection.rules.risk_review import side_by_side

# With fewer exports on record a fit is the expert points with noise.
FEWEST_EXPORTS = 30


class TooFewOutcomesError(Exception):
    """The register knows too little to learn from; the message is fit to show."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The stored version (not active), and the figures of the active model and the fit side by side."""

    version: RiskModelVersion
    is_new: bool
    compared: dict[str, Any]


def fit_model(*, until: dt.datetime, at: dt.datetime) -> Fitted:
    """Fit on what was recorded before `until` and keep the model. Raises TooFewOutcomesError."""
    found = register_rows(until=until)
    if found is None:
        raise TooFewOutcomesError(
            "There are too few closed lots to learn from: the register holds no lot whose 90 days, and the "
            "usual wait for records after them, have passed. The expert points stay in force."
        )
    if len(found.rows) < FEWEST_ROWS or found.exports < FEWEST_EXPORTS:
        raise TooFewOutcomesError(
            f"There are too few closed lots to learn from: {found.closed_lots:,} ended on record and "
            f"{found.exports:,} reviews were followed by an export within 90 days, where {FEWEST_EXPORTS} "
            "are needed. The expert points stay in force."
        )
    _, active = ensure_model(at=at)
    compared = side_by_side(found.rows, active, found.nations)
    model = fit(found.rows, about={"trained_before": until.date().isoformat()})
    version, is_new = RiskModelVersion.objects.get_or_create(
        version=model.version,
        defaults={
            "record": {"model": model.as_json(), "basis": "Fitted to the register's own outcomes"},
            "metrics": {"compared_with": active.version, "compared": compared, "training": _training(found)},
            "created_at": at,
        },
    )
    return Fitted(version, is_new, compared)


def keep_ablation(lines: list[dict[str, Any]]) -> str:
    """Keep the table of what each family of signals is worth with the model in force; its version."""
    with transaction.atomic():
        version = RiskModelVersion.objects.select_for_update().get(is_active=True)
        version.metrics = version.metrics | {"ablation": lines}
        version.save(update_fields=["metrics"])
    return str(version.version)


def _training(found: RegisterRows) -> dict[str, Any]:
    days = np.unique(found.rows.day)
    return {
        "first_day": iso_date(days[0]),
        "last_day": iso_date(days[-1]),
        "days": len(days),
        "rows": len(found.rows),
        "closed_lots": found.closed_lots,
        "exports": found.exports,
    }
