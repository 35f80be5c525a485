"""Expert priors: what each signal is worth before the register has outcomes of its own.

In points of log-odds of export within 90 days: +10 doubles the odds. Grades: A official or peer-reviewed,
B named trade source or regulator, C analogy, D judgement. Nobody has estimated them on UK magnet lots,
so each carries a standard deviation (half its size or 4, whichever is larger) and the fit pulls away from it
as outcomes arrive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BASE_RATE = 0.20
BASE_RATE_LOW, BASE_RATE_HIGH = 0.10, 0.35


@dataclass(frozen=True, slots=True)
class Prior:
    """Points of one signal. A curve has (knot, points) pairs; words have points by level.

    `other` is for a level nobody foresaw, `missing` for a value not known: small, and never "safe".
    `elsewhere` gives the points of the same signal in the other heads, where they are not nought.
    """

    signal: str
    sentence: str
    source: str
    grade: str
    curve: tuple[tuple[float, float], ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    missing: float = 0.0
    wide: bool = False
    elsewhere: Mapping[str, Mapping[str, float] | tuple[tuple[float, float], ...]] = field(
        default_factory=dict
    )


_TABLE = "Lodestone export risk factors, 2026"

PRIORS: tuple[Prior, ...] = (
    Prior(
        "status",
        "A booked pickup takes the lot out of reach; an offer on the table makes export less likely.",
        _TABLE,
        "D",
        levels={"logged": 0.0, "offered": -8.0, "booked": -35.0},
        elsewhere={"retained": {"logged": 0.0, "offered": 12.0, "booked": 35.0}},
    ),
    Prior(
        "contract",
        "A supply contract with a domestic recycler binds the material.",
        _TABLE,
        "B",
        levels={"none": 0.0, "framework": -10.0, "exclusive": -25.0},
        missing=0.0,
        elsewhere={"retained": {"none": 0.0, "framework": 8.0, "exclusive": 15.0}},
    ),
    Prior(
        "hold",
        "A hold keeps the lot until it ends; soon after its end the lot tends to move.",
        _TABLE,
        "D",
        curve=((-120, 0), (-30, 2), (-7, 5), (0, 4), (30, -10), (90, -25), (180, -25)),
    ),
    Prior(
        "defence",
        "Defence material needs a licence to leave, even as scrap.",
        "Export control of defence goods",
        "A",
        levels={"no": 0.0, "yes": -20.0},
    ),
    Prior(
        "public",
        "Publicly owned material is more often kept in the country; not certain.",
        _TABLE,
        "D",
        levels={"no": 0.0, "yes": -2.0},
        wide=True,
    ),
    Prior(
        "holder_type",
        "Traders and shredders live by export; treatment plants under contract do so less.",
        "UK Steel, Material Focus 2020; " + _TABLE,
        "B",
        levels={
            "trader": 18.0,
            "shredder": 10.0,
            "scrapyard": 7.0,
            "elv_atf": 6.0,
            "itad": 0.0,
            "weee_plant": -3.0,
            "wind_decom": -5.0,
            "manufacturer": 0.0,
            "defence": 0.0,
        },
        missing=4.0,
        wide=True,
    ),
    Prior(
        "holder_exports",
        "Holders who exported more than others of their kind go on doing so.",
        _TABLE,
        "C",
        curve=((-2.5, -17.5), (-1, -7), (-0.4, -2.8), (0, 0), (0.4, 2.8), (1, 7), (2.5, 17.5)),
    ),
    Prior(
        "holder_trend",
        "What a holder did in the last half-year says more of it than what it did years ago.",
        _TABLE,
        "D",
        curve=((-2, -6), (-0.7, -2), (0, 0), (0.7, 2), (2, 6)),
    ),
    Prior(
        "holder_pickups",
        "Holders who delivered to domestic plants before do so again.",
        _TABLE,
        "D",
        curve=((-2.5, 0), (-1, 0), (-0.4, 0), (0, 0), (0.4, 0), (1, 0), (2.5, 0)),
        elsewhere={
            "retained": ((-2.5, -17.5), (-1, -7), (-0.4, -2.8), (0, 0), (0.4, 2.8), (1, 7), (2.5, 17.5))
        },
    ),
    Prior(
        "price_gap",
        "The further an export bid stands above the domestic price, the more it pays to ship.",
        "Trade press on scrap PrNd in China, June 2025",
        "B",
        curve=((-0.5, -7), (-0.1, -5), (0, 0), (0.1, 5), (0.2, 10), (0.3, 15), (0.6, 18), (1.0, 20)),
        elsewhere={
            "retained": ((-0.5, 4), (-0.1, 3), (0, 0), (0.1, -2), (0.2, -4), (0.3, -6), (0.6, -8), (1.0, -8))
        },
    ),
    Prior(
        "ndpr_change",
        "While the NdPr price rises, sellers wait.",
        "Trade press on sellers' behaviour, 2025",
        "B",
        curve=((-0.15, 3), (0, 0), (0.05, -3), (0.15, -6)),
    ),
    Prior(
        "form",
        "Separated magnets and shredder fines sell abroad as they are; generators need dismantling.",
        "Trade reports; " + _TABLE,
        "B",
        levels={
            "separated": 6.0,
            "shredder_fines": 6.0,
            "assembly": 4.0,
            "rotor_motor": 4.0,
            "hdd": 0.0,
            "mixed_weee": -2.0,
            "generator": -8.0,
            "swarf": 0.0,
        },
        missing=2.0,
        wide=True,
    ),
    Prior(
        "fill",
        "A pile near the load at which the site ships is about to leave with it.",
        _TABLE,
        "D",
        curve=((0, -3), (0.25, -2), (0.5, 1), (0.75, 5), (1.0, 7), (1.5, 8)),
    ),
    Prior(
        "own_load",
        "A small lot away from a trader waits for company; a full load can leave alone.",
        _TABLE,
        "D",
        curve=((0, -8), (130, -7), (200, -1), (1000, 0), (10000, 1), (18000, 8), (25000, 8)),
    ),
    Prior(
        "trader_load",
        "A trader makes up loads of lots of any weight; whether it matters there is not known.",
        _TABLE,
        "D",
        curve=((0, 0), (30, 0), (100, 0), (300, 0), (1000, 0), (3000, 0), (10000, 0), (25000, 0)),
    ),
    Prior(
        "dispatches",
        "Sites that dispatch often clear what they hold sooner.",
        _TABLE,
        "D",
        curve=((0, -2), (1, 0), (3, 2), (6, 4), (13, 5)),
    ),
    Prior(
        "dispatch_due",
        "Near the site's usual dispatch date, the next load is being made up.",
        _TABLE,
        "D",
        curve=((0, 0), (0.5, 1), (1, 4), (1.5, 3), (3, 0)),
    ),
    Prior(
        "port",
        "A container port close by makes export easy.",
        _TABLE,
        "D",
        curve=((0, 3), (60, 2), (150, 0), (300, 0)),
    ),
    Prior(
        "bulk_dock",
        "A dock that ships scrap in bulk may matter for mixed metal; sign not known.",
        _TABLE,
        "D",
        curve=((0, 1), (60, 0.5), (150, 0), (300, 0)),
    ),
    Prior(
        "recycler",
        "A domestic plant close by competes; a distant one hardly.",
        _TABLE,
        "D",
        curve=((0, -5), (80, -3), (140, 0), (200, 3), (400, 5)),
        elsewhere={"retained": ((0, 4), (80, 3), (140, 0), (200, -3), (400, -5))},
    ),
    Prior(
        "days_in_stock",
        "Fresh stock is still being sorted; very old stock has stuck, and is more often lost.",
        _TABLE,
        "D",
        curve=((0, -5), (14, -3), (45, 0), (120, 0), (182, -2), (365, -4)),
        missing=0.0,
        elsewhere={"lost": ((0, -2), (14, 0), (45, 0), (120, 0), (182, 3), (365, 5))},
    ),
    Prior(
        "days_logged",
        "Time on the register adds little once days in stock are counted.",
        _TABLE,
        "D",
        curve=((0, 0), (14, 0), (45, 0), (120, 0), (240, 0), (400, 0)),
    ),
    Prior(
        "offer_age",
        "An offer that was never taken up loses its pull.",
        _TABLE,
        "D",
        curve=((0, -2), (4, -1), (12, 0), (26, 2)),
    ),
    Prior(
        "heavy",
        "Rich in dysprosium and terbium: worth more abroad and at home; sign not known.",
        _TABLE,
        "C",
        curve=((0, 0), (0.05, 0), (0.12, 0), (0.25, 0)),
        wide=True,
    ),
    Prior(
        "chemistry",
        "Samarium-cobalt has its own buyers; sign not known.",
        _TABLE,
        "D",
        levels={"NdFeB": 0.0, "SmCo": 0.0},
    ),
    Prior("hazard", "Hazardous consignments need papers to leave; sign not known.", _TABLE, "D", levels={}),
    Prior(
        "season",
        "Loads are cleared towards the end of a quarter.",
        _TABLE,
        "D",
        curve=((0, 3), (15, 3), (30, 2), (45, 0), (92, 0)),
    ),
    Prior(
        "broker",
        "A broker or foreign buyer on site comes to buy.",
        "Trade reports",
        "B",
        curve=((0, 0), (1, 9), (2, 12), (4, 14)),
    ),
    Prior(
        "intent",
        "A holder who says it will export mostly does; one who says it will keep may still sell.",
        _TABLE,
        "D",
        levels={"export": 15.0, "retain": -3.0, "undecided": 0.0},
        missing=0.0,
    ),
    Prior(
        "backlog",
        "When domestic plants are full, holders look abroad.",
        "First UK plant's capacity, 2026",
        "B",
        curve=((0, -1), (4, 0), (8, 5), (12, 7), (24, 8)),
        elsewhere={"retained": ((0, 1), (4, 0), (8, -5), (12, -7), (24, -8))},
    ),
    Prior(
        "compliance",
        "A weaker compliance band goes with irregular movements.",
        "OPRA bands as used by regulators",
        "C",
        levels={"A": -4.0, "B": -4.0, "C": -3.0, "D": 3.0, "E": 4.0, "F": 5.0},
        missing=3.0,
    ),
    Prior(
        "licence",
        "A licensing rule adds delay and refusal to an export.",
        _TABLE,
        "D",
        levels={"no": 0.0, "yes": -6.0},
        wide=True,
    ),
    Prior("holder", "What this holder did beyond what its facts explain.", "The register's outcomes", "C"),
    Prior("site", "What left this site beyond what its facts explain.", "The register's outcomes", "C"),
)

PRIOR_BY_SIGNAL: dict[str, Prior] = {prior.signal: prior for prior in PRIORS}
