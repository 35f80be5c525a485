"""A new lot meets one list of checks, and each says which field, what is wrong and the way out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from collection import models
from collection.rules.answers import Problem, errors_in, warnings_in
from collection.rules.intake import FORM_ORDER, check_new_lot
from collection.rules.new_lot import SOURCE_KINDS, Condition, Intent, NewLot, Unit
from collection.rules.plausibility import ProductFacts

TODAY = date(2026, 6, 1)

HARD_DRIVE = ProductFacts(
    code="weee_hdd_3_5",
    name="Hard disk drive, 3.5 inch desktop",
    sector="weee",
    unit_basis="per_item",
    magnet_family="NdFeB",
    magnet_kg_low=0.008,
    magnet_kg_central=0.015,
    magnet_kg_high=0.025,
    prevalence=1.0,
)
TURBINE = replace(
    HARD_DRIVE,
    code="wind_dd_pmsg_offshore",
    name="Direct-drive PMSG turbine, offshore",
    sector="wind",
    unit_basis="per_MW",
    magnet_kg_low=600,
    magnet_kg_central=650,
    magnet_kg_high=850,
)


def lot(**changes: Any) -> NewLot:
    answers: dict[str, Any] = {
        "submission_id": uuid4(),
        "source_kind": "weee",
        "product_code": "weee_hdd_3_5",
        "quantity": Decimal(120),
        "unit": "items",
        "condition": "intact",
        "intent": "undecided",
        "available_from_on": TODAY,
        "postcode": "AB10 1AA",
    }
    return NewLot(**(answers | changes))


def found(new_lot: NewLot, product: ProductFacts | None = HARD_DRIVE) -> list[Problem]:
    return check_new_lot(new_lot, product, TODAY)


def codes(new_lot: NewLot, product: ProductFacts | None = HARD_DRIVE) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in found(new_lot, product)}


def test_a_plain_lot_has_no_problems() -> None:
    assert found(lot()) == []


def test_the_three_tonne_hard_drive_is_refused_and_told_why() -> None:
    problems = errors_in(found(lot(quantity=Decimal(1), gross_grams=3_000_000)))
    assert [problem.code for problem in problems] == ["absurd_item_weight"]
    assert problems[0].field == "gross"
    assert "3,000 kg each" in problems[0].message
    assert "unit (kg or t)" in problems[0].way_out


def test_a_pallet_of_drives_on_the_scale_is_fine() -> None:
    weighed = lot(quantity=Decimal(800), gross_grams=520_000, tare_grams=22_000, weight_method="platform")
    assert found(weighed) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"quantity": Decimal(-1)}, "quantity", "not_positive"),
        ({"quantity": Decimal(0)}, "quantity", "not_positive"),
        ({"quantity": Decimal("NaN")}, "quantity", "not_positive"),
        ({"quantity": Decimal("1.5")}, "quantity", "not_whole"),
        ({"quantity": Decimal(2_000_000)}, "quantity", "too_large"),
        ({"quantity": Decimal("0.0005"), "unit": "kg_magnets"}, "quantity", "too_fine"),
        ({"quantity": Decimal(40), "unit": "kg_gross"}, "unit", "unit_does_not_fit"),
        ({"quantity": Decimal(3), "unit": "MW"}, "unit", "unit_does_not_fit"),
        ({"unit": "pallets"}, "unit", "not_a_choice"),
        ({"condition": ""}, "condition", "not_a_choice"),
        ({"intent": "sell_to_mars"}, "intent", "not_a_choice"),
        ({"source_kind": "moon"}, "source_kind", "not_a_choice"),
        ({"tare_grams": 100}, "gross", "gross_missing"),
        ({"gross_grams": -1}, "gross", "not_positive"),
        ({"gross_grams": 60_000, "tare_grams": -1}, "tare", "negative"),
        ({"gross_grams": 60_000, "tare_grams": 60_000}, "tare", "tare_not_below_gross"),
        ({"gross_grams": 2_000_000_000}, "gross", "too_large"),
        ({"quantity": Decimal(50_000), "gross_grams": 30_000_000}, "gross", "more_than_one_lorry"),
        (
            {"quantity": Decimal(9), "unit": "kg_magnets", "gross_grams": 5_000},
            "quantity",
            "magnets_above_net",
        ),
        ({"quantity": Decimal(90), "unit": "kg_gross", "gross_grams": 50_000}, "gross", "weights_disagree"),
        ({"build_year": 2027}, "build_year", "in_future"),
        ({"build_year": 201}, "build_year", "too_early"),
        ({"build_year": 1975}, "build_year", "before_the_magnet"),
        ({"postcode": ""}, "site", "missing"),
        ({"postcode": "nowhere"}, "postcode", "postcode_malformed"),
        ({"available_from_on": TODAY - timedelta(days=1)}, "available_from_on", "in_past"),
        ({"available_from_on": date(2027, 12, 1)}, "available_from_on", "far_ahead"),
        ({"available_from_on": date(2062, 12, 1)}, "available_from_on", "too_far_ahead"),
        ({"ewc_code": "99"}, "ewc_code", "ewc_malformed"),
        ({"serial": "x" * 61}, "serial", "too_long"),
        ({"note": "x" * 4001}, "note", "too_long"),
        ({"source_kind": "wind"}, "product_code", "unusual_for_source"),
    ],
)
def test_each_bad_answer_is_named_with_a_way_out(changes: dict[str, Any], field: str, code: str) -> None:
    problems = [p for p in found(lot(**changes)) if (p.field, p.code) == (field, code)]
    assert len(problems) == 1
    assert problems[0].message
    assert problems[0].way_out


def test_a_waste_code_is_kept_as_digits_and_an_unreadable_one_as_typed() -> None:
    assert lot(ewc_code="16 02 16*").ewc_code == "160216"
    assert lot(ewc_code="sixteen").ewc_code == "sixteen"


def test_the_answers_are_the_ones_the_register_stores() -> None:
    assert tuple(models.SourceKind.values) == SOURCE_KINDS
    assert set(models.Unit.values) == set(Unit)
    assert set(models.Condition.values) == set(Condition)
    assert set(models.Intent.values) == set(Intent)


def test_a_saved_place_stands_in_for_a_postcode() -> None:
    assert found(lot(site_id=7, postcode="")) == []


def test_an_unknown_product_is_said_and_the_other_answers_are_still_checked() -> None:
    assert codes(lot(product_code="flux_capacitor", quantity=Decimal(-1)), None) == {
        ("product_code", "product_unknown"),
        ("quantity", "not_positive"),
    }


def test_problems_come_in_the_order_of_the_form() -> None:
    fields = [
        p.field for p in found(lot(note="x" * 5000, quantity=Decimal(-1), build_year=2050, postcode=""))
    ]
    assert fields == sorted(fields, key=FORM_ORDER.index)
    assert len(fields) == 4


def test_a_load_known_only_by_weight_is_shown_the_way_to_the_products_counted_by_weight() -> None:
    problems = found(lot(quantity=Decimal(40), unit="kg_gross"))
    assert "by weight" in problems[0].way_out


def test_turbines_are_counted_in_megawatts_not_items() -> None:
    wind = lot(source_kind="wind", product_code=TURBINE.code, quantity=Decimal("3.6"), unit="MW")
    assert found(wind, TURBINE) == []
    assert ("unit", "unit_does_not_fit") in codes(replace(wind, unit="items"), TURBINE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"magnet_kg_low": 0, "magnet_kg_central": 0, "magnet_kg_high": 0}, "holds_no_magnets"),
        ({"magnet_kg_low": 0}, "may_be_empty"),
        ({"prevalence": 0.05}, "likely_empty"),
        ({"magnet_family": "ferrite"}, "no_rare_earths"),
        ({"magnet_family": "AlNiCo"}, "no_rare_earths"),
        ({"magnet_family": "Sm2Co17"}, "keep_apart"),
        ({"magnet_family": "SmCo5"}, "keep_apart"),
    ],
)
def test_what_is_likely_empty_or_unmixable_is_warned_about_but_not_refused(
    changes: dict[str, Any], code: str
) -> None:
    problems = found(lot(), replace(HARD_DRIVE, **changes))
    assert [p.code for p in warnings_in(problems)] == [code]
    assert errors_in(problems) == []


def test_defence_material_cannot_be_logged_as_anything_else() -> None:
    defence = replace(HARD_DRIVE, is_defence_controlled=True, sector="defence")
    assert ("source_kind", "defence_only") in codes(lot(), defence)
    assert found(lot(source_kind="defence"), defence) == []


def test_a_withdrawn_product_cannot_be_logged() -> None:
    assert ("product_code", "product_withdrawn") in codes(lot(), replace(HARD_DRIVE, is_current=False))


def test_a_product_added_later_gets_bounds_from_its_magnets() -> None:
    added = replace(HARD_DRIVE, code="weee_new_thing")
    assert ("gross", "absurd_item_weight") in codes(lot(quantity=Decimal(1), gross_grams=3_000_000), added)
    assert errors_in(found(lot(quantity=Decimal(1), gross_grams=600), added)) == []
