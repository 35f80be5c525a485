"""The people of the tests: who they are, whom they act for, and where their yards are.

Fixtures of this module reach every test through `conftest.py`. `cast` makes everybody in a handful of
statements; a person is signed in with `client.force_login(cast.scrapyard.user)` or by the `as_person`
fixture. Tests that need the reference tables ask for `reference`; tests that need them committed (a live
server, several threads) ask for `committed_reference` before `cast`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from collection.actions.reference import load_reference
from collection.models import Facility, Membership, Organisation, Region, Site, User
from collection.queries.people import viewer_for
from collection.rules.roles import OrganisationKind, Role, Viewer

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody with one role in one organisation. `site` is their organisation's first saved place."""

    user: User
    organisation: Organisation
    site: Site | None = None

    @property
    def viewer(self) -> Viewer:
        viewer = viewer_for(self.user)
        assert viewer is not None
        return viewer


@dataclass(frozen=True)
class Cast:
    scrapyard: Person
    turbine_dismantler: Person
    defence_officer: Person
    short_loop_planner: Person
    long_loop_planner: Person
    driver: Person
    national_regulator: Person
    scottish_regulator: Person
    product_admin: Person

    def everybody(self) -> dict[str, Person]:
        return dict(vars(self))


# Name of the person in `Cast` → organisation slug, its name, kind, kind of holder, role.
_PARTS: dict[str, tuple[str, str, OrganisationKind, str, Role]] = {
    "scrapyard": (
        "clyde-metals", "Clyde Metals Group", OrganisationKind.COLLECTOR, "scrapyard", Role.COLLECTOR,
    ),
    "turbine_dismantler": (
        "pennine-wind", "Pennine Wind Dismantling", OrganisationKind.COLLECTOR, "wind_decom", Role.COLLECTOR,
    ),
    "defence_officer": (
        "defence-disposal", "Defence Disposal Unit", OrganisationKind.COLLECTOR, "defence", Role.COLLECTOR,
    ),
    "short_loop_planner": (
        "short-loop", "Short Loop Magnets", OrganisationKind.RECYCLER, "", Role.PLANNER,
    ),
    "driver": ("short-loop", "Short Loop Magnets", OrganisationKind.RECYCLER, "", Role.DRIVER),
    "long_loop_planner": (
        "long-loop", "Long Loop Oxides", OrganisationKind.RECYCLER, "", Role.PLANNER,
    ),
    "national_regulator": (
        "national-regulator", "National Regulator", OrganisationKind.REGULATOR, "", Role.REGULATOR,
    ),
    "scottish_regulator": (
        "scottish-regulator", "Scottish Regulator", OrganisationKind.REGULATOR, "", Role.REGULATOR,
    ),
    "product_admin": (
        "lodestone", "Lodestone", OrganisationKind.REGULATOR, "", Role.PRODUCT_ADMIN,
    ),
}  # fmt: skip

# Organisation slug → a saved place with a point: name, postcode, nation, ITL1 code, lat, lon.
_SITES: dict[str, tuple[str, str, str, str, float, float]] = {
    "clyde-metals": ("Govan yard", "G51 4BW", "Scotland", "TLM", 55.865, -4.318),
    "pennine-wind": ("Tyneside depot", "NE28 6UQ", "England", "TLC", 54.992, -1.532),
    "defence-disposal": ("Stores depot", "DN21 3QA", "England", "TLF", 53.365, -0.680),
}

_FACILITIES: dict[str, tuple[str, str, str, float, float]] = {
    "short-loop": ("Short loop plant", "Birmingham", "short_loop_hpms", 52.445, -1.930),
    "long-loop": ("Long loop plant", "Belfast", "long_loop_hydromet", 54.607, -5.926),
}


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, with their organisations, yards and plants."""
    organisations = {
        slug: Organisation(
            slug=slug,
            name=name,
            kind=kind.value,
            holder_kind=holder_kind,
            nation="Scotland" if slug == "scottish-regulator" else "",
            is_defence_cleared=slug == "defence-disposal",
            carrier_registration="CBDU123456" if kind == OrganisationKind.RECYCLER else "",
            carrier_registration_expires_on=dt.date(2029, 3, 31)
            if kind == OrganisationKind.RECYCLER
            else None,
        )
        for slug, name, kind, holder_kind, _role in _PARTS.values()
    }
    Organisation.objects.bulk_create(organisations.values())
    users = {part: User(email=f"{part}@example.com", name=_spoken(part)) for part in _PARTS}
    for user in users.values():
        user.set_password(PASSWORD)
    User.objects.bulk_create(users.values())
    Membership.objects.bulk_create(
        Membership(user=users[part], organisation=organisations[slug], role=role.value)
        for part, (slug, _name, _kind, _holder_kind, role) in _PARTS.items()
    )
    sites = _sites(organisations)
    _facilities(organisations)
    people = {
        part: Person(users[part], organisations[slug], sites.get(slug))
        for part, (slug, *_rest) in _PARTS.items()
    }
    return Cast(**people)


REFERENCE_LOADED_AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def reference(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The shipped reference tables, loaded once for a module of tests and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference(at=REFERENCE_LOADED_AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def committed_reference(transactional_db: None) -> None:
    """The reference tables, committed, for one test."""
    load_reference(at=REFERENCE_LOADED_AT)


@pytest.fixture
def as_person(client: Client) -> Callable[[Person], Client]:
    """Sign a person in: `as_person(cast.scrapyard).get("/")`."""

    def sign_in(person: Person) -> Client:
        client.force_login(person.user)
        return client

    return sign_in


def _sites(organisations: dict[str, Organisation]) -> dict[str, Site]:
    regions = {region.itl1_code: region for region in Region.objects.all()}
    sites = {
        slug: Site(
            organisation=organisations[slug],
            name=name,
            postcode=postcode,
            nation=nation,
            region=regions.get(itl1_code),
            lat=lat,
            lon=lon,
            precision="postcode",
            precision_km=0.2,
        )
        for slug, (name, postcode, nation, itl1_code, lat, lon) in _SITES.items()
    }
    Site.unscoped.bulk_create(sites.values())
    return sites


def _facilities(organisations: dict[str, Organisation]) -> None:
    Facility.objects.bulk_create(
        Facility(
            code=slug,
            name=name,
            operator_name=organisations[slug].name,
            organisation=organisations[slug],
            town=town,
            nation="Northern Ireland" if town == "Belfast" else "England",
            lat=lat,
            lon=lon,
            accepts_lots=True,
            route_code=route_code,
            authorisation_number="P1234/12A" if town == "Belfast" else "EPR/AB1234CD",
        )
        for slug, (name, town, route_code, lat, lon) in _FACILITIES.items()
    )


def _spoken(part: str) -> str:
    return part.replace("_", " ").capitalize()
