"""Evidence: XRF files, certificates, opened items, and how they narrow an estimate."""

from dataclasses import replace

import pytest

from collection.rules.content import Catalogue, ContentInputError, LotInput, estimate
from collection.rules.content.evidence import Comparison, from_certificate, from_xrf, sharpened_by_opening
from collection.rules.content.xrf import (
    BORON_WARNING,
    DIFFUSION_WARNING,
    OVERLAP_WARNING,
    PLATING_WARNING,
    XrfFileError,
    XrfReading,
    read_xrf,
)
from collection.rules.spread import Spread

MOTOR = "auto_bev_traction_motor"

INSTRUMENT_FILE = """Reading #,Date,Units,Nd,Nd +/-,Pr,Pr +/-,Dy,Tb,Fe,Ni,Co
101,2026-10-02,%,21.4,0.3,6.1,0.2,4.8,<LOD,63.1,0.2,1.1
102,2026-10-02,%,21.9,0.3,6.0,0.2,4.6,ND,63.4,0.1,1.0
103,2026-10-02,%,2.1,0.3,0.6,0.2,0.4,,21.0,70.2,0.1
""".splitlines()


def test_an_instrument_file_is_read_past_its_error_columns_and_blanks() -> None:
    file = read_xrf(INSTRUMENT_FILE, is_abraded=True)
    assert [reading.name for reading in file.readings] == ["101", "102", "103"]
    assert file.readings[0].fractions["Nd"] == pytest.approx(0.214)
    assert file.readings[0].fractions["Tb"] == 0
    assert file.readings[0].family == "NdFeB"
    assert file.readings[2].is_plated


def test_readings_in_parts_per_million_are_the_same_readings() -> None:
    file = read_xrf(["Sample,Nd ppm,Fe ppm,Dy (ppm)", "a,214000,631000,48000"])
    assert file.readings[0].fractions == pytest.approx({"Nd": 0.214, "Fe": 0.631, "Dy": 0.048})


def test_the_four_blind_spots_are_named_where_they_apply() -> None:
    text = " ".join(read_xrf(INSTRUMENT_FILE).warnings)
    for warning in (BORON_WARNING, OVERLAP_WARNING, PLATING_WARNING, DIFFUSION_WARNING):
        assert warning in text
    assert "Readings: 103" in text
    filed = read_xrf(INSTRUMENT_FILE[:3], is_abraded=True).warnings
    assert DIFFUSION_WARNING not in filed
    assert BORON_WARNING in filed


@pytest.mark.parametrize(
    ("fractions", "family"),
    [
        ({"Nd": 0.22, "Pr": 0.06, "Fe": 0.65}, "NdFeB"),
        ({"Sm": 0.25, "Co": 0.50, "Fe": 0.15}, "Sm2Co17"),
        ({"Sm": 0.35, "Co": 0.62}, "SmCo5"),
        ({"Fe": 0.52, "Co": 0.24, "Ni": 0.14}, "AlNiCo"),
        ({"Fe": 0.88}, "ferrite"),
        ({"Ni": 0.9, "Fe": 0.05}, "unclear"),
    ],
)
def test_a_reading_names_the_magnet_family(fractions: dict[str, float], family: str) -> None:
    assert XrfReading("x", fractions).family == family


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["Sample,Colour", "a,red"], "no column for Nd"),
        (["Nd,Fe"], "holds no readings"),
        (["Nd,Fe", "many,60"], "Row 2, column “Nd”: “many” is not a number"),
        (["Nd,Fe", "21400,63100"], "add up to"),
        (["Nd,Fe", "-1,60"], "below zero"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_by_row_and_column(lines: list[str], words: str) -> None:
    with pytest.raises(XrfFileError, match=words):
        read_xrf(lines)


def test_xrf_narrows_dysprosium_and_moves_it_towards_the_reading(catalogue: Catalogue) -> None:
    before = estimate(catalogue, LotInput(product_code=MOTOR, quantity=100, magnet_grams_weighed=120_000))
    measured = from_xrf(
        before.composition, read_xrf(INSTRUMENT_FILE[:3], is_abraded=True).readings, reference="2026-10-02"
    )
    after = estimate(
        catalogue,
        LotInput(
            product_code=MOTOR, quantity=100, magnet_grams_weighed=120_000, composition=measured.composition
        ),
    )
    assert after.elements["Dy"].relative_width < 0.6 * before.elements["Dy"].relative_width
    assert 0.047 < after.composition.dysprosium.central < 0.055
    assert after.composition.evidence_class == "B"
    assert BORON_WARNING in measured.warnings


def test_more_readings_never_widen_and_unfiled_faces_keep_the_low_side_open(catalogue: Catalogue) -> None:
    prior = estimate(catalogue, LotInput(product_code=MOTOR, quantity=1)).composition
    shot = XrfReading("a", {"Nd": 0.21, "Pr": 0.06, "Dy": 0.05, "Fe": 0.64}, is_abraded=True)
    one, many = (from_xrf(prior, [shot] * count, reference="r").composition for count in (1, 8))
    assert many.dysprosium.relative_width <= one.dysprosium.relative_width
    unfiled = from_xrf(prior, [replace(shot, is_abraded=False)] * 8, reference="r").composition
    assert unfiled.dysprosium.low < 0.6 * unfiled.dysprosium.central


def test_readings_of_plating_alone_are_refused(catalogue: Catalogue) -> None:
    prior = estimate(catalogue, LotInput(product_code=MOTOR, quantity=1)).composition
    with pytest.raises(ContentInputError, match="file through it"):
        from_xrf(prior, [XrfReading("a", {"Ni": 0.8})], reference="r")


def test_a_certificate_replaces_the_alloy_and_makes_a_weighed_lot_class_a(catalogue: Catalogue) -> None:
    alloy = from_certificate({"Nd": 0.221, "Pr": 0.063, "Dy": 0.021, "Tb": 0.004}, reference="C-17")
    result = estimate(
        catalogue,
        LotInput(product_code=MOTOR, quantity=10, magnet_grams_weighed=14_000, composition=alloy),
    )
    assert result.evidence_class == "A"
    assert result.elements["Nd"].central == pytest.approx(14_000 * 0.221, rel=1e-6)
    assert result.elements["Dy"].central == pytest.approx(14_000 * 0.021, rel=1e-6)
    assert result.total_ree.relative_width < 0.04
    assert result.composition_ppm["Tb"] == 4000


@pytest.mark.parametrize(
    ("fractions", "words"),
    [({"Nd": 22.1}, "written 0.305"), ({"Xx": 0.1}, "Only Nd"), ({"Nd": 0.3, "total_ree": 0.2}, "more than")],
)
def test_a_certificate_that_cannot_be_right_is_refused(fractions: dict[str, float], words: str) -> None:
    with pytest.raises(ContentInputError, match=words):
        from_certificate(fractions, reference="C-1")


def test_opening_items_pulls_the_coefficient_to_what_was_found(catalogue: Catalogue) -> None:
    product = catalogue.product("auto_eps_motor")
    few = sharpened_by_opening(product, [200.0], catalogue.assumptions)
    many = sharpened_by_opening(product, [195.0, 205.0, 210.0, 190.0, 200.0] * 4, catalogue.assumptions)
    believed = product.magnet_kg.central * product.prevalence
    assert believed < few.magnet_kg.central < 0.2
    assert many.magnet_kg.central == pytest.approx(0.2, rel=0.02)
    assert many.magnet_kg.relative_width < few.magnet_kg.relative_width < product.magnet_kg.relative_width
    assert "20 opened" in many.version


def test_what_was_opened_in_one_lot_is_that_lots_own_error(catalogue: Catalogue) -> None:
    product = catalogue.product("auto_eps_motor")
    opened = catalogue.with_product(
        sharpened_by_opening(product, [200.0, 190.0, 210.0], catalogue.assumptions)
    )
    lot = LotInput(product_code="auto_eps_motor", quantity=500)
    before, after = estimate(catalogue, lot), estimate(opened, lot)
    assert after.magnet.relative_width < 0.6 * before.magnet.relative_width
    assert after.shared_sd_grams == 0
    assert after.own_variance > before.own_variance
    assert catalogue.product("auto_eps_motor").version == product.version


def test_opening_nothing_or_only_empty_items_is_refused(catalogue: Catalogue) -> None:
    product = catalogue.product("auto_eps_motor")
    for weights, words in (([], "each opened item"), ([0.0, 0.0], "None of the opened")):
        with pytest.raises(ContentInputError, match=words):
            sharpened_by_opening(product, weights, catalogue.assumptions)


def test_a_truth_is_shown_beside_the_estimate_it_replaces() -> None:
    comparison = Comparison(Spread(80, 100, 150), 130)
    assert comparison.ratio == pytest.approx(1.3)
    assert comparison.is_inside
    assert "130%" in comparison.sentence
    assert Comparison(Spread.exact(0), 5).ratio is None
