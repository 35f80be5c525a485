"""What people read beside a score are words, never the codes the register keeps."""

import numpy as np
import pytest

from collection.rules.risk import COLUMNS, FeatureTable, explain, prior_model
from collection.rules.risk.words import LEVEL_WORDS, number_words
from collection.rules.risk_form import FORMS


def test_an_explanation_speaks_of_rotors_and_motors_not_of_rotor_motor() -> None:
    table = FeatureTable.of(
        {"form": ["rotor_motor"], "holder_type": ["elv_atf"], "declared_intent": ["retain"], "holder": ["17"]}
    )

    values = {reason.signal: reason.value for reason in explain(prior_model(), table, 0).reasons}

    assert values["form"] == "rotors and motors"
    assert values["holder_type"] == "vehicle dismantler (authorised treatment facility)"
    assert values["intent"] == "to sell to a UK recycler"
    assert values.get("holder", "this holder") == "this holder"


def test_asked_why_the_page_answers_in_a_sentence() -> None:
    table = FeatureTable.of(
        {
            "holder_type": ["trader"],
            "declared_intent": ["export"],
            "contract": ["framework"],
            "ndpr_change_4w": np.array([0.2]),
        }
    )
    assert explain(prior_model(), table, 0).in_a_sentence == (
        "What raises it most is kind of holder (scrap trader) and what the holder declares (to export). "
        "What lowers it most is supply contract (a framework contract) and NdPr price over four weeks (+20 %)."
    )


@pytest.mark.parametrize(("column", "signal"), [("holder_type", "holder_type"), ("form", "form")])
def test_every_documented_level_has_words(column: str, signal: str) -> None:
    documented = next(one.unit for one in COLUMNS if one.name == column).split(", ")

    assert set(documented) <= set(LEVEL_WORDS[signal])
    assert set(FORMS) == set(LEVEL_WORDS["form"])


def test_a_past_record_is_compared_in_words() -> None:
    table = FeatureTable.of(
        {
            "holder_type": ["trader"],
            "holder_closed_n": np.array([30.0]),
            "holder_export_n": np.array([29.0]),
        }
    )

    values = {reason.signal: reason.value for reason in explain(prior_model(), table, 0).reasons}

    assert values["holder_exports"] == "more often than its kind"
    assert number_words("logits", 0.02) == "about as often as its kind"
    assert number_words("count", 3.0) == "3"
    assert [number_words("dispatches", value) for value in (1.0, 2.0)] == ["1 dispatch", "2 dispatches"]
