"""Products are found by what a yard calls them, as people type."""

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.product_search import ProductSearch, SearchableProduct


def shipped(file: str) -> list[dict[str, str]]:
    text = resources.files("collection").joinpath(f"data/{file}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


SYNONYMS = [(row["product_code"], row["term"]) for row in shipped("product_synonyms.csv")]
PRODUCTS = shipped("product_types.csv")
SEARCH = ProductSearch(
    SearchableProduct(
        code=row["code"],
        name=row["name"],
        sector=row["source_sector"],
        synonyms=tuple(term for code, term in SYNONYMS if code == row["code"]),
    )
    for row in PRODUCTS
)


def first(query: str) -> str:
    found = SEARCH.find(query)
    return found[0].code if found else ""


def codes(query: str) -> set[str]:
    return {match.code for match in SEARCH.find(query)}


@pytest.mark.parametrize(
    "typed", ["hard drive", "HDD", "disk", "Disc", "hard driv", "harddrive", "HARD-DRIVES", "hdd's"]
)
def test_a_hard_drive_is_found_whatever_it_is_called(typed: str) -> None:
    assert first(typed) == "weee_hdd_3_5"


def test_all_kinds_of_hard_drive_are_offered() -> None:
    assert {"weee_hdd_3_5", "weee_hdd_2_5", "weee_hdd_enterprise", "scrap_hdd_whole_3_5"} <= codes("hdd")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hrad drive lapotp", "weee_hdd_2_5"),
        ("compresor", "weee_aircon_compressor"),
        ("microwve", "weee_microwave_magnetron"),
        ("servo moter", "ind_servo_motor"),
        ("néodymium", "scrap_loose_sintered_ndfeb"),
        ("e bike", "lev_ebike_hub_motor"),
        ("3,5 inch drive", "weee_hdd_3_5"),
        ("some old pallet of rotors", "scrap_pm_rotors"),
        ("tesla motor", "auto_bev_traction_motor"),
        ("wind", "wind_dd_pmsg_onshore"),
    ],
)
def test_slips_accents_and_spare_words_do_not_stand_in_the_way(typed: str, code: str) -> None:
    assert first(typed) == code


def test_every_shipped_word_finds_its_own_product_first() -> None:
    assert len(SYNONYMS) == 610
    assert [(term, first(term)) for code, term in SYNONYMS if first(term) != code] == []


def test_every_product_is_found_by_its_name_and_its_code_and_has_words() -> None:
    assert len(PRODUCTS) == 71
    assert [row["code"] for row in PRODUCTS if first(row["name"]) != row["code"]] == []
    assert [row["code"] for row in PRODUCTS if first(row["code"]) != row["code"]] == []
    assert {row["code"] for row in PRODUCTS} == {code for code, _ in SYNONYMS}


@pytest.mark.parametrize("typed", ["", "  ", "💪", "zzzzqqq", "???"])
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    assert SEARCH.find(typed) == []


def test_products_of_the_chosen_kind_of_source_come_first() -> None:
    assert SEARCH.find("motor", sectors=["rail"])[0].code == "rail_pm_traction_motor"
    assert len(SEARCH.find("motor", sectors=["rail"])) == 10


def test_the_words_that_matched_are_told() -> None:
    assert SEARCH.find("dyson")[0].matched == "Dyson"


@given(st.text(max_size=120))
def test_any_text_at_all_is_searched_without_accident(text: str) -> None:
    found = SEARCH.find(text, limit=5)
    assert len(found) <= 5
    assert len({match.code for match in found}) == len(found)
