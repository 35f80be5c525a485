"""How heavy one item of a product can be: bounds that catch a slipped decimal point, not a surprising item.

`ITEM_GROSS_KG` gives the lightest and the heaviest that one item of a product, as usually logged, weighs in
kg. The figures are engineering judgement from published weights of common makes (a 3.5 inch drive is 0.4 to
0.8 kg, a gearless lift machine 150 to 1,500 kg) widened on both sides. A product not in the table gets
bounds from its magnet content: an item weighs at least its magnets, and at most a thousand times its
magnets for small consumer goods or a hundred times otherwise (the magnet share of whole products runs from
0.1 to 60 %).
"""

from dataclasses import dataclass

ITEM_GROSS_KG: dict[str, tuple[float, float]] = {
    "auto_bev_traction_motor": (15, 250),
    "auto_phev_traction_motor": (10, 200),
    "auto_hev_motor_generator_set": (15, 200),
    "auto_bus_truck_eaxle": (50, 1500),
    "auto_eps_motor": (0.8, 25),
    "auto_ice_small_motor_set": (2, 3000),
    "auto_loudspeaker_set": (0.3, 20),
    "lev_ebike_hub_motor": (1, 12),
    "lev_ebike_mid_drive": (1, 12),
    "lev_escooter_hub_motor": (0.8, 10),
    "weee_hdd_3_5": (0.3, 1.5),
    "weee_hdd_2_5": (0.05, 0.4),
    "weee_hdd_enterprise": (0.4, 1.5),
    "weee_loudspeaker_tv": (0.05, 6),
    "weee_loudspeaker_hifi_ferrite": (0.5, 60),
    "weee_headphones": (0.003, 1),
    "weee_smartphone": (0.05, 0.5),
    "weee_laptop_tablet": (0.2, 6),
    "weee_aircon_compressor": (3, 120),
    "weee_heat_pump_compressor": (4, 250),
    "weee_washing_machine_motor_ndfeb": (1.5, 15),
    "weee_washing_machine_motor_ferrite": (1.5, 15),
    "weee_dishwasher_pump": (0.2, 4),
    "weee_cordless_vacuum": (0.1, 6),
    "weee_cordless_power_tool": (0.2, 12),
    "weee_microwave_magnetron": (0.4, 3),
    "hvac_ecm_circulator_pump": (0.8, 60),
    "hvac_magnetic_filter": (0.3, 12),
    "med_mri_permanent_open": (3_000, 40_000),
    "med_mri_superconducting": (1_500, 45_000),
    "ind_servo_motor": (0.5, 80),
    "ind_robot_articulated": (15, 3_000),
    "ind_robot_humanoid": (20, 150),
    "ind_lift_gearless": (80, 3_000),
    "ind_eddy_current_separator": (150, 8_000),
    "ind_overband_separator_ferrite": (300, 12_000),
    "ind_magnetic_coupling_pump": (3, 1_500),
    "rail_pm_traction_motor": (150, 1_500),
    "aero_pm_generator": (5, 150),
    "aero_ema_actuator": (0.5, 60),
    "def_missile_fin_actuator_set": (0.5, 40),
    "def_radar_twt": (0.5, 60),
    "def_radar_magnetron": (1, 100),
    "def_fast_jet_f35_total": (20, 32_000),
    "def_military_aircraft_set": (5, 150_000),
    "def_turret_gun_drive": (20, 2_000),
    "def_night_vision": (0.1, 10),
    "def_gyro_torquer": (0.05, 60),
}

_CONSUMER_SECTORS = frozenset({"weee", "automotive", "hvac", "light_electric_vehicle", "defence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What the checks need to know of a product; masses are magnet kg per unit of `unit_basis`.

    `unit_basis` is per_item, per_MW or per_tonne_of_item. `magnet_family` is NdFeB, SmCo5, Sm2Co17, AlNiCo,
    ferrite or other.
    """

    code: str
    name: str
    sector: str
    unit_basis: str
    magnet_family: str
    magnet_kg_low: float
    magnet_kg_central: float
    magnet_kg_high: float
    prevalence: float
    is_defence_controlled: bool = False
    is_current: bool = True


def item_gross_kg(product: ProductFacts) -> tuple[float, float]:
    """The lightest and heaviest one item plausibly weighs, kg. Meaningful for per-item products only."""
    if product.code in ITEM_GROSS_KG:
        return ITEM_GROSS_KG[product.code]
    most_times = 1000 if product.sector in _CONSUMER_SECTORS else 100
    return product.magnet_kg_low, max(product.magnet_kg_high, product.magnet_kg_central) * most_times


def is_samarium_cobalt(magnet_family: str) -> bool:
    return magnet_family in {"SmCo5", "Sm2Co17"}
