"""Looking places up by their address, later and one at a time: the place is saved first, its row is the queue.

A service is asked for each address once (the answer is kept), at most once every `GEOCODER_SECONDS_APART` by all
processes together, and again later and later when it does not answer.
"""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from django.conf import settings
from django.core.cache import cache

from collection.models import LookedUpAddress, PointPrecision, Site
from collection.queries.reference import PostcodePoint, locate_postcode
from collection.rules.answers import RefusedAnswerError
from collection.rules.geodesy import great_circle_metres
from collection.rules.points import is_better_point

LEASE = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 8
TURN = "geocoder-turn"


class Found(Protocol):
    """A point with how many km off it may be."""

    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def precision_km(self) -> float: ...


LookUp = Callable[[str], Found | None]


def words_of(site: Site) -> str:
    """What is asked for: the address as one line, with the postcode."""
    lines = [*site.address.splitlines(), site.postcode]
    return ", ".join(" ".join(line.split()) for line in lines if line.strip())[:250]


def look_up_next(look_up: LookUp, failure: type[Exception], *, at: dt.datetime) -> bool:
    """Work off the place that has waited longest; False when none can be worked off now.

    `failure` is what `look_up` raises when the service does not answer: the place then waits longer.
    """
    site = Site.unscoped.filter(lookup_wanted_at__lte=at).order_by("lookup_wanted_at", "pk").first()
    if site is None:
        return False
    words = words_of(site)
    kept = LookedUpAddress.objects.filter(words=words).first()
    if kept is None and not _is_our_turn():
        return False
    claimed = Site.unscoped.filter(pk=site.pk, lookup_wanted_at=site.lookup_wanted_at).update(
        lookup_wanted_at=at + LEASE, lookup_attempts=site.lookup_attempts + 1
    )
    if not claimed:
        # Another worker took it, or it was changed meanwhile.
        return True
    if kept is None:
        try:
            found = look_up(words)
        except failure:
            _wait_longer(site, at)
            return True
        LookedUpAddress.objects.bulk_create([_answer(words, found, at)], ignore_conflicts=True)
    elif kept.lat is None:
        found = None
    else:
        found = _Kept(kept)
    _settle(site, found)
    return True


class _Kept:
    def __init__(self, kept: LookedUpAddress) -> None:
        self.lat, self.lon = kept.lat or 0.0, kept.lon or 0.0
        self.precision_km = kept.precision_km or 0.0


def _answer(words: str, found: Found | None, at: dt.datetime) -> LookedUpAddress:
    if found is None:
        return LookedUpAddress(words=words, answered_at=at)
    return LookedUpAddress(
        words=words, lat=found.lat, lon=found.lon, precision_km=found.precision_km, answered_at=at
    )


def _is_our_turn() -> bool:
    """Whether nobody asked the service within the last moments; `add` is one step for all processes."""
    return bool(cache.add(TURN, 1, timeout=settings.GEOCODER_SECONDS_APART))


def _wait_longer(site: Site, at: dt.datetime) -> None:
    attempts = site.lookup_attempts + 1
    again = None if attempts >= MOST_ATTEMPTS else at + dt.timedelta(minutes=2**attempts)
    Site.unscoped.filter(pk=site.pk).update(lookup_wanted_at=again)


def _settle(site: Site, found: Found | None) -> None:
    """Take the point over where it is better than the postcode's; a pin put meanwhile stays."""
    columns: dict[str, object] = {"lookup_wanted_at": None, "lookup_attempts": 0}
    point = _postcode_point(site)
    if found is not None and _is_better(found, point):
        columns |= {
            "lat": found.lat,
            "lon": found.lon,
            "precision": PointPrecision.ADDRESS,
            "precision_km": round(found.precision_km, 2),
        }
    same = Site.unscoped.filter(pk=site.pk, address=site.address, postcode=site.postcode)
    same.exclude(precision=PointPrecision.EXACT).update(**columns)


def _is_better(found: Found, point: PostcodePoint | None) -> bool:
    if point is None:
        return is_better_point(found.lat, found.lon, found.precision_km)
    apart = float(great_circle_metres(found.lat, found.lon, point.lat, point.lon)) / 1000
    return is_better_point(found.lat, found.lon, found.precision_km, point.precision_km, apart)


def _postcode_point(site: Site) -> PostcodePoint | None:
    try:
        return locate_postcode(site.postcode) if site.postcode else None
    except RefusedAnswerError:
        return None
