"""Postcodes are read however they are typed, and refused with the way out."""

import contextlib
import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.answers import RefusedAnswerError
from collection.rules.postcode import (
    Postcode,
    match_outcode,
    outcode_candidates,
    parse_postcode,
    postcode_without_place,
)

_TABLE = resources.files("collection").joinpath("data/outcodes.csv").read_text(encoding="utf-8")
SHIPPED = [row["outcode"] for row in csv.DictReader(_TABLE.splitlines())]


@pytest.mark.parametrize(
    ("typed", "outcode", "incode"),
    [
        ("AB10 1AA", "AB10", "1AA"),
        ("ab101aa", "AB10", "1AA"),
        (" sw1a  2aa ", "SW1A", "2AA"),
        ("M1 1AE", "M1", "1AE"),
        ("m11ae", "M1", "1AE"),
        ("EC1A-1BB", "EC1A", "1BB"),
        ("AB10", "AB10", ""),
        ("AB10 1", "AB10", ""),
        ("BT3", "BT3", ""),
    ],
)
def test_postcodes_are_read_however_they_are_spaced(typed: str, outcode: str, incode: str) -> None:
    assert parse_postcode(typed) == Postcode(outcode, incode)


@given(st.sampled_from(SHIPPED), st.integers(0, 9), st.sampled_from(["AA", "LN", "XY"]), st.booleans())
def test_every_shipped_outcode_makes_postcodes_that_are_read_back(
    outcode: str, sector: int, unit: str, spaced: bool
) -> None:
    typed = f"{outcode}{' ' if spaced else ''}{sector}{unit}"
    assert parse_postcode(typed.lower()) == Postcode(outcode, f"{sector}{unit}")
    assert parse_postcode(outcode) == Postcode(outcode)


def test_no_shipped_outcode_is_refused() -> None:
    assert [code for code in SHIPPED if parse_postcode(f"{code}1AA").outcode != code] == []


def test_the_longest_outcode_is_tried_first() -> None:
    assert outcode_candidates(Postcode("SW1A", "2AA")) == ("SW1A", "SW1")
    assert outcode_candidates(Postcode("AB10", "1AA")) == ("AB10",)
    assert match_outcode("SW1A 2AA", {"SW1", "SW1A"})[1] == "SW1A"
    assert match_outcode("SW1A 2AA", {"SW1"})[1] == "SW1"


def test_a_postcode_we_do_not_know_is_refused_with_the_way_out() -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        match_outcode("zz99 9zz", set(SHIPPED))
    assert str(refused.value).startswith(
        "ZZ99 9ZZ is not a postcode we know: check it, or give the nearest town's postcode"
    )
    assert refused.value.problem.code == "postcode_unknown"


@pytest.mark.parametrize("typed", ["", "hello", "12345", "AB10 1A?", "💪", "AB1234 1AA", "A" * 500])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        parse_postcode(typed)
    assert refused.value.problem.field == "postcode"
    assert refused.value.problem.way_out


@pytest.mark.parametrize(("typed", "meant"), [("AB1O 1AA", "AB10 1AA"), ("MI 1AE", "M1 1AE")])
def test_swapped_letters_and_figures_bring_a_suggestion_not_a_guess(typed: str, meant: str) -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        parse_postcode(typed)
    assert f"Did you mean {meant}?" in str(refused.value)


def test_a_mail_only_postcode_asks_for_the_gate() -> None:
    assert "gate" in str(postcode_without_place(Postcode("BX1", "1LT")))


@given(st.text(max_size=30))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(RefusedAnswerError):
        assert parse_postcode(text).outcode
