"""Postcodes become points with their precision; products are found; facts follow the coefficient in force."""

import pytest

from collection.models import ProductCoefficient, ProductSynonym, ProductType
from collection.queries.reference import find_products, locate_postcode, product_facts
from collection.rules.answers import RefusedAnswerError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_reference")]


def test_a_postcode_becomes_a_point_that_says_how_far_off_it_may_be() -> None:
    point = locate_postcode("b11 2aa")
    assert str(point.postcode) == "B11 2AA"
    assert point.outcode == "B11"
    assert (point.lat, point.lon) == (pytest.approx(52.455, abs=0.05), pytest.approx(-1.855, abs=0.05))
    assert 0.5 <= point.precision_km <= 15
    assert point.nation == "England"
    assert point.region.itl1_code == "TLG"
    assert "about" in str(point)


def test_a_country_outcode_is_less_precise_than_a_town_one() -> None:
    assert locate_postcode("IV27").precision_km > locate_postcode("EH3").precision_km


def test_a_postcode_that_does_not_exist_is_refused_with_the_way_out() -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        locate_postcode("ZZ99 9ZZ")
    assert refused.value.problem.code == "postcode_unknown"
    assert "nearest town" in refused.value.problem.way_out


def test_a_mail_only_postcode_is_no_place_to_fetch_from() -> None:
    with pytest.raises(RefusedAnswerError, match="gate"):
        locate_postcode("AB99 9ZZ")


def test_the_crown_dependencies_are_outside_the_register() -> None:
    with pytest.raises(RefusedAnswerError, match="outside the United Kingdom"):
        locate_postcode("JE2 3AB")


def test_products_are_found_in_the_register_by_what_people_call_them() -> None:
    assert find_products("hdd")[0].code == "weee_hdd_3_5"


def test_a_word_added_later_is_found_at_once() -> None:
    assert find_products("whirligig") == []
    product = ProductType.objects.get(code="wind_small_pmsg_lt50kw")
    ProductSynonym.objects.create(product=product, term="whirligig")
    assert find_products("whirligig")[0].code == "wind_small_pmsg_lt50kw"


def test_a_withdrawn_product_is_not_offered() -> None:
    assert "weee_hdd_2_5" in {match.code for match in find_products("laptop hard drive")}
    ProductType.objects.filter(code="weee_hdd_2_5").update(is_current=False)
    assert "weee_hdd_2_5" not in {match.code for match in find_products("laptop hard drive")}


def test_facts_follow_the_coefficient_in_force() -> None:
    product = ProductType.objects.get(code="weee_aircon_compressor")
    facts = product_facts(product)
    assert (facts.magnet_kg_low, facts.magnet_kg_central, facts.magnet_kg_high) == (0.05, 0.1, 0.25)
    assert facts.prevalence == 0.6
    ProductCoefficient.objects.filter(product=product).update(prevalence_central="0.7")
    assert product_facts(product).prevalence == 0.7
