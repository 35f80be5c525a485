"""One lot: central values, intervals, evidence, units, and what a person is told when something is wrong."""

import csv
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.content import Catalogue, ContentInputError, LotInput, UnknownProduct, estimate

from .conftest import DATA

ROWS = list(csv.DictReader((DATA / "product_types.csv").read_text(encoding="utf-8").splitlines()))
CODES = [row["code"] for row in ROWS]


def test_the_centre_is_quantity_times_prevalence_times_kilograms_for_every_product(
    catalogue: Catalogue,
) -> None:
    for row in ROWS:
        result = estimate(catalogue, LotInput(product_code=row["code"], quantity=7))
        wanted = 7 * Fraction(row["prevalence_central"]) * Fraction(row["magnet_kg_central"]) * 1000
        assert result.magnet.central == pytest.approx(float(wanted), rel=1e-15)


def test_a_hundred_ev_motors_hold_exactly_127_and_a_half_kilograms(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=100))
    assert result.magnet.central == 127_500
    assert result.magnet_grams.central == 127_500


def test_where_every_item_has_a_magnet_a_large_count_meets_the_catalogue_range(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="lev_ebike_hub_motor", quantity=100_000))
    assert result.magnet.low / 100_000 == pytest.approx(150, rel=0.001)
    assert result.magnet.high / 100_000 == pytest.approx(500, rel=0.001)


@settings(deadline=None, max_examples=150)
@given(
    code=st.sampled_from(CODES),
    quantity=st.integers(1, 1_000_000),
    year=st.none() | st.integers(1970, 2035),
    weighed=st.none() | st.floats(0, 1e8),
    evidence=st.none() | st.sampled_from("ABCDE"),
)
def test_every_range_runs_low_central_high_and_elements_stay_inside_the_total(
    catalogue: Catalogue,
    code: str,
    quantity: int,
    year: int | None,
    weighed: float | None,
    evidence: str | None,
) -> None:
    result = estimate(
        catalogue,
        LotInput(
            product_code=code,
            quantity=quantity,
            build_year=year,
            magnet_grams_weighed=weighed,
            evidence=evidence,
        ),
    )
    for spread in (result.magnet, result.total_ree, result.ndpr, result.shared, *result.elements.values()):
        assert 0 <= spread.low <= spread.central <= spread.high
    for grams in (result.magnet_grams, *result.element_grams.values()):
        assert grams.low <= grams.central <= grams.high
        assert isinstance(grams.central, int)
    central = sum(spread.central for spread in result.elements.values())
    assert central == pytest.approx(result.total_ree.central, rel=1e-9, abs=1e-9)
    assert result.total_ree.high <= result.magnet.high or result.magnet.high == 0


def test_neodymium_and_praseodymium_trade_off_so_their_sum_is_surer_than_either(catalogue: Catalogue) -> None:
    for code in CODES:
        alloy = estimate(catalogue, LotInput(product_code=code, quantity=50, build_year=2016)).composition
        if alloy.ndpr.central > 0:
            widths = [alloy.fractions[element].relative_width for element in ("Nd", "Pr")]
            assert alloy.ndpr.relative_width < min(widths)
            assert alloy.total_ree.relative_width <= alloy.ndpr.relative_width


def test_newer_motors_hold_less_dysprosium_and_no_less_rare_earth(catalogue: Catalogue) -> None:
    results = [
        estimate(catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=10, build_year=year))
        for year in range(2005, 2031)
    ]
    dysprosium = [result.elements["Dy"].central for result in results]
    assert dysprosium == sorted(dysprosium, reverse=True)
    assert dysprosium[-1] < 0.45 * dysprosium[0]
    assert len({round(result.total_ree.central, 6) for result in results}) == 1


def test_build_year_says_nothing_about_measured_or_dysprosium_free_alloys(catalogue: Catalogue) -> None:
    for code in ("weee_hdd_3_5", "hvac_magnetic_filter", "aero_pm_generator"):
        old, new = (
            estimate(catalogue, LotInput(product_code=code, quantity=10, build_year=year)).elements["Dy"]
            for year in (2004, 2028)
        )
        assert old == new


def test_the_shared_factor_error_does_not_shrink_with_count_but_the_lots_own_does(
    catalogue: Catalogue,
) -> None:
    few, many = (
        estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=count)) for count in (10, 10_000)
    )
    assert few.shared.relative_width == pytest.approx(many.shared.relative_width)
    assert many.own_variance**0.5 / many.magnet.central < 0.2 * few.own_variance**0.5 / few.magnet.central
    assert many.magnet.relative_width > 0.99 * many.shared.relative_width


def test_a_superconducting_scanner_holds_nothing_and_says_why(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="med_mri_superconducting", quantity=3))
    assert (result.magnet.low, result.magnet.central, result.magnet.high) == (0, 0, 0)
    assert "no magnet by design" in result.warnings[0]


def test_a_low_of_zero_stays_zero(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="wind_dfig_auxiliary", quantity=20))
    assert result.magnet.low == 0
    assert result.magnet.central == 900_000


def test_a_gross_weight_never_holds_more_magnet_than_it_weighs(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="scrap_loose_sintered_ndfeb", quantity=640, unit="kg"))
    assert result.magnet.central == pytest.approx(627_200)
    assert result.magnet.high <= 640_000
    assert result.evidence_class == "D"


@pytest.mark.parametrize(
    ("quantity", "unit"), [(1.5, "MW"), (1500, "kW"), (1.5, None), (1.5, "per_MW"), (1.5, "mw")]
)
def test_megawatts_may_be_named_in_several_ways(
    catalogue: Catalogue, quantity: float, unit: str | None
) -> None:
    result = estimate(catalogue, LotInput(product_code="wind_dd_pmsg_offshore", quantity=quantity, unit=unit))
    assert result.magnet.central == 975_000


def test_weighed_magnets_replace_the_factor_and_are_nobody_elses_error(catalogue: Catalogue) -> None:
    result = estimate(
        catalogue,
        LotInput(product_code="auto_bev_traction_motor", quantity=100, magnet_grams_weighed=131_000),
    )
    assert result.magnet.central == 131_000
    assert result.shared_sd_grams == 0
    assert result.evidence_class == "B"
    assert result.magnet.relative_width < 0.06


def test_freed_magnets_may_be_logged_by_their_own_weight(catalogue: Catalogue) -> None:
    result = estimate(
        catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=12.5, unit="kg_magnet")
    )
    assert result.magnet.central == 12_500
    assert result.evidence_class == "B"
    assert "Freed magnets weighed: 12.5 kg." in result.explanation.inputs
    assert not any("item" in line for line in result.explanation.inputs)


def test_a_class_that_needs_a_weight_falls_back_and_says_so(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=10, evidence="weighed"))
    assert result.evidence_class == "C"
    assert "needs the weight of the freed magnets" in result.warnings[0]


def test_hearsay_widens_the_interval(catalogue: Catalogue) -> None:
    told, counted = (
        estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=500, evidence=letter))
        for letter in "EC"
    )
    assert told.magnet.relative_width > 1.05 * counted.magnet.relative_width


def test_the_composition_goes_to_the_ledger_as_whole_parts_per_million(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=1))
    assert result.composition_ppm == {"Nd": 200_000, "Pr": 55_000, "Dy": 55_000, "Tb": 4_000, "Sm": 0}


def test_an_unknown_product_suggests_near_names(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownProduct, match="auto_bev_traction_motor") as caught:
        estimate(catalogue, LotInput(product_code="auto_bev_motor", quantity=1))
    assert caught.value.field == "product"


@pytest.mark.parametrize(
    ("lot", "field", "words"),
    [
        (LotInput(product_code="auto_eps_motor", quantity=0), "quantity", "above 0"),
        (LotInput(product_code="auto_eps_motor", quantity=float("nan")), "quantity", "above 0"),
        (LotInput(product_code="auto_eps_motor", quantity=2.5), "quantity", "whole items"),
        (LotInput(product_code="auto_eps_motor", quantity=2, unit="kg"), "unit", "number of items"),
        (LotInput(product_code="auto_eps_motor", quantity=2, unit="itms"), "unit", "Did you mean “items”"),
        (LotInput(product_code="auto_eps_motor", quantity=2, build_year=14), "build_year", "2014"),
        (
            LotInput(product_code="auto_eps_motor", quantity=2, evidence="Z"),
            "evidence",
            "A weighed and assayed",
        ),
        (
            LotInput(product_code="auto_eps_motor", quantity=2, magnet_grams_weighed=-1),
            "magnet_kg_weighed",
            "0 or more",
        ),
        (LotInput(product_code="auto_eps_motor", quantity=2, grade_code="ndfeb_s"), "grade", "ndfeb_sh"),
    ],
)
def test_bad_input_names_its_field_and_the_way_out(
    catalogue: Catalogue, lot: LotInput, field: str, words: str
) -> None:
    with pytest.raises(ContentInputError, match=words) as caught:
        estimate(catalogue, lot)
    assert caught.value.field == field


def test_the_explanation_cites_every_coefficient_and_ranks_what_would_narrow_it(catalogue: Catalogue) -> None:
    result = estimate(catalogue, LotInput(product_code="auto_bev_traction_motor", quantity=100))
    text = " ".join(result.explanation.sentences)
    assert "EVreporter" in text
    assert "1.5 kg (0.8 to 3)" in text
    gains = [step.gain for step in result.explanation.narrowing]
    assert gains == sorted(gains, reverse=True)
    weigh = result.explanation.narrowing[0]
    weighed = estimate(
        catalogue,
        LotInput(product_code="auto_bev_traction_motor", quantity=100, magnet_grams_weighed=127_500),
    )
    assert weigh.width_after == pytest.approx(weighed.magnet.relative_width, rel=0.02)
