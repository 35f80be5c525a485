"""Which lots a plant takes, and which may share a vehicle's box."""

_SHORTER_LOOPS = frozenset({"direct_reuse", "short_loop_hpms", "hpms_remelt"})

_TAKEN_BY: dict[str, frozenset[str]] = {
    "short_loop_hpms": _SHORTER_LOOPS,
    # Leaching takes any NdFeB; a shorter loop keeps more value but a magnet in a long loop is not lost.
    "long_loop_hydromet": _SHORTER_LOOPS | {"long_loop_hydromet"},
    "preprocess_first": frozenset({"preprocess_first"}),
    "smco_specialist": frozenset({"smco_specialist"}),
}

PREPROCESS = "preprocess_first"

# One piece of samarium-cobalt spoils a batch of NdFeB, and 1:5 a batch of 2:17: one box, one family.
BOXES: dict[str, tuple[str, frozenset[str]]] = {
    "ndfeb": ("Neodymium magnets (NdFeB)", frozenset({"NdFeB"})),
    "smco5": ("Samarium-cobalt 1:5", frozenset({"SmCo5"})),
    "sm2co17": ("Samarium-cobalt 2:17", frozenset({"Sm2Co17"})),
}


def routes_taken_by(plant_route: str, *, with_preprocessing: bool) -> frozenset[str]:
    """The routes whose lots a plant on `plant_route` can use.

    `with_preprocessing` adds lots that must be taken apart first: the plant or its partner frees the magnets.
    """
    taken = _TAKEN_BY.get(plant_route, frozenset({plant_route} if plant_route else ()))
    return taken | {PREPROCESS} if with_preprocessing else taken
