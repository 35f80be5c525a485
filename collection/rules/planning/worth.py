"""What a kilogram of magnet is worth to the plan, from its composition and the price of its elements."""

from collections.abc import Mapping

# The register keeps no cobalt content and no reliable samarium price exists: half the mass at a cautious
# cobalt price, so that samarium-cobalt is fetched but never outbids NdFeB on a guess.
SMCO_PENCE_PER_KG = 1500.0


def pence_per_magnet_kg(ppm: Mapping[str, int], pence_per_kg: Mapping[str, float]) -> float:
    """Pence per kg of magnet. `ppm` by nd, pr, dy, tb, sm; `pence_per_kg` of element by NdPr, Dy, Tb."""
    if ppm.get("sm", 0) > 0:
        return SMCO_PENCE_PER_KG
    shares = {"NdPr": ppm["nd"] + ppm["pr"], "Dy": ppm["dy"], "Tb": ppm["tb"]}
    return sum(share / 1_000_000 * pence_per_kg.get(element, 0.0) for element, share in shares.items())
