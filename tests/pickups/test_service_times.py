"""How long stops take is learnt from stops, drawn towards what was known, and used by itself only within bounds."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.actions.service_times import activate_service_times, fit_one
from collection.models import Pickup, Round, ServiceTimes, Vehicle
from collection.queries.service_times import service_model_of
from collection.rules.planning.service_times import (
    USUAL,
    ServiceModel,
    TimedStop,
    fit_service_times,
)
from tests.cast import Cast
from tests.pickups.conftest import NOW, Book, LogLot


def stops_of(
    count: int, *, stop: float, per_tonne: float, slow: dict[int, float] | None = None, seed: int = 1
) -> list[TimedStop]:
    """Made-up stops at sites 1 to 5 that obey these figures, with noise of three minutes."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        site, kg = number % 5 + 1, float(random.uniform(50, 3000))
        minutes = stop + per_tonne * kg / 1000 + (slow or {}).get(site, 0.0) + float(random.normal(0, 3))
        made.append(TimedStop(NOW + dt.timedelta(hours=number), site, kg, max(2.5, minutes)))
    return made


def test_many_stops_say_what_is_true() -> None:
    fit = fit_service_times(stops_of(300, stop=15, per_tonne=14, slow={3: 12.0}), USUAL)
    assert fit is not None
    assert fit.model.minutes_per_tonne == pytest.approx(14, abs=1.5)
    at_slow = fit.model.stop_minutes + fit.model.site_minutes[3]
    at_usual = fit.model.stop_minutes + fit.model.site_minutes[1]
    assert at_slow - at_usual == pytest.approx(12, abs=2)
    assert fit.error_after < fit.error_before
    assert fit.per_tonne_interval[0] < fit.model.minutes_per_tonne < fit.per_tonne_interval[1]


def test_a_single_stop_moves_little() -> None:
    fit = fit_service_times([TimedStop(NOW, 7, 100.0, 90.0)], USUAL)
    assert fit is not None
    assert abs(fit.model.stop_minutes - USUAL.stop_minutes) < 15
    assert not fit.may_be_used(USUAL), "one stop proves nothing"


def test_a_lunch_break_does_not_move_a_yard() -> None:
    without = fit_service_times(stops_of(60, stop=12, per_tonne=18), USUAL)
    lunch = TimedStop(NOW, 2, 500.0, 200.0)
    with_lunch = fit_service_times([*stops_of(60, stop=12, per_tonne=18), lunch], USUAL)
    assert without is not None
    assert with_lunch is not None
    assert abs(with_lunch.model.site_minutes[2] - without.model.site_minutes[2]) < 2


def test_a_large_change_waits_for_a_person_and_a_small_one_does_not() -> None:
    near = fit_service_times(stops_of(200, stop=12.5, per_tonne=17), USUAL)
    far = fit_service_times(stops_of(200, stop=30, per_tonne=40), USUAL)
    assert near is not None
    assert far is not None
    assert near.may_be_used(USUAL)
    assert not far.may_be_used(USUAL)


def test_stops_that_nobody_timed_teach_nothing() -> None:
    assert fit_service_times([TimedStop(NOW, 1, 500.0, 0.0), TimedStop(NOW, 1, 500.0, 600.0)], USUAL) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30_000), st.integers(0, 30_000), st.floats(0, 60), st.floats(0, 60))
def test_more_load_never_takes_less_time(kg: int, more: int, stop: float, per_tonne: float) -> None:
    model = ServiceModel(stop, per_tonne)
    assert model.minutes(kg, None) <= model.minutes(kg + more, None) <= 150


@pytest.mark.django_db
def test_a_fit_is_a_version_made_once_and_chosen_by_a_person(
    cast: Cast, log: LogLot, van: Vehicle, book: Book
) -> None:
    made: Round = book(van, log(cast.turbine_dismantler))
    pickup = Pickup.unscoped.get(round=made)
    Pickup.unscoped.filter(pk=pickup.pk).update(
        state="collected", arrived_at=NOW, finished_at=NOW + dt.timedelta(minutes=35)
    )
    pickup.lines.update(state="collected")
    organisation = cast.short_loop_planner.organisation.pk
    later = NOW + dt.timedelta(hours=2)

    row = fit_one(organisation, now=later)
    assert row is not None
    assert (row.version, row.stops, row.state) == (1, 1, "proposed")
    assert fit_one(organisation, now=later) is None, "nothing new to learn"
    assert service_model_of(organisation) == USUAL, "one stop is not enough to use by itself"

    activate_service_times(cast.short_loop_planner.viewer, 1, at=later)
    assert service_model_of(organisation).stop_minutes == pytest.approx(row.stop_minutes)
    with pytest.raises(ServiceTimes.DoesNotExist):
        activate_service_times(cast.long_loop_planner.viewer, 1, at=later)
