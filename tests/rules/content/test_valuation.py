"""Money: both price lists, dated, without VAT, per kilogram of element contained."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.content import Catalogue, LotInput, estimate, value
from collection.rules.content.coefficients import ExchangeRate
from collection.rules.valuation import price_lines


def test_a_chinese_oxide_price_loses_its_vat_and_gains_the_oxide_factor(catalogue: Catalogue) -> None:
    line = price_lines(catalogue.prices, "china")["Dy"]
    assert line.usd_per_kg.central == pytest.approx(1_495_000 / 1000 / 1.13 / 7.0 * 1.148)
    assert line.as_of == date(2026, 2, 12)
    assert "13% Chinese VAT, taken off here" in line.basis_statement


def test_a_european_price_is_taken_as_quoted_and_its_caution_shown(catalogue: Catalogue) -> None:
    line = price_lines(catalogue.prices, "europe")["Tb"]
    assert line.usd_per_kg.low == pytest.approx(2000 * 1.176)
    assert line.usd_per_kg.high == pytest.approx(4000 * 1.176)
    assert "no settled price" in line.notes


def test_the_value_is_the_sum_over_elements_at_the_centre(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=100))
    for basis, worth in value(result, catalogue).bases.items():
        lines = price_lines(catalogue.prices, basis)
        wanted = sum(
            kilograms * lines[element].usd_per_kg.central
            for element, kilograms in (
                ("NdPr", result.ndpr.central / 1000),
                ("Dy", result.elements["Dy"].central / 1000),
                ("Tb", result.elements["Tb"].central / 1000),
            )
        )
        assert float(worth.contained_usd.central) == pytest.approx(wanted, abs=0.01)
        assert float(worth.contained_gbp.central) == pytest.approx(wanted / 1.346, abs=0.01)
        assert sum(each.central for each in worth.elements_usd.values()) == pytest.approx(
            worth.contained_usd.central, abs=Decimal("0.02")
        )


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_money_runs_low_central_high_in_whole_pennies(catalogue: Catalogue, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(catalogue.products)))
    result = estimate(catalogue, LotInput(product_code=code, quantity=data.draw(st.integers(1, 10_000))))
    for worth in value(result, catalogue).bases.values():
        for money in (worth.contained_usd, worth.contained_gbp):
            assert money.low <= money.central <= money.high
            assert money.central == money.central.quantize(Decimal("0.01"))
        assert worth.offer_gbp_low <= worth.offer_gbp_high <= worth.contained_gbp.central


def test_samarium_is_not_valued_but_the_cobalt_beside_it_is(catalogue: Catalogue) -> None:
    worth = value(estimate(catalogue, LotInput(product_code="aero_pm_generator", quantity=1)), catalogue)
    assert worth.not_valued == ("Sm", "Gd")
    assert "not valued" in worth.statements[0]
    assert set(worth.bases["europe"].elements_usd) == {"Co"}


def test_ferrite_is_worth_nothing_here(catalogue: Catalogue) -> None:
    worth = value(estimate(catalogue, LotInput(product_code="weee_dishwasher_pump", quantity=500)), catalogue)
    assert worth.bases["china"].contained_gbp.high == 0
    assert worth.bases["china"].oldest_price_on is None


def test_another_exchange_rate_can_be_given_and_is_named(catalogue: Catalogue) -> None:
    rate = ExchangeRate(Decimal(2), date(2027, 3, 4), "a bank's fixing", is_assumption=False)
    result = estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=100))
    worth = value(result, catalogue, exchange_rate=rate)
    china = worth.bases["china"]
    assert china.contained_gbp.central == pytest.approx(china.contained_usd.central / 2, abs=Decimal("0.01"))
    assert "quoted for 4 March 2027 (a bank's fixing)" in worth.statements[-1]
    assert "assumed for 5 January 2026" in value(result, catalogue).statements[-1]


def test_the_route_narrows_what_a_holder_might_be_offered(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=100))
    short = value(result, catalogue, route_code="short_loop_hpms")
    assert short.payable_share == (Decimal("0.30"), Decimal("0.55"))
    assert value(result, catalogue).payable_share == (Decimal("0.05"), Decimal("0.55"))


def test_every_price_used_is_dated_and_sourced(catalogue: Catalogue) -> None:
    for basis in ("china", "europe"):
        lines = price_lines(catalogue.prices, basis)
        assert set(lines) == {"NdPr", "Dy", "Tb", "Co"}
        assert all(line.source and line.source_url for line in lines.values())
