"""The years ahead: what the register of farms and what holders watch should bring."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from collection.models import (
    Source,
)
from collection.queries.expected import expected_by_year
from collection.rules.watching import year_window
from tests.cast import Cast, Person
from tests.journey.lots import NOW
from tests.watched.sources import watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
BEATRICE = "repd:2521:"


def _beatrice() -> Source:
    return Source.objects.get(code__startswith=BEATRICE)


def test_the_registers_farms_appear_in_their_year_with_an_interval(cast: Cast) -> None:
    forecast = expected_by_year(cast.national_regulator.viewer, today=NOW.date())

    farm = next(farm for farm in forecast.farms if farm.source == _beatrice())
    year = next(one for one in forecast.years if one.year == 2044)
    assert farm.year == 2044
    assert year.farms >= 1
    assert 0 < year.magnet.low < year.magnet.central < year.magnet.high
    assert sum(one.magnet.central for one in forecast.years) == pytest.approx(
        sum(farm.magnet.central for farm in forecast.farms), rel=1e-6
    )


def test_power_that_a_holder_watches_is_not_counted_twice(cast: Cast) -> None:
    before = expected_by_year(cast.national_regulator.viewer, today=NOW.date())
    farm = _beatrice()
    product = farm.product
    assert product is not None
    watch(
        cast.turbine_dismantler,
        source_id=farm.pk,
        site_id=None,
        product_code=product.code,
        quantity=Decimal(100),
        window=year_window(2044),
        build_year=farm.commissioned_on.year if farm.commissioned_on else None,
    )

    after = expected_by_year(cast.national_regulator.viewer, today=NOW.date())

    [was] = [one for one in before.years if one.year == 2044]
    [now] = [one for one in after.years if one.year == 2044]
    assert now.watched == 1
    assert now.watched_grams > 0
    assert now.magnet.central == pytest.approx(was.magnet.central, rel=1e-4)
    # A rival learns nothing of it from the farm's remaining power.
    rivals = expected_by_year(cast.scrapyard.viewer, today=NOW.date())
    assert next(one for one in rivals.farms if one.source == farm).megawatts == farm.capacity_mw


def test_a_nations_regulator_sees_that_nation_ahead(cast: Cast, as_person: SignIn) -> None:
    forecast = expected_by_year(cast.scottish_regulator.viewer, today=NOW.date())

    assert {farm.source.nation for farm in forecast.farms} == {"Scotland"}
    page = as_person(cast.scottish_regulator).get("/watched/ahead/").content.decode()
    assert "Beatrice" in page
    assert "2044" in page


def test_the_years_ahead_ask_the_same_number_of_questions_however_much_is_watched(
    cast: Cast, as_person: SignIn, django_assert_num_queries: Any
) -> None:
    client = as_person(cast.national_regulator)
    for address in ("/watched/ahead/", "/watched/"):
        watch(cast.turbine_dismantler)
        client.get(address)
        with django_assert_num_queries(10, exact=False) as few:
            client.get(address)
        for _ in range(5):
            watch(cast.turbine_dismantler)
        with django_assert_num_queries(len(few.captured_queries)):
            client.get(address)
