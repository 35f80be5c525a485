"""Addresses to points, by a service that speaks Nominatim's language; none unless one is configured.

geopy makes the request and reads the answer. How far off a point may be comes from the box the service puts
around what it found: half its diagonal.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from collection.rules.geodesy import great_circle_metres

SECONDS = 10
LEAST_PRECISION_KM = 0.05


class GeocoderUnavailableError(Exception):
    """The service did not answer, or not with sense. Worth asking again later."""


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """Where an address is, and how many km off that may be."""

    lat: float
    lon: float
    precision_km: float


def is_configured() -> bool:
    return bool(settings.GEOCODER_URL)


def look_up(words: str) -> FoundPoint | None:
    """The point of an address in the United Kingdom; None where the service knows none.

    One request, no retries: the caller decides when to ask again. Raises GeocoderUnavailableError.
    """
    # Brings every service it knows and an HTTP client with it; most registers never ask.
    from geopy.exc import GeopyError
    from geopy.geocoders import Nominatim

    address = urlsplit(settings.GEOCODER_URL)
    service = Nominatim(
        scheme=address.scheme,
        domain=f"{address.netloc}{address.path}".rstrip("/"),
        user_agent=settings.GEOCODER_USER_AGENT,
        timeout=SECONDS,
    )
    try:
        found = service.geocode(words, exactly_one=True, country_codes="gb")
        if found is None:
            return None
        return FoundPoint(float(found.latitude), float(found.longitude), _precision_km(found.raw))
    except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise GeocoderUnavailableError(f"{type(error).__name__}: {error}") from error


def _precision_km(raw: dict[str, object]) -> float:
    box = raw.get("boundingbox")
    if not isinstance(box, list) or len(box) != 4:
        return LEAST_PRECISION_KM
    south, north, west, east = (float(edge) for edge in box)
    return max(LEAST_PRECISION_KM, float(great_circle_metres(south, west, north, east)) / 2000)
