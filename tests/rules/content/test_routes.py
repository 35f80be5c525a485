"""Route advice: the shipped decision rules, what decided, what would upgrade, and what must stay apart."""

import pytest

from collection.rules.content import (
    Catalogue,
    Condition,
    ContentEstimate,
    LotInput,
    advise_route,
    estimate,
    mixing_problems,
)

SOUND = Condition(corrosion_class="A", is_single_source=True, is_fired=False)
REUSABLE = Condition(
    corrosion_class="A",
    is_freed=True,
    is_intact=True,
    is_identical_batch=True,
    is_grade_known=True,
    is_single_source=True,
    is_reuse_buyer_named=True,
)


def _lot(catalogue: Catalogue, code: str, weighed: float | None = None) -> ContentEstimate:
    return estimate(catalogue, LotInput(product_code=code, quantity=10, magnet_grams_weighed=weighed))


@pytest.mark.parametrize(
    ("code", "condition", "route"),
    [
        ("weee_dishwasher_pump", Condition(), "out_of_scope_no_ree"),
        ("med_mri_superconducting", Condition(), "out_of_scope_no_ree"),
        ("def_radar_magnetron", Condition(), "alnico_co_ni_recycler"),
        ("scrap_ferrous_shred", Condition(), "loss_to_slag"),
        ("auto_bev_traction_motor", Condition(), "preprocess_first"),
        ("auto_bev_traction_motor", Condition(is_freed=True), "hpms_remelt"),
        ("auto_bev_traction_motor", Condition(is_freed=True, is_single_source=True), "short_loop_hpms"),
        ("auto_bev_traction_motor", Condition(is_freed=True, corrosion_class="C"), "long_loop_hydromet"),
        ("wind_dd_pmsg_offshore", SOUND, "short_loop_hpms"),
        ("wind_dd_pmsg_offshore", REUSABLE, "direct_reuse"),
        ("wind_dd_pmsg_offshore", Condition(is_freed=True, is_fired=True), "long_loop_hydromet"),
        ("wind_dd_pmsg_offshore", Condition(is_fired=True), "preprocess_first"),
        ("aero_ema_actuator", Condition(), "smco_specialist"),
        ("scrap_bonded_ndfeb", Condition(), "long_loop_hydromet"),
        ("scrap_ndfeb_swarf_oily", REUSABLE, "long_loop_hydromet"),
        ("scrap_loose_sintered_ndfeb_corroded", Condition(), "long_loop_hydromet"),
        ("scrap_loose_sintered_ndfeb", Condition(), "short_loop_hpms"),
        ("scrap_loose_sintered_ndfeb", Condition(is_single_source=False), "hpms_remelt"),
        ("scrap_mixed_small_motors", Condition(), "preprocess_first"),
        ("def_sonar_terfenol", Condition(is_freed=True), "long_loop_hydromet"),
        ("weee_smartphone", Condition(is_freed=True), "long_loop_hydromet"),
    ],
)
def test_the_first_rule_that_applies_decides(
    catalogue: Catalogue, code: str, condition: Condition, route: str
) -> None:
    advice = advise_route(catalogue, _lot(catalogue, code), condition)
    assert advice.route_code == route
    assert advice.deciding_observation


def test_a_sealed_lot_names_the_route_after_taking_apart_and_both_yields(catalogue: Catalogue) -> None:
    advice = advise_route(catalogue, _lot(catalogue, "auto_bev_traction_motor"))
    assert advice.then_route_code == "hpms_remelt"
    assert advice.ree_yield.central == pytest.approx(0.92 * 0.85)
    contained = _lot(catalogue, "auto_bev_traction_motor").elements["Nd"]
    assert advice.recoverable["Nd"].central == pytest.approx(contained.central * 0.92 * 0.85)
    assert advice.recoverable["Nd"].high < contained.high


def test_what_nobody_looked_at_is_said_to_be_assumed(catalogue: Catalogue) -> None:
    advice = advise_route(catalogue, _lot(catalogue, "wind_dd_pmsg_offshore"))
    assert advice.is_provisional
    assert any("class B is assumed" in note for note in advice.assumptions)
    assert not advise_route(catalogue, _lot(catalogue, "wind_dd_pmsg_offshore"), SOUND).is_provisional


def test_upgrades_say_what_to_do_and_what_it_is_worth(catalogue: Catalogue) -> None:
    advice = advise_route(
        catalogue, _lot(catalogue, "scrap_loose_sintered_ndfeb"), Condition(is_single_source=False)
    )
    sort = next(each for each in advice.upgrades if each.route_code == "short_loop_hpms")
    assert "Sort by source product" in sort.action
    assert sort.yield_gain == pytest.approx(0.05)
    assert 0 < sort.offer_gain_gbp_low <= sort.offer_gain_gbp_high


def test_nothing_upgrades_corroded_swarf_or_ferrite_to_reuse(catalogue: Catalogue) -> None:
    for code in ("scrap_ndfeb_swarf_oily", "scrap_loose_sintered_ndfeb_corroded", "weee_dishwasher_pump"):
        assert advise_route(catalogue, _lot(catalogue, code)).upgrades == ()


def test_every_product_gets_a_route_from_the_table_and_recovers_no_more_than_it_holds(
    catalogue: Catalogue,
) -> None:
    for code in catalogue.products:
        lot = _lot(catalogue, code)
        advice = advise_route(catalogue, lot)
        assert advice.route_code in catalogue.routes
        for element, spread in advice.recoverable.items():
            assert spread.central <= lot.elements[element].central


def test_plants_come_with_their_status_its_date_and_their_intake(catalogue: Catalogue) -> None:
    advice = advise_route(catalogue, _lot(catalogue, "wind_dd_pmsg_offshore"), SOUND)
    text = " ".join(plant.sentence for plant in advice.plants)
    assert "Tyseley" in text
    assert "as of 16 January 2026" in text
    assert "100 t a year now, 300 t planned" in text
    medium = advise_route(catalogue, _lot(catalogue, "ind_pm_motor_large"))
    assert {"Birmingham", "Ellesmere Port"} <= {plant.town for plant in medium.plants}


def test_samarium_cobalt_never_meets_another_family(catalogue: Catalogue) -> None:
    pair = [(_lot(catalogue, code), SOUND) for code in ("aero_ema_actuator", "auto_eps_motor")]
    assert "never be mixed" in mixing_problems(pair, "long_loop_hydromet")[0]
    kinds = [(_lot(catalogue, code), SOUND) for code in ("aero_ema_actuator", "def_gyro_torquer")]
    assert any("1:5 and 2:17" in problem for problem in mixing_problems(kinds, "smco_specialist"))


def test_a_short_loop_batch_takes_one_sound_source_product(catalogue: Catalogue) -> None:
    eps, ebike = _lot(catalogue, "auto_eps_motor"), _lot(catalogue, "lev_ebike_hub_motor")
    assert mixing_problems([(eps, SOUND), (eps, SOUND)], "short_loop_hpms") == ()
    assert "one source product" in mixing_problems([(eps, SOUND), (ebike, SOUND)], "short_loop_hpms")[0]
    assert mixing_problems([(eps, SOUND), (ebike, SOUND)], "long_loop_hydromet") == ()
    corroded = mixing_problems([(eps, SOUND), (eps, Condition(corrosion_class="D"))], "short_loop_hpms")
    assert "Corroded" in corroded[0]
    bonded = mixing_problems([(_lot(catalogue, "scrap_bonded_ndfeb"), SOUND)], "short_loop_hpms")
    assert "Resin-bonded" in bonded[0]


def test_defence_lots_are_kept_from_the_rest(catalogue: Catalogue) -> None:
    pair = [(_lot(catalogue, code), SOUND) for code in ("def_gyro_torquer", "def_radar_twt")]
    assert mixing_problems(pair, "smco_specialist") == ()
    mixed = [(_lot(catalogue, code), SOUND) for code in ("def_missile_fin_actuator_set", "aero_ema_actuator")]
    assert "Defence-controlled" in mixing_problems(mixed, "smco_specialist")[0]


def test_a_tested_grade_overrules_the_products_usual_family(catalogue: Catalogue) -> None:
    lot = estimate(catalogue, LotInput(product_code="ind_servo_motor", quantity=5, grade_code="smco_2_17"))
    assert lot.magnet_family == "Sm2Co17"
    assert advise_route(catalogue, lot).route_code == "smco_specialist"
    assert lot.elements["Sm"].central > 0
    assert lot.elements["Nd"].central == 0
