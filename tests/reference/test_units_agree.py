"""What the intake lets through can be estimated: no lot that passes its checks fails for its unit."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from collection.models import ProductType
from collection.queries.reference import current_catalogue, product_facts
from collection.rules.answers import errors_in
from collection.rules.content import LotInput, estimate
from collection.rules.intake import check_new_lot
from collection.rules.new_lot import NewLot, Unit
from collection.rules.plausibility import item_gross_kg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_reference")]

TODAY = dt.date(2026, 6, 1)


def new_lot(product: ProductType, unit: Unit, quantity: int, gross_grams: int | None = None) -> NewLot:
    return NewLot(
        submission_id=uuid4(),
        source_kind="defence" if product.is_defence_controlled else "scrapyard",
        product_code=product.code,
        quantity=Decimal(quantity),
        unit=unit,
        condition="intact",
        intent="undecided",
        available_from_on=TODAY,
        postcode="B11 2AA",
        gross_grams=gross_grams,
    )


def test_every_product_can_be_logged_and_estimated_in_every_unit_it_allows() -> None:
    catalogue = current_catalogue()
    logged = 0
    for product in ProductType.objects.all():
        facts = product_facts(product)
        for unit in Unit:
            if errors_in(check_new_lot(new_lot(product, unit, 3), facts, TODAY)):
                continue
            content = estimate(catalogue, LotInput(product_code=product.code, quantity=3, unit=unit))
            assert 0 <= content.magnet_grams.low <= content.magnet_grams.central <= content.magnet_grams.high
            logged += 1
    assert logged == 2 * 71


def test_bounds_of_every_item_are_known_and_let_its_magnets_in() -> None:
    for product in ProductType.objects.filter(unit_basis="per_item"):
        facts = product_facts(product)
        lightest, heaviest = item_gross_kg(facts)
        assert 0 < lightest < heaviest
        assert heaviest > facts.magnet_kg_high
        middling = round((lightest * heaviest) ** 0.5 * 1000)
        assert errors_in(check_new_lot(new_lot(product, Unit.ITEMS, 1, middling), facts, TODAY)) == []
        absurd = check_new_lot(new_lot(product, Unit.ITEMS, 1, round(heaviest * 10_000)), facts, TODAY)
        assert {problem.field for problem in errors_in(absurd)} == {"gross"}
