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
