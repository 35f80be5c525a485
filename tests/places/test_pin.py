"""A pin on the drawn map: any click comes back as the point that was clicked."""

import html
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from collection.models import Site
from collection.rules.geodesy import great_circle_metres
from collection.web.kit.map import project
from collection.web.places.pin_map import SIDE, SPANS, Frame, unproject
from tests.cast import Cast, Person
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
LATS, LONS = st.floats(49.9, 60.9), st.floats(-8.6, 1.8)
PIXELS = st.floats(0, SIDE)


@given(lat=LATS, lon=LONS)
def test_the_projection_goes_both_ways(lat: float, lon: float) -> None:
    assert unproject(*project(lat, lon)) == pytest.approx((lat, lon), abs=1e-9)


@given(lat=LATS, lon=LONS, step=st.integers(0, len(SPANS) - 1), x=PIXELS, y=PIXELS)
def test_a_click_and_its_point_agree_at_every_step(
    lat: float, lon: float, step: int, x: float, y: float
) -> None:
    frame = Frame(lat, lon, step)

    assert frame.pixel_of(*frame.point_at(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(lat=LATS, lon=LONS, step=st.integers(2, len(SPANS) - 1))
def test_the_frame_is_as_wide_as_it_says(lat: float, lon: float, step: int) -> None:
    frame = Frame(lat, lon, step)
    metres = great_circle_metres(*frame.point_at(0, SIDE / 2), *frame.point_at(SIDE, SIDE / 2))

    assert float(metres) / 1000 == pytest.approx(frame.span_km, rel=0.01)


def _unplaced(cast: Cast, **columns: str) -> Site:
    site: Site = Site.unscoped.create(organisation=cast.scrapyard.organisation, name="New yard", **columns)
    return site


def _hidden(page: str, name: str) -> str:
    return on_one_line(page).split(f'name="{name}" value="')[1].split('"')[0]


def test_clicking_closer_and_closer_and_saving_puts_the_place_there(cast: Cast, as_person: SignIn) -> None:
    site, client = _unplaced(cast), as_person(cast.scrapyard)
    target, address = (55.8651, -4.3180), f"/places/{site.pk}/map/"
    page = on_one_line(client.get(address))
    assert "No pin yet" in page

    for _ in range(len(SPANS)):
        sent = {name: _hidden(page, name) for name in ("c_lat", "c_lon", "step", "lat", "lon")}
        frame = Frame(float(sent["c_lat"]), float(sent["c_lon"]), int(sent["step"]))
        x, y = frame.pixel_of(*target)
        assert 0 <= x <= SIDE
        page = client.post(address, sent | {"at.x": str(round(x)), "at.y": str(round(y))}).content.decode()
    sent = {name: _hidden(page, name) for name in ("c_lat", "c_lon", "step", "lat", "lon")}
    client.post(address, sent | {"save": "yes"})

    site.refresh_from_db()
    assert site.lat is not None
    assert float(great_circle_metres(site.lat, site.lon, *target)) < 20
    assert (site.precision, site.nation) == ("exact", "Scotland")
    assert site.region is not None


def test_the_image_holds_land_landmarks_scale_and_pin_and_no_style(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)

    answer = client.get("/places/map.svg?c_lat=55.86&c_lon=-4.31&step=2&lat=55.8651&lon=-4.318")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    text = answer.content.decode()
    ElementTree.fromstring(text)
    assert "20 km" in text
    assert "Glasgow" in text
    assert "style" not in text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"save": "yes"}, "Click the map where the gate is, then save"),
        ({"save": "yes", "lat": "0", "lon": "0"}, "outside the United Kingdom"),
        ({"save": "yes", "lat": "51.5", "lon": "-0.1"}, "km from G51 4BW. Check both"),
    ],
)
def test_pins_that_cannot_be(cast: Cast, as_person: SignIn, sent: dict[str, str], sentence: str) -> None:
    site = _unplaced(cast, postcode="G51 4BW")

    answer = as_person(cast.scrapyard).post(f"/places/{site.pk}/map/", sent)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    site.refresh_from_db()
    assert site.lat is None


@pytest.mark.parametrize("nonsense", ["?c_lat=nan&c_lon=inf&step=9", "?step=-1", "?lat=x&lon=1e999"])
def test_nonsense_shows_the_whole_kingdom(cast: Cast, as_person: SignIn, nonsense: str) -> None:
    assert as_person(cast.scrapyard).get(f"/places/map.svg{nonsense}").status_code == 200


def test_a_rivals_place_cannot_be_moved(cast: Cast, as_person: SignIn) -> None:
    site = _unplaced(cast)

    assert as_person(cast.turbine_dismantler).get(f"/places/{site.pk}/map/").status_code == 404
    moved = {"save": "yes", "lat": "55.9", "lon": "-4.3"}
    assert as_person(cast.turbine_dismantler).post(f"/places/{site.pk}/map/", moved).status_code == 404


def test_both_halves_of_a_point_are_read_from_where_they_were_pasted(cast: Cast, as_person: SignIn) -> None:
    as_person(cast.scrapyard).post(
        "/places/new/",
        {
            "name": "Leith yard",
            "lat": "55.9771, −3.1702",
            "opens_at": "07:30",
            "closes_at": "16:00",
            "open_days": ["1", "6"],
        },
    )

    site = Site.unscoped.get(name="Leith yard")
    assert (site.lat, site.lon, site.open_days, site.nation) == (55.9771, -3.1702, "16", "Scotland")
