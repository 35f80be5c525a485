"""Once a month and model: a row on how the model did, and word to those who answer for it where it is off."""

import datetime as dt

from django.db import IntegrityError, transaction

from collection.actions.notifications import members_with, notify
from collection.actions.risk import ensure_model, ensure_thresholds
from collection.models import Membership, RiskModelVersion, RiskMonth
from collection.queries.risk_history import rows_on
from collection.queries.risk_watch import sample_of_open_lots
from collection.rules.risk_watch import FEWEST_ROWS, calls_for_action, closed_months, month_figures
from collection.rules.roles import Role

MOST_MONTHS = 12


def watch(*, at: dt.datetime) -> int:
    """Judge the active model on every closed month of the last year that has no row yet; how many were made.

    Safe to run twice and at once: a month has one row for each model.
    """
    version, model = ensure_model(at=at)
    done = set(RiskMonth.objects.filter(model=version).values_list("month", flat=True))
    wanted = [month for month in closed_months(at, MOST_MONTHS) if month not in done]
    if not wanted:
        return 0
    now, high_from, made = None, ensure_thresholds(at=at).high_from, 0
    for found in rows_on(wanted, until=at):
        if len(found.rows) < FEWEST_ROWS:
            continue
        now = sample_of_open_lots(at=at) if now is None else now
        figures = month_figures(model, found.rows, found.nations, now, high_from)
        exported = int(found.rows.outcomes.export_90.sum())
        expected = sum(float(cell[5]) for cell in figures["cells"])
        row = RiskMonth(
            model=version, month=found.day, made_at=at, rows=len(found.rows), exported=exported,
            expected=expected, is_off=figures["is_far"], figures=figures,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        made += 1
    if made:
        _raise_alarm(version, at)
    return made


def _raise_alarm(version: RiskModelVersion, at: dt.datetime) -> None:
    """Tell product administrators and regulators once for each month that calls for something."""
    newest = list(RiskMonth.objects.filter(model=version).order_by("-month")[:2])
    said = calls_for_action([(row.is_off, row.figures) for row in newest])
    if not said:
        return
    roles = [Role.PRODUCT_ADMIN, Role.REGULATOR]
    organisations = set(
        Membership.objects.filter(role__in=[role.value for role in roles]).values_list(
            "organisation_id", flat=True
        )
    )
    people: set[int] = set().union(*members_with(organisations, roles).values())
    notify(
        people,
        "risk_model",
        f"The export-risk model needs a look: {newest[0].month:%B %Y}",
        " ".join(said),
        "/risk/watch/",
        f"risk-watch-{version.pk}-{newest[0].month:%Y-%m}",
        at,
    )
