"""The proposed waste code follows how the magnets arose, says why, and names the question that decides."""

import csv
import itertools
from importlib import resources

import pytest

from collection.rules.classification import SITUATIONS, Hazard, propose_code
from collection.rules.new_lot import SOURCE_KINDS, Condition


def shipped(file: str) -> list[dict[str, str]]:
    text = resources.files("collection").joinpath(f"data/{file}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


LISTED = {row["code"]: row for row in shipped("dwt_ewc_codes.csv")}
PRODUCTS = shipped("product_types.csv")


def digits(code: str) -> str:
    return "".join(c for c in code if c.isdigit())


@pytest.mark.parametrize(
    ("source", "sector", "suggested", "condition", "hazard", "code"),
    [
        ("weee", "weee", "160216", "intact", Hazard.NONE, "160216"),
        ("weee", "weee", "160216", "intact", Hazard.PRESENT, "160215"),
        ("weee", "weee", "160213", "intact", Hazard.UNKNOWN, "160213"),
        ("weee", "weee", "160213", "intact", Hazard.NONE, "160214"),
        ("weee", "weee", "160213", "dismantled", Hazard.NONE, "160216"),
        ("vehicle", "automotive", "160122", "intact", Hazard.NONE, "160122"),
        ("vehicle", "automotive", "160122", "dismantled", Hazard.PRESENT, "160121"),
        ("wind", "wind", "160214", "intact", Hazard.UNKNOWN, "160214"),
        ("wind", "wind", "160214", "dismantled", Hazard.NONE, "160216"),
        ("scrapyard", "weee", "160216", "shredded", Hazard.NONE, "191006"),
        ("scrapyard", "automotive", "160122", "shredded", Hazard.PRESENT, "191005"),
        ("industrial", "scrap_fraction", "120103", "intact", Hazard.UNKNOWN, "120103"),
        ("industrial", "scrap_fraction", "120118", "intact", Hazard.NONE, "120118"),
        ("scrapyard", "scrap_fraction", "191211", "shredded", Hazard.NONE, "191212"),
        ("defence", "defence", "160401", "dismantled", Hazard.NONE, "160401"),
        ("weee", "light_electric_vehicle", "200136", "intact", Hazard.NONE, "200136"),
        ("vehicle", "light_electric_vehicle", "200136", "intact", Hazard.NONE, "160214"),
        ("industrial", "hvac", "170407", "intact", Hazard.PRESENT, "170409"),
    ],
)
def test_each_situation_gets_its_code(
    source: str, sector: str, suggested: str, condition: str, hazard: Hazard, code: str
) -> None:
    proposal = propose_code(
        source_kind=source, sector=sector, suggested_code=suggested, condition=condition, hazard=hazard
    )
    assert proposal.ewc_code == code
    assert proposal.why


def test_every_code_is_in_the_list_with_the_hazard_we_say() -> None:
    for situation in SITUATIONS:
        if situation.clean_code:
            assert LISTED[situation.clean_code]["is_hazardous"] == "false"
        if situation.hazardous_code:
            assert LISTED[situation.hazardous_code]["is_hazardous"] == "true"


def test_what_we_call_a_mirror_pair_is_one_in_the_list() -> None:
    for situation in SITUATIONS:
        codes = [code for code in (situation.clean_code, situation.hazardous_code) if code]
        if situation.is_mirror:
            assert all(LISTED[code]["entry_type"].startswith("Mirror") for code in codes)


def test_every_product_in_every_state_gets_a_listed_code_a_reason_and_where_open_a_question() -> None:
    for row, source, condition, hazard in itertools.product(PRODUCTS, SOURCE_KINDS, Condition, Hazard):
        proposal = propose_code(
            source_kind=source,
            sector=row["source_sector"],
            suggested_code=digits(row["suggested_low_code"]),
            condition=condition,
            hazard=hazard,
        )
        assert LISTED[proposal.ewc_code]["is_hazardous"] == str(proposal.is_hazardous).lower()
        assert proposal.needs_answer == (bool(proposal.question) and hazard is Hazard.UNKNOWN)
        assert all(code in LISTED and when for code, when in proposal.alternatives)
        assert proposal.ewc_code not in [code for code, _ in proposal.alternatives]


def test_the_answer_turns_the_proposal() -> None:
    asked = propose_code(source_kind="weee", sector="weee", suggested_code="160214", condition="intact")
    assert asked.needs_answer
    assert "battery" in asked.question
    assert not asked.is_hazardous


def test_a_product_without_a_suggestion_counts_as_whole_equipment() -> None:
    proposal = propose_code(
        source_kind="industrial", sector="industrial", suggested_code="", condition="intact"
    )
    assert proposal.ewc_code == "160214"
