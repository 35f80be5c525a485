"""What a kilogram of magnet is worth to the plan, from its composition and the price of its elements."""

from collections.abc import Mapping, Sequence

# The register keeps no cobalt content and no reliable samarium price exists: half the mass at a cautious
# cobalt price, so that samarium-cobalt is fetched but never outbids NdFeB on a guess.
SMCO_PENCE_PER_KG = 1500.0

# What the planner may weigh, each with an amount or a weight in this order wherever there are three.
ELEMENTS = ("NdPr", "Dy", "Tb")
ELEMENT_NAMES = {"NdPr": "Neodymium and praseodymium", "Dy": "Dysprosium", "Tb": "Terbium"}
Amounts = tuple[float, float, float]
NOTHING: Amounts = (0.0, 0.0, 0.0)
ALIKE: Amounts = (1.0, 1.0, 1.0)


def pence_per_magnet_kg(ppm: Mapping[str, int], pence_per_kg: Mapping[str, float]) -> float:
    """Pence per kg of magnet. `ppm` by nd, pr, dy, tb, sm; `pence_per_kg` of element by NdPr, Dy, Tb."""
    if ppm.get("sm", 0) > 0:
        return SMCO_PENCE_PER_KG
    return sum(amounts_priced(element_shares(ppm), pence_per_kg))


def element_shares(ppm: Mapping[str, int]) -> Amounts:
    """How much of the magnets' mass each of `ELEMENTS` is, from 0 to 1."""
    return (ppm["nd"] + ppm["pr"]) / 1_000_000, ppm["dy"] / 1_000_000, ppm["tb"] / 1_000_000


def amounts_priced(kilograms: Amounts, pence_per_kg: Mapping[str, float]) -> Amounts:
    """Pence of each element; one without a price counts nothing."""
    ndpr, dy, tb = (pence_per_kg.get(element, 0.0) for element in ELEMENTS)
    return kilograms[0] * ndpr, kilograms[1] * dy, kilograms[2] * tb


def scaled(amounts: Sequence[float], share: float) -> Amounts:
    first, second, third = amounts
    return first * share, second * share, third * share


def extra_pence(element_pence: Sequence[float], weights: Sequence[float]) -> float:
    """What the weights add to the market value of the elements; nothing where every weight is 1."""
    return sum(pence * (weight - 1.0) for pence, weight in zip(element_pence, weights, strict=True))
