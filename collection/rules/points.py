"""A point somebody typed, in degrees: is it in the United Kingdom at all?"""

from collection.rules.answers import Problem, error

# Wide enough for the Scilly Isles, Shetland and Lowestoft; a slip of sign or a swap falls outside.
NORTHERN, SOUTHERN, WESTERN, EASTERN = 61.0, 49.8, -8.7, 1.9


def point_problem(lat: float | None, lon: float | None) -> Problem | None:
    """What is wrong with a point, if anything; no point at all is nothing wrong."""
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        field = "lon" if lon is None else "lat"
        return error(field, "half_a_point", "Give both latitude and longitude, or neither", "")
    if not SOUTHERN <= lat <= NORTHERN:
        return error(
            "lat",
            "outside_uk",
            f"Latitude {lat:g} is outside the United Kingdom.",
            "Check for swapped numbers",
        )
    if not WESTERN <= lon <= EASTERN:
        return error(
            "lon", "outside_uk", f"Longitude {lon:g} is outside the United Kingdom.", "Check the minus sign"
        )
    return None


# A looked-up point this many times further from its postcode's than that is known to be is another place.
MOST_TIMES_OFF = 3


def pin_problem(apart_km: float, known_precision_km: float, postcode: str) -> Problem | None:
    """What is wrong with a pin beside its postcode, if anything: one of the two is another place's."""
    if apart_km <= MOST_TIMES_OFF * max(known_precision_km, 5.0):
        return None
    return error(
        "lat",
        "far_from_postcode",
        f"The point is {apart_km:.0f} km from {postcode}.",
        "Check both: one of them belongs to another place",
    )


def is_better_point(
    lat: float,
    lon: float,
    precision_km: float,
    known_precision_km: float | None = None,
    apart_km: float = 0.0,
) -> bool:
    """Whether a looked-up point may replace what is known of a place: in the kingdom, nearer to the truth
    than the postcode's point, and not somewhere else altogether."""
    if point_problem(lat, lon) is not None:
        return False
    if known_precision_km is None:
        return True
    return precision_km < known_precision_km and apart_km <= MOST_TIMES_OFF * max(known_precision_km, 1.0)
