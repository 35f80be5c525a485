"""A sum of lots on a page carries the interval that the rules give for it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.actions.estimates import lot_input
from collection.models import Lot
from collection.queries.content_sums import magnet_interval
from collection.queries.reference import current_catalogue
from collection.rules.content import estimate, sum_estimates
from tests.cast import Cast, Person
from tests.journey.lots import log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_it_is_what_the_estimates_add_up_to_and_errors_of_a_product_do_not_cancel(cast: Cast) -> None:
    lots = [log(cast.scrapyard) for _ in range(4)]
    lots += [log(cast.scrapyard, product_code="ind_servo_motor", quantity=Decimal(20))]

    found = magnet_interval(Lot.objects.visible_to(cast.scrapyard.viewer))

    expected = sum_estimates([estimate(current_catalogue(), lot_input(lot)) for lot in lots]).magnet
    assert found.central == pytest.approx(expected.central, rel=1e-3)
    assert found.high - found.low == pytest.approx(expected.high - expected.low, rel=0.15)
    drives = magnet_interval([lot.pk for lot in lots[:4]])
    one = magnet_interval([lots[0].pk])
    assert drives.relative_width == pytest.approx(one.relative_width, rel=0.05)


def test_nothing_adds_up_to_nothing(db: None) -> None:
    assert magnet_interval([]).high == 0


def test_the_planners_first_page_says_between_what_bounds(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    log(cast.scrapyard)

    text = as_person(cast.short_loop_planner).get("/planner/").content.decode()

    assert "out of 1.8 kg held (" in text
