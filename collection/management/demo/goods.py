"""What each kind of holder logs: real product types, how many at a time. Judgement, for show only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goods:
    """A product as it turns up: usual quantity in `unit`, and how far lots spread around it (factor)."""

    source_kind: str
    product_code: str
    unit: str
    usual: float
    spread: float
    gross_kg_each: float | None = None
    weight: float = 1.0


OF_HOLDER: dict[str, tuple[Goods, ...]] = {
    "scrapyard": (
        Goods("scrapyard", "weee_hdd_3_5", "items", 220, 2.0, 0.6, 2.0),
        Goods("scrapyard", "ind_servo_motor", "items", 14, 2.0, 9.0, 1.5),
        Goods("scrapyard", "ind_lift_gearless", "items", 2, 1.5, 350.0, 1.0),
        Goods("vehicle", "auto_hev_motor_generator_set", "items", 9, 1.8, 85.0, 1.5),
        Goods("vehicle", "auto_bev_traction_motor", "items", 6, 1.8, 75.0, 1.5),
        Goods("scrapyard", "scrap_loose_sintered_ndfeb", "kg_gross", 90, 2.5, None, 1.2),
        Goods("scrapyard", "hvac_magnetic_filter", "items", 60, 2.0, 2.5, 0.6),
        Goods("weee", "weee_loudspeaker_hifi_ferrite", "items", 50, 2.0, 6.0, 0.5),
    ),
    "wind_decom": (
        Goods("wind", "wind_dd_pmsg_onshore", "MW", 2.3, 1.2, None, 1.0),
        Goods("wind", "wind_dd_pmsg_offshore", "MW", 6.0, 1.2, None, 1.2),
        Goods("wind", "wind_hybrid_medium_speed_pmsg", "MW", 3.0, 1.3, None, 1.0),
    ),
    "defence": (
        Goods("defence", "def_missile_fin_actuator_set", "items", 24, 1.8, 7.0, 1.0),
        Goods("defence", "def_military_aircraft_set", "items", 2, 1.5, None, 1.0),
        Goods("defence", "def_turret_gun_drive", "items", 6, 1.6, 90.0, 1.0),
        Goods("defence", "def_gyro_torquer", "items", 40, 1.8, 4.0, 0.7),
    ),
    "shredder": (
        Goods("vehicle", "auto_eps_motor", "items", 160, 1.8, 4.5, 1.5),
        Goods("vehicle", "auto_hev_motor_generator_set", "items", 14, 1.8, 85.0, 1.0),
        Goods("scrapyard", "ind_servo_motor", "items", 30, 2.0, 9.0, 1.0),
    ),
    "elv_atf": (
        Goods("vehicle", "auto_bev_traction_motor", "items", 8, 1.8, 75.0, 1.5),
        Goods("vehicle", "auto_phev_traction_motor", "items", 10, 1.8, 60.0, 1.5),
        Goods("vehicle", "auto_hev_motor_generator_set", "items", 12, 1.8, 85.0, 1.5),
        Goods("vehicle", "auto_eps_motor", "items", 90, 1.8, 4.5, 1.0),
    ),
    "weee_plant": (
        Goods("weee", "weee_hdd_3_5", "items", 600, 2.0, 0.6, 2.0),
        Goods("weee", "weee_loudspeaker_tv", "items", 700, 1.8, 0.35, 1.0),
        Goods("weee", "weee_aircon_compressor", "items", 30, 1.8, 14.0, 1.0),
        Goods("weee", "lev_ebike_hub_motor", "items", 40, 1.8, 4.0, 1.0),
        Goods("weee", "weee_cordless_power_tool", "items", 300, 1.8, 1.6, 1.0),
    ),
    "itad": (
        Goods("weee", "weee_hdd_enterprise", "items", 1500, 2.2, 0.7, 2.0),
        Goods("weee", "weee_hdd_3_5", "items", 800, 2.0, 0.6, 1.5),
        Goods("weee", "weee_hdd_2_5", "items", 1200, 2.0, 0.12, 1.0),
    ),
    "trader": (
        Goods("scrapyard", "scrap_loose_sintered_ndfeb", "kg_gross", 450, 2.2, None, 2.0),
        Goods("industrial", "ind_servo_motor", "items", 50, 2.0, 9.0, 1.0),
        Goods("vehicle", "auto_bev_traction_motor", "items", 24, 1.6, 75.0, 1.0),
    ),
}
