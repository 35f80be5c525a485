"""Masses and quantities people type are read without guessing, or refused with a way out."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.answers import RefusedAnswerError
from collection.rules.mass_input import format_mass, plain_number, read_items, read_mass, read_megawatts


def mass(text: str, **options: str) -> int:
    return read_mass(text, field="gross", label="Gross weight", **options).grams


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(RefusedAnswerError) as refused:
        read_mass(text, field="gross", label="Gross weight")
    problem = refused.value.problem
    assert problem.field == "gross"
    assert "Gross weight" in problem.message
    assert problem.way_out
    return problem.code, str(problem)


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("1,5 t", 1_500_000),
        ("1.5 tonnes", 1_500_000),
        ("1.5t", 1_500_000),
        ("1500", 1_500_000),
        ("1 500 kg", 1_500_000),
        ("1\u00a0500\u202fkg", 1_500_000),
        ("1,500 kg", 1_500_000),
        ("1,500", 1_500_000),
        ("1,50 kg", 1_500),
        ("1.500 kg", 1_500),
        ("1,234,567.8 g", 1_234_568),
        (".5 kg", 500),
        (",5kg", 500),
        ("12 KG.", 12_000),
        ("\uff11\uff15\uff10\uff10", 1_500_000),
        ("3 Kilos", 3_000),
        ("0.0003 t", 300),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed: str, grams: int) -> None:
    assert mass(typed) == grams


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("-5 kg", "negative"),
        ("−5 kg", "negative"),
        ("0", "too_small"),
        ("0.0001 g", "too_small"),
        ("2 pallets", "unit_is_container"),
        ("3 tons", "unit_not_metric"),
        ("12 lb", "unit_not_metric"),
        ("5 bananas", "unit_unknown"),
        ("💪", "symbol"),
        ("5 kg 💪", "symbol"),
        ("heavy", "not_a_number"),
        ("nan", "not_a_number"),
        ("1e3 kg", "not_a_number"),
        ("about 500 kg", "not_exact"),
        ("~500", "not_exact"),
        ("5-10 kg", "range"),
        ("0,500 t", "ambiguous"),
        ("1.500,5 kg", "ambiguous"),
        ("1.500.000", "ambiguous"),
        ("1,50,000", "ambiguous"),
        ("9" * 20, "too_large"),
        ("9" * 80, "too_long"),
        ("١٥٠٠", "not_a_number"),
    ],
)
def test_what_could_be_misread_is_refused_with_a_way_out(typed: str, code: str) -> None:
    assert refusal(typed)[0] == code


def test_a_bare_number_takes_the_unit_of_the_question() -> None:
    assert mass("2", default_unit="t") == 2_000_000


def test_the_reading_is_echoed_back() -> None:
    assert read_mass("1,5 t", field="gross", label="Gross weight").understood == "1,500 kg"
    assert format_mass(12) == "12 g"
    assert format_mass(1250) == "1.25 kg"


@given(st.integers(1, 10**12))
def test_every_mass_we_show_is_read_back_as_the_same_grams(grams: int) -> None:
    assert mass(format_mass(grams)) == grams


@given(st.text(max_size=70))
def test_any_text_at_all_is_read_or_refused_never_an_accident(text: str) -> None:
    with contextlib.suppress(RefusedAnswerError):
        assert read_mass(text, field="gross", label="Gross weight").grams > 0


@pytest.mark.parametrize(
    ("typed", "count"), [("12", 12), ("1,500", 1500), ("12 pcs", 12), ("12.0", 12), ("1 200 off", 1200)]
)
def test_items_are_whole_numbers(typed: str, count: int) -> None:
    assert read_items(typed, field="quantity", label="How many").amount == count


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2 pallets", "unit_is_container"),
        ("12 kg", "unit_is_weight"),
        ("1,5", "not_whole"),
        ("0", "too_small"),
        ("-1", "negative"),
    ],
)
def test_what_is_not_a_count_is_refused(typed: str, code: str) -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        read_items(typed, field="quantity", label="How many")
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("typed", "mw"), [("3,6", "3.6"), ("3.6 MW", "3.6"), ("850 kW", "0.85"), ("1 GW", "1000")]
)
def test_power_is_read_in_megawatts(typed: str, mw: str) -> None:
    assert read_megawatts(typed, field="quantity", label="Power").amount == Decimal(mw)


def test_a_power_in_horses_is_refused() -> None:
    with pytest.raises(RefusedAnswerError, match="not a unit of power"):
        read_megawatts("500 hp", field="quantity", label="Power")


@pytest.mark.parametrize("typed", ["3 t", "2 pallets", "1,5", "😀"])
def test_the_way_out_of_a_refused_count_names_no_choice_that_a_form_lacks(typed: str) -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        read_items(typed, field="quantity", label="How many")

    assert "choose" not in refused.value.problem.way_out.lower()
    assert "and a unit" not in refused.value.problem.way_out
    assert "instead" not in refused.value.problem.way_out


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("£3.20", "3.20"), ("1,5", "1.5"), ("1 200", "1200"), ("1,250.50", "1250.50"), (" 12 ", "12")],
)
def test_a_number_is_read_as_people_write_it(typed: str, plain: str) -> None:
    assert plain_number(typed) == plain


@pytest.mark.parametrize("typed", ["", "-1", "0,500", "about 3", "1.500,5"])
def test_what_is_no_plain_number_stays_for_the_field_to_refuse(typed: str) -> None:
    assert plain_number(typed) == typed
