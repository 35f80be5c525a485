"""The organisations and people of the demonstration. Every name says that it is one."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from collection.models import (
    Facility,
    Membership,
    Organisation,
    Outcode,
    Port,
    Region,
    Site,
    Source,
    User,
    Vehicle,
)
from collection.rules.geodesy import great_circle_metres
from collection.rules.roles import OrganisationKind, Role

PASSWORD = "lodestone-demo"  # noqa: S105 - printed on the console by design, and only ever in a demonstration


@dataclass(frozen=True)
class Part:
    """One organisation of the cast. `towns` are outcodes of its places where those are not real sources."""

    slug: str
    name: str
    kind: OrganisationKind
    holder_kind: str = ""
    nation: str = ""
    weight: float = 0.0
    towns: tuple[str, ...] = ()
    is_defence_cleared: bool = False
    people: dict[str, tuple[str, set[Role]]] = field(default_factory=dict)


PARTS = (
    Part(
        "demo-clyde-scrap",
        "Demo Clyde Scrap Group",
        OrganisationKind.COLLECTOR,
        "scrapyard",
        weight=0.26,
        people={"collector": ("Demo yard collector", {Role.COLLECTOR, Role.ORGANISATION_ADMIN})},
    ),
    Part(
        "demo-turbine-dismantlers",
        "Demo Turbine Dismantlers",
        OrganisationKind.COLLECTOR,
        "wind_decom",
        weight=0.07,
        people={"turbines": ("Demo turbine collector", {Role.COLLECTOR, Role.ORGANISATION_ADMIN})},
    ),
    Part(
        "demo-defence-disposal",
        "Demo Defence Disposal",
        OrganisationKind.COLLECTOR,
        "defence",
        weight=0.04,
        towns=("BS34", "PL2", "SN15"),
        is_defence_cleared=True,
        people={"defence": ("Demo disposal officer", {Role.COLLECTOR})},
    ),
    Part(
        "demo-mersey-shredders",
        "Demo Mersey Shredders",
        OrganisationKind.COLLECTOR,
        "shredder",
        weight=0.11,
        towns=("L20", "CH41", "WA7"),
    ),
    Part(
        "demo-midland-vehicles",
        "Demo Midland Vehicle Dismantlers",
        OrganisationKind.COLLECTOR,
        "elv_atf",
        weight=0.17,
        towns=("B23", "CV6", "WV14", "NG4"),
    ),
    Part(
        "demo-electricals",
        "Demo Electricals Treatment",
        OrganisationKind.COLLECTOR,
        "weee_plant",
        weight=0.15,
        towns=("DL3", "LS11", "NP10", "CF24"),
    ),
    Part(
        "demo-data-disposal",
        "Demo Data Centre Disposal",
        OrganisationKind.COLLECTOR,
        "itad",
        weight=0.12,
        towns=("SL1", "RG2", "MK1", "BT3"),
    ),
    Part(
        "demo-thames-traders",
        "Demo Thames Metal Traders",
        OrganisationKind.COLLECTOR,
        "trader",
        weight=0.08,
        towns=("RM13", "DA8", "IP11"),
    ),
    Part(
        "demo-short-loop",
        "Demo Short-Loop Recycler",
        OrganisationKind.RECYCLER,
        is_defence_cleared=True,
        people={
            "planner": ("Demo short-loop planner", {Role.PLANNER, Role.ORGANISATION_ADMIN}),
            "driver": ("Demo driver", {Role.DRIVER}),
        },
    ),
    Part(
        "demo-long-loop",
        "Demo Long-Loop Recycler",
        OrganisationKind.RECYCLER,
        people={
            "longloop": ("Demo long-loop planner", {Role.PLANNER, Role.ORGANISATION_ADMIN}),
            "longloop-driver": ("Demo long-loop driver", {Role.DRIVER}),
        },
    ),
    Part(
        "demo-uk-regulator",
        "Demo National Regulator",
        OrganisationKind.REGULATOR,
        is_defence_cleared=True,
        people={"regulator": ("Demo national regulator", {Role.REGULATOR})},
    ),
    Part(
        "demo-scottish-regulator",
        "Demo Scottish Regulator",
        OrganisationKind.REGULATOR,
        nation="Scotland",
        people={"scotland": ("Demo Scottish regulator", {Role.REGULATOR})},
    ),
    Part(
        "demo-lodestone",
        "Demo Lodestone Administration",
        OrganisationKind.REGULATOR,
        is_defence_cleared=True,
        people={"admin": ("Demo product administrator", {Role.PRODUCT_ADMIN})},
    ),
)

PLANTS = {"demo-short-loop": "hypromag_tyseley", "demo-long-loop": "ionic_belfast_demo"}

# How the number plates of a plant's vehicles begin: no two vehicles bear the same.
PLATES = {"hypromag_tyseley": "DE", "ionic_belfast_demo": "DB"}
# Name, the rest of the number plate, profile, kg, quarter of a pallet places, pence a day, a km, an hour.
FLEET = (
    ("Van 1", "11 MOA", "van", 1200, 3, 5500, 28, 1800),
    ("Van 2", "11 MOB", "van", 1200, 3, 5500, 28, 1800),
    ("Lorry 1", "75 MOC", "hgv", 2800, 10, 9000, 40, 1870),
    ("Lorry 2 with tail-lift", "18 MOD", "hgv", 9500, 14, 14000, 60, 1950),
)


def email_of(login: str) -> str:
    return f"{login}@demo.lodestone.example"


def make_cast() -> dict[str, Organisation]:
    """Everybody, in order; safe to repeat."""
    password = make_password(PASSWORD)
    return {part.slug: _make(part, password) for part in PARTS}


# Classes of the Standard Industrial Classification 2007.
SIC_CODES = {
    "scrapyard": "38320",
    "shredder": "38320",
    "elv_atf": "38310",
    "weee_plant": "38320",
    "wind_decom": "43110",
    "itad": "38310",
    "trader": "46770",
}


def _make(part: Part, password: str) -> Organisation:
    organisation, _ = Organisation.objects.update_or_create(
        slug=part.slug,
        defaults={
            "name": part.name,
            "kind": part.kind.value,
            "holder_kind": part.holder_kind,
            "nation": part.nation,
            "is_defence_cleared": part.is_defence_cleared,
            "is_demonstration": True,
            "sic_code": SIC_CODES.get(part.holder_kind, ""),
            "carrier_registration": "CBDU000000" if part.kind == OrganisationKind.RECYCLER else "",
        },
    )
    for login, (name, roles) in part.people.items():
        user, _ = User.objects.update_or_create(
            email=email_of(login), defaults={"name": name, "password": password}
        )
        for role in roles:
            Membership.objects.get_or_create(user=user, organisation=organisation, role=role.value)
    if part.slug in PLANTS:
        _give_plant(organisation, PLANTS[part.slug])
    return organisation


def _give_plant(organisation: Organisation, code: str) -> None:
    plant = Facility.objects.get(code=code)
    Facility.objects.filter(pk=plant.pk, organisation=None).update(organisation=organisation)
    # A made-up number of the right form: nothing may be received without one.
    number = "P0000/00A" if plant.nation == "Northern Ireland" else "EPR/ZZ0000ZZ"
    Facility.objects.filter(pk=plant.pk, authorisation_number="").update(
        authorisation_number=number, permitted_t_per_year=5000
    )
    for name, plate, profile, kg, pallets, day, km, hour in FLEET:
        Vehicle.unscoped.get_or_create(
            organisation=organisation,
            registration=PLATES[code] + plate,
            defaults={
                "name": name,
                "depot": plant,
                "profile": profile,
                "capacity_kg": kg,
                "pallets": pallets,
                "cost_per_day_pence": day,
                "cost_per_km_pence": km,
                "cost_per_hour_pence": hour,
                "skills": ["tail_lift"] if "tail-lift" in name else [],
                "most_trips": 2 if profile == "van" else 1,
            },
        )


def make_sites(organisations: dict[str, Organisation]) -> dict[str, list[tuple[Site, Source | None]]]:
    """The saved places of every collector: real scrapyards and wind farms where it has some, else towns."""
    scrapyards = Source.objects.filter(kind="scrapyard", status="Operational", lat__isnull=False)
    farms = Source.objects.filter(kind="wind", lat__isnull=False, commissioned_on__isnull=False)
    places = {
        "demo-clyde-scrap": list(scrapyards.order_by("code")[:60:6]),
        "demo-turbine-dismantlers": list(farms.exclude(nation="").order_by("commissioned_on")[:12]),
    }
    found: dict[str, list[tuple[Site, Source | None]]] = {}
    for part in PARTS:
        organisation = organisations[part.slug]
        sources = places.get(part.slug, [])
        found[part.slug] = [
            (_site_at_source(organisation, source, number), source)
            for number, source in enumerate(sources, start=1)
        ]
        found[part.slug] += [(_site_in_town(organisation, code), None) for code in part.towns]
    return found


def _site_at_source(organisation: Organisation, source: Source, number: int) -> Site:
    """A place at a real point. Made-up lots must not speak of real firms, so yards go by area and number."""
    name, lat, lon, region = _place_of(source, number)
    site, _ = Site.unscoped.get_or_create(
        organisation=organisation,
        name=name[:120],
        defaults={
            "lat": lat,
            "lon": lon,
            "precision": "exact",
            "nation": region.nation if region else source.nation,
            "region": region,
            "is_demonstration": True,
            "has_lifting_gear": source.kind == "wind",
        },
    )
    return site


def _place_of(source: Source, number: int) -> tuple[str, float | None, float | None, Region | None]:
    """Yards and farms on land are where they are; what comes ashore is fetched at the nearest larger port."""
    if source.kind != "wind":
        area = source.data.get("local_authority") or source.region
        return f"Demo yard {number}, {area}", source.lat, source.lon, source.region
    if source.lat is None or source.lon is None or source.data.get("setting") != "offshore":
        return source.name, source.lat, source.lon, source.region
    ports = list(Port.objects.filter(is_listed=True).exclude(nation=""))
    metres = great_circle_metres(
        source.lat, source.lon, [port.lat for port in ports], [port.lon for port in ports]
    )
    port = ports[int(metres.argmin())]
    return f"{port.name} quay, from {source.name}", port.lat, port.lon, _region_near(port)


def _region_near(port: Port) -> Region | None:
    towns = list(Outcode.objects.filter(region__isnull=False, nation=port.nation).select_related("region"))
    metres = great_circle_metres(
        port.lat, port.lon, [town.lat for town in towns], [town.lon for town in towns]
    )
    return towns[int(metres.argmin())].region


def _site_in_town(organisation: Organisation, outcode: str) -> Site:
    town = Outcode.objects.get(code=outcode)
    site, _ = Site.unscoped.get_or_create(
        organisation=organisation,
        name=f"{town.place} depot",
        defaults={
            "postcode": outcode,
            "lat": town.lat,
            "lon": town.lon,
            "precision": "outcode",
            "precision_km": town.precision_km,
            "nation": town.nation,
            "region": town.region,
            "is_demonstration": True,
        },
    )
    return site
