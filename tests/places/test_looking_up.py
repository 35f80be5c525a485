"""Addresses looked up by a geocoder that really answers: later, once, apart, and never for the worse."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from collection.actions.lookups import MOST_ATTEMPTS, TURN, look_up_next
from collection.integrations import geocoding
from collection.models import LookedUpAddress, Site
from tests.cast import Cast, Person
from tests.journey.lots import NOW
from tests.places.nominatim import Geocoder, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
ADDRESS = "12 Leith Docks, EH6 7DX"


@pytest.fixture
def geocoder(settings: Any) -> Iterator[Geocoder]:
    cache.delete(TURN)
    with running() as found:
        settings.GEOCODER_URL = found.url
        settings.GEOCODER_USER_AGENT = "Lodestone tests"
        settings.GEOCODER_SECONDS_APART = 60
        yield found


def _save(client: Client, **changes: str) -> Site:
    typed = {
        "name": "Leith yard",
        "address": "12 Leith Docks",
        "postcode": "EH6 7DX",
        "opens_at": "07:30",
        "closes_at": "16:00",
        "open_days": ["1", "2", "3", "4", "5"],
    } | changes
    answer = client.post("/places/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    site: Site = Site.unscoped.get(name=typed["name"])
    return site


def _work_off(*, at: dt.datetime | None = None, waits: bool = False) -> bool:
    if not waits:
        cache.delete(TURN)
    far = NOW + dt.timedelta(days=4000)
    return look_up_next(geocoding.look_up, geocoding.GeocoderUnavailableError, at=at or far)


def test_a_place_is_saved_at_its_postcode_at_once_and_moved_to_its_address_later(
    cast: Cast, as_person: SignIn, geocoder: Geocoder
) -> None:
    geocoder.knows(ADDRESS, 55.9790, -3.1700, half_km=0.08)
    client = as_person(cast.scrapyard)
    site = _save(client)
    assert site.precision == "outcode"
    assert "Being looked up" in client.get("/places/").content.decode()

    assert _work_off()

    site.refresh_from_db()
    assert (site.lat, site.lon, site.precision) == (55.979, -3.17, "address")
    assert site.precision_km == pytest.approx(0.08, abs=0.01)
    assert site.lookup_wanted_at is None
    assert geocoder.agents == ["Lodestone tests"]
    assert not _work_off()


def test_an_address_is_asked_for_once_however_many_places_share_it(
    cast: Cast, as_person: SignIn, geocoder: Geocoder
) -> None:
    geocoder.knows(ADDRESS, 55.9790, -3.1700)
    for name in ("One", "Two"):
        _save(as_person(cast.scrapyard), name=name)

    while _work_off():
        pass

    assert geocoder.asked == [ADDRESS]
    assert Site.unscoped.filter(precision="address").count() == 2


def test_what_is_not_known_is_not_asked_for_again(cast: Cast, as_person: SignIn, geocoder: Geocoder) -> None:
    for name in ("One", "Two"):
        _save(as_person(cast.scrapyard), name=name)

    while _work_off():
        pass

    assert geocoder.asked == [ADDRESS]
    assert LookedUpAddress.objects.get().lat is None
    assert not Site.unscoped.filter(precision="address").exists()


def test_all_processes_together_keep_their_distance(
    cast: Cast, as_person: SignIn, geocoder: Geocoder
) -> None:
    for name in ("One", "Two"):
        _save(as_person(cast.scrapyard), name=name, address=f"{name} Dock Road")

    assert _work_off(waits=True)
    assert not _work_off(waits=True)
    assert len(geocoder.asked) == 1


def test_a_service_that_does_not_answer_is_asked_later_and_later_and_then_no_more(
    cast: Cast, as_person: SignIn, geocoder: Geocoder
) -> None:
    geocoder.status = 503
    site = _save(as_person(cast.scrapyard))
    at, waits = site.lookup_wanted_at, []
    assert at is not None

    while site.lookup_wanted_at is not None:
        at = site.lookup_wanted_at
        assert _work_off(at=at)
        site.refresh_from_db()
        if site.lookup_wanted_at is not None:
            waits.append((site.lookup_wanted_at - at).total_seconds() / 60)

    assert waits == [2.0**number for number in range(1, MOST_ATTEMPTS)]
    assert (site.precision, LookedUpAddress.objects.count()) == ("outcode", 0)


@pytest.mark.parametrize(
    ("lat", "lon", "half_km"),
    [(51.5, -0.1, 0.1), (48.85, 2.35, 0.1), (55.979, -3.17, 40)],
    ids=["another town", "another country", "no nearer than the postcode"],
)
def test_an_answer_that_is_no_better_is_not_taken(
    cast: Cast, as_person: SignIn, geocoder: Geocoder, lat: float, lon: float, half_km: float
) -> None:
    geocoder.knows(ADDRESS, lat, lon, half_km=half_km)
    site = _save(as_person(cast.scrapyard))

    _work_off()

    site.refresh_from_db()
    assert (site.precision, site.lookup_wanted_at) == ("outcode", None)


def test_a_pin_put_meanwhile_stays(cast: Cast, as_person: SignIn, geocoder: Geocoder) -> None:
    geocoder.knows(ADDRESS, 55.9790, -3.1700)
    client = as_person(cast.scrapyard)
    site = _save(client)
    client.post(f"/places/{site.pk}/map/", {"save": "yes", "lat": "55.9771", "lon": "-3.1702"})

    _work_off()

    site.refresh_from_db()
    assert (site.lat, site.precision) == (55.9771, "exact")


def test_changing_the_opening_hours_keeps_the_looked_up_point(
    cast: Cast, as_person: SignIn, geocoder: Geocoder
) -> None:
    geocoder.knows(ADDRESS, 55.9790, -3.1700)
    client = as_person(cast.scrapyard)
    site = _save(client)
    _work_off()

    client.post(
        f"/places/{site.pk}/",
        {
            "name": "Leith yard",
            "address": "12 Leith Docks",
            "postcode": "EH6 7DX",
            "opens_at": "09:00",
            "closes_at": "16:00",
            "open_days": ["6"],
        },
    )

    site.refresh_from_db()
    assert (site.precision, site.lat, site.open_days) == ("address", 55.979, "6")


def test_without_a_geocoder_nothing_waits(cast: Cast, as_person: SignIn, settings: Any) -> None:
    settings.GEOCODER_URL = ""

    assert _save(as_person(cast.scrapyard)).lookup_wanted_at is None
