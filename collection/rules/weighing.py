"""Weights of a lot: gross, tare, pallet and net, how they came about, and whether they can be.

A weight from a scale is a weighing; counted × factor and what somebody said are estimates that stay in the
queue of weights still to be replaced. The reach and the steps of scales are those of ordinary yards:
engineering judgement (a class III weighbridge reads in steps of 20 kg; platform scales end near 3 t).
"""

from collections.abc import Iterator
from enum import StrEnum

from collection.rules.answers import Problem, error, warning
from collection.rules.mass_input import format_mass


class WeightMethod(StrEnum):
    """How the weights came about."""

    WEIGHBRIDGE = "weighbridge"
    PLATFORM = "platform"
    COUNTED = "counted"
    TOLD = "told"


WEIGHED = frozenset({WeightMethod.WEIGHBRIDGE, WeightMethod.PLATFORM})

LEAST_ON_WEIGHBRIDGE_GRAMS = 200_000
MOST_ON_PLATFORM_GRAMS = 5_000_000
MOST_IN_A_VAN_GRAMS = 3_500_000
LARGEST_LOAD_GRAMS = 29_000_000
MOST_OF_LOT_GRAMS = 1_000_000_000
# A vehicle may be overloaded, and then that is what happened; nobody drives off with twice what it carries.
TIMES_OVERLOADED = 2


def net_of(
    gross: int | None, tare: int | None, pallet: int | None, stated_net: int | None = None
) -> int | None:
    """Gross less tare less pallet, grams; the stated net where there is no gross; None without either."""
    if gross is None:
        return stated_net
    return gross - (tare or 0) - (pallet or 0)


def is_estimate(method: str, *, has_weight: bool) -> bool:
    """Whether the weight still has to be replaced by a weighing: there is none, or nobody put it on a scale."""
    return not has_weight or method not in WEIGHED


def weight_loaded_problem(reference: str, grams: int, carries_grams: int) -> str:
    """Why a vehicle that carries so much cannot have loaded so much of a lot, with the way out; or nothing."""
    if grams <= TIMES_OVERLOADED * carries_grams:
        return ""
    return (
        f"Weight loaded of {reference} is far more than the vehicle carries ({format_mass(carries_grams)}). "
        "Check the unit"
    )


def check_weights(
    *,
    gross: int | None,
    tare: int | None,
    pallet: int | None,
    net: int | None,
    method: str,
    weighed_quantity: int | None = None,
    largest_vehicle: str = "",
) -> Iterator[Problem]:
    """Every problem of the weights among themselves; masses in grams. Product and count are checked elsewhere.

    `weighed_quantity` is the lot's quantity where that is itself a weight. `largest_vehicle` is what can reach
    the place: "van" or anything longer; empty where nobody said.
    """
    if method and method not in tuple(WeightMethod):
        yield error(
            "weight_method",
            "not_a_choice",
            f"How it was weighed: “{method[:40]}” is not one of the answers.",
            f"Choose one of: {', '.join(WeightMethod)}.",
        )
    yield from _check_single(gross, tare, pallet, net)
    if gross is None:
        yield from _check_without_gross(tare, pallet)
    elif gross > 0:
        yield from _check_sum(gross, tare, pallet, net)
        yield from _check_load(gross, largest_vehicle)
    heaviest = next((grams for grams in (gross, net, weighed_quantity) if grams is not None), None)
    if heaviest is None:
        if method:
            yield warning(
                "weight_method",
                "nothing_weighed",
                "You said how it was weighed but gave no weight.",
                "Give the gross or net weight, or leave the answer out.",
            )
        return
    if not method:
        yield warning(
            "weight_method",
            "how_not_said",
            "Nobody said how the weight came about.",
            "It counts as an estimate until it is weighed; say so if it was on a scale.",
        )
    yield from _check_scale(heaviest, method)


def _check_single(
    gross: int | None, tare: int | None, pallet: int | None, net: int | None
) -> Iterator[Problem]:
    if gross is not None and gross <= 0:
        yield error(
            "gross",
            "not_positive",
            "Gross weight must be more than 0.",
            "Give the weight read from the scale, or leave it empty.",
        )
    if net is not None and net <= 0:
        yield error(
            "net",
            "not_positive",
            "Net weight must be more than 0.",
            "Give the weight of the goods alone, or leave it empty.",
        )
    for field, grams, words, what in (
        ("tare", tare, "Tare cannot be negative.", "the empty vehicle or container"),
        ("pallet", pallet, "Pallet weight cannot be negative.", "pallet and packing"),
    ):
        if grams is not None and grams < 0:
            yield error(field, "negative", words, f"Give the weight of {what}, or leave it empty.")


def _check_without_gross(tare: int | None, pallet: int | None) -> Iterator[Problem]:
    if tare is not None:
        yield error(
            "gross",
            "gross_missing",
            "Tare was given without a gross weight.",
            "Give the gross weight too, or leave tare empty.",
        )
    elif pallet is not None:
        yield error(
            "gross",
            "gross_missing",
            "A pallet weight was given without a gross weight.",
            "Give the gross weight too, or leave the pallet empty.",
        )


def _check_sum(gross: int, tare: int | None, pallet: int | None, net: int | None) -> Iterator[Problem]:
    if tare is not None and tare >= gross:
        yield error(
            "tare",
            "tare_not_below_gross",
            f"Tare ({format_mass(tare)}) must be less than gross weight ({format_mass(gross)}).",
            "Check that the two were not exchanged.",
        )
        return
    left = gross - max(tare or 0, 0)
    if pallet is not None and pallet >= left:
        yield error(
            "pallet",
            "pallet_not_below_gross",
            f"The pallet ({format_mass(pallet)}) must weigh less than what is left of the gross weight "
            f"({format_mass(left)}).",
            "Check that the two were not exchanged.",
        )
        return
    comes_to = left - max(pallet or 0, 0)
    if net is not None and net != comes_to:
        less = " less ".join(
            [f"gross {format_mass(gross)}"]
            + [
                f"{name} {format_mass(grams)}"
                for name, grams in (("tare", tare), ("pallet", pallet))
                if grams
            ]
        )
        yield error(
            "net",
            "sum_wrong",
            f"{less.capitalize()} is {format_mass(comes_to)}, not {format_mass(net)}.",
            "Correct whichever was misread, or leave net empty and we work it out.",
        )


def _check_load(gross: int, largest_vehicle: str) -> Iterator[Problem]:
    if gross > MOST_OF_LOT_GRAMS:
        yield error(
            "gross",
            "too_large",
            f"Gross weight of {format_mass(gross)} is more than one lot can hold.",
            "Check the unit (kg or t), or log it as several lots.",
        )
    elif gross > LARGEST_LOAD_GRAMS:
        yield warning(
            "gross",
            "more_than_one_lorry",
            f"{format_mass(gross)} is more than one lorry can carry.",
            "Check the unit (kg or t); it will be collected in several loads.",
        )
    elif largest_vehicle == "van" and gross > MOST_IN_A_VAN_GRAMS:
        yield warning(
            "gross",
            "more_than_one_van",
            f"{format_mass(gross)} is more than a van carries, and only a van reaches this place.",
            "Check the unit (kg or t); it will be collected in several loads.",
        )


def _check_scale(grams: int, method: str) -> Iterator[Problem]:
    if method == WeightMethod.WEIGHBRIDGE and grams < LEAST_ON_WEIGHBRIDGE_GRAMS:
        yield warning(
            "weight_method",
            "too_light_for_weighbridge",
            f"A weighbridge reads in steps of about 20 kg; {format_mass(grams)} is too little for it.",
            "Check the weight, or weigh it on a platform scale.",
        )
    if method == WeightMethod.PLATFORM and grams > MOST_ON_PLATFORM_GRAMS:
        yield warning(
            "weight_method",
            "too_heavy_for_platform",
            f"{format_mass(grams)} is more than a platform scale carries.",
            "Check the unit (kg or t), or choose the weighbridge.",
        )
