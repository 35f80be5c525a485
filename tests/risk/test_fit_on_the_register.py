"""The model learns from the register's own past, from nothing that was not on record, and waits for a person."""

import datetime as dt
import io

import numpy as np
import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from collection.actions.risk import activate_by_command, ensure_model
from collection.actions.risk_models import TooFewOutcomesError, fit_model
from collection.models import AssessmentDue, Event, RiskModelVersion
from collection.queries.risk import model_of
from collection.queries.risk_history import day_of, register_rows
from collection.rules.lifecycle import Verb
from tests.cast import Cast
from tests.risk.made_register import NOW, closed_lots, log_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_a_fit_is_kept_beside_the_active_model_with_figures_of_both(cast: Cast) -> None:
    closed_lots(cast, 300)
    active, _ = ensure_model(at=NOW)

    fitted = fit_model(until=NOW, at=NOW)

    assert fitted.is_new
    assert not fitted.version.is_active
    assert RiskModelVersion.objects.get(is_active=True) == active
    assert {"active", "fitted"} == set(fitted.compared)
    brier = {name: figures["metrics"]["brier"] for name, figures in fitted.compared.items()}
    assert brier["fitted"] < brier["active"]
    export = model_of(fitted.version).heads["export"].points["intent"]
    levels = model_of(fitted.version).shapes["intent"].levels
    assert export[levels.index("export")] > export[levels.index("retain")]


def test_fitting_the_same_past_twice_keeps_one_model(cast: Cast) -> None:
    closed_lots(cast, 150)

    once, again = fit_model(until=NOW, at=NOW), fit_model(until=NOW, at=NOW)

    assert once.version == again.version
    assert not again.is_new


def test_what_was_recorded_later_changes_nothing(cast: Cast) -> None:
    lots = closed_lots(cast, 150)
    cut = NOW - dt.timedelta(days=60)
    before = register_rows(until=cut)
    Event.objects.create(lot=lots[0], verb=Verb.LOST, at=lots[0].logged_at, recorded_at=NOW)
    log_one(cast)

    after = register_rows(until=cut)

    assert before is not None
    assert after is not None
    assert np.array_equal(before.rows.outcomes.export_90, after.rows.outcomes.export_90)
    assert np.array_equal(before.rows.lot, after.rows.lot)
    assert after.rows.day.max() <= day_of(cut) - 135


def test_a_longer_past_asks_no_more_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    closed_lots(cast, 200)
    with django_assert_max_num_queries(9):
        register_rows(until=NOW)


def test_too_few_closed_lots_are_said_in_a_sentence(cast: Cast) -> None:
    log_one(cast)
    with pytest.raises(TooFewOutcomesError, match="too few closed lots"):
        fit_model(until=NOW, at=NOW)

    out = io.StringIO()
    call_command("fit_risk_model", stdout=out)

    assert "too few closed lots" in out.getvalue()
    assert not RiskModelVersion.objects.filter(record__basis__startswith="Fitted").exists()


def test_activating_by_command_asks_for_every_open_lot_to_be_scored(cast: Cast) -> None:
    closed_lots(cast, 150)
    version = fit_model(until=NOW, at=NOW).version
    AssessmentDue.objects.all().delete()

    due = activate_by_command(version.pk, at=NOW)

    assert due == AssessmentDue.objects.count() == 1
    assert RiskModelVersion.objects.get(is_active=True) == version
