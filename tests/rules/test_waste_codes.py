"""Waste codes, carrier registrations and site permits are recognised by their written form."""

import pytest

from collection.rules.answers import RefusedAnswerError
from collection.rules.waste_codes import (
    carrier_registration_problem,
    format_ewc_code,
    read_ewc_code,
    site_authorisation_problem,
)


@pytest.mark.parametrize("typed", ["16 02 16", "160216", "16.02.16", " 16 02 16* ", "160216 *"])
def test_a_waste_code_is_read_however_it_is_spaced(typed: str) -> None:
    assert read_ewc_code(typed) == "160216"


@pytest.mark.parametrize("typed", ["", "16 02", "1602166", "sixteen", "16 02 1O", "💪"])
def test_what_is_no_waste_code_is_refused(typed: str) -> None:
    with pytest.raises(RefusedAnswerError, match="six digits"):
        read_ewc_code(typed)


def test_a_waste_code_is_shown_as_the_list_prints_it() -> None:
    assert format_ewc_code("160213", is_hazardous=True) == "16 02 13*"
    assert format_ewc_code("160216", is_hazardous=False) == "16 02 16"


@pytest.mark.parametrize(
    ("number", "nation"),
    [
        ("CBDU123456", "England"),
        ("cbdl123", "Wales"),
        ("WCR/R/1234567", "Scotland"),
        ("SCO/123456", "Scotland"),
        ("PCT-A-12345", "Scotland"),
        ("ROC UT 1234", "Northern Ireland"),
        ("ROCLT12", "Northern Ireland"),
        ("CBDU123456", ""),
        ("SCO/123456", ""),
    ],
)
def test_carrier_registrations_of_every_nation_are_recognised(number: str, nation: str) -> None:
    assert carrier_registration_problem(number, nation) is None


@pytest.mark.parametrize(
    ("number", "nation"),
    [("CBDU12", "England"), ("CBDU123456", "Scotland"), ("", ""), ("SCO/12345", "Scotland")],
)
def test_a_registration_of_the_wrong_form_is_told_the_right_one(number: str, nation: str) -> None:
    problem = carrier_registration_problem(number, nation)
    assert problem is not None
    assert "for example" in problem.way_out


@pytest.mark.parametrize(
    ("number", "nation"),
    [
        ("AB1234CD", "England"),
        ("epr/ab1234cd", "England"),
        ("EPR/AB1234CD/D1234", "England"),
        ("EAWML 12345", "England"),
        ("WML123456", "England"),
        ("EPR/AB1234CD", "Wales"),
        ("PPC/A/1234567", "Scotland"),
        ("WML/L/1234567/12", "Scotland"),
        ("PPC/A/SEPA1234-1234", "Scotland"),
        ("EAS/P/123456", "Scotland"),
        ("P1234/12A", "Northern Ireland"),
        ("WPPC 12/34/V1", "Northern Ireland"),
        ("WML 12/34 LN/12/34/M", "Northern Ireland"),
        ("WML 12/34 PAC/2012/WCL123", "Northern Ireland"),
    ],
)
def test_site_permits_of_every_nation_are_recognised(number: str, nation: str) -> None:
    assert site_authorisation_problem(number, nation) is None


@pytest.mark.parametrize(
    ("number", "nation"), [("PPC/A/1234567", "England"), ("AB12CD", ""), ("EAWML 12", "England")]
)
def test_a_permit_of_the_wrong_form_is_told_the_right_one(number: str, nation: str) -> None:
    problem = site_authorisation_problem(number, nation)
    assert problem is not None
    assert "certificate" in problem.way_out
