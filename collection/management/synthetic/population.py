"""The organisations, sites and products of a synthetic register."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.models import (
    SECTOR_IDS,
    Organisation,
    Outcode,
    PointPrecision,
    ProductCoefficient,
    Site,
    SourceKind,
    Unit,
)
from collection.models.people import HolderKind
from collection.models.reference import UnitBasis
from collection.rules.content.coefficients import holds_rare_earths
from collection.rules.roles import OrganisationKind

SLUG = "synthetic"
LOTS_PER_YARD = 400
SITES_PER_YARD = 2
MOST_YARDS = 2_500
# A yard deals in a handful of products, the first far more than the last; the largest yards log some hundred
# times as much as the smallest.
PRODUCTS_PER_YARD = 5
SPREAD_OF_SIZES = 1.0

# What kind of source a yard's lots come from.
SOURCE_OF = {
    HolderKind.SCRAPYARD: SourceKind.SCRAPYARD,
    HolderKind.SHREDDER: SourceKind.VEHICLE,
    HolderKind.ELV_ATF: SourceKind.VEHICLE,
    HolderKind.WEEE_PLANT: SourceKind.WEEE,
    HolderKind.ITAD: SourceKind.WEEE,
    HolderKind.MANUFACTURER: SourceKind.INDUSTRIAL,
    HolderKind.TRADER: SourceKind.SCRAPYARD,
}
UNITS = {
    UnitBasis.PER_ITEM: (Unit.ITEMS, 400, 1.0),
    UnitBasis.PER_MW: (Unit.MW, 8, 1.0),
    UnitBasis.PER_TONNE: (Unit.KG_GROSS, 6_000, 0.001),
}
# Parts per million of Nd, Pr, Dy, Tb, Sm; what is no magnet alloy holds none of them here.
ALLOYS = {
    "NdFeB": (225_000, 60_000, 28_000, 4_000, 0),
    "SmCo5": (0, 0, 0, 0, 340_000),
    "Sm2Co17": (0, 0, 0, 0, 255_000),
}


def is_there() -> bool:
    return Organisation.objects.filter(slug=f"{SLUG}-recycler").exists()


def make_recycler() -> Organisation:
    recycler, _ = Organisation.objects.get_or_create(
        slug=f"{SLUG}-recycler",
        defaults={
            "name": "Synthetic recycler",
            "kind": OrganisationKind.RECYCLER.value,
            "is_demonstration": True,
        },
    )
    return recycler


def make_sites(lots: int, rng: np.random.Generator) -> list[Site]:
    """Yards, each with its sites at real outcodes: one yard for some hundred lots."""
    count = min(MOST_YARDS, 2 + lots // LOTS_PER_YARD)
    kinds = list(SOURCE_OF)
    yards = Organisation.objects.bulk_create(
        [
            Organisation(
                slug=f"{SLUG}-yard-{number}",
                name=f"Synthetic yard {number}",
                kind=OrganisationKind.COLLECTOR.value,
                holder_kind=kinds[number % len(kinds)],
                is_demonstration=True,
            )
            for number in range(1, count + 1)
        ]
    )
    places = _places_of_yards(count, rng)
    return Site.unscoped.bulk_create(
        [
            _site(yard, letter, place)
            for yard, of_yard in zip(yards, places, strict=True)
            for letter, place in zip("AB", of_yard, strict=True)
        ]
    )


def _places_of_yards(count: int, rng: np.random.Generator) -> list[list[Outcode]]:
    """Where each yard has its sites: all of a yard in one region."""
    outcodes = list(Outcode.objects.filter(region__isnull=False).order_by("code"))
    of_region: dict[int | None, list[Outcode]] = {}
    for outcode in outcodes:
        of_region.setdefault(outcode.region_id, []).append(outcode)
    regions = [of_region[outcodes[at].region_id] for at in rng.integers(0, len(outcodes), count)]
    return [[region[at] for at in rng.integers(0, len(region), SITES_PER_YARD)] for region in regions]


def _site(yard: Organisation, letter: str, outcode: Outcode) -> Site:
    return Site(
        organisation=yard,
        name=f"Synthetic site {letter}",
        postcode=outcode.code,
        lat=outcode.lat,
        lon=outcode.lon,
        precision=PointPrecision.OUTCODE,
        precision_km=outcode.precision_km,
        nation=outcode.nation,
        region_id=outcode.region_id,
        is_demonstration=True,
    )


def source_kind(site: Site) -> SourceKind:
    return SOURCE_OF[HolderKind(site.organisation.holder_kind)]


def sector_id(site: Site) -> int:
    return SECTOR_IDS[source_kind(site).value]


@dataclass(frozen=True, slots=True)
class Products:
    """Current coefficients of what a ledger counts, as columns, one row a product; ppm is products × elements."""

    rows: list[ProductCoefficient]
    grams_per_unit: NDArray[np.float64]
    most_units: NDArray[np.int64]
    ppm: NDArray[np.int64]

    @classmethod
    def load(cls) -> "Products":
        current = ProductCoefficient.objects.filter(
            is_current=True, product__is_current=True, magnet_kg_central__gt=0
        ).select_related("product")
        rows = [
            row for row in current.order_by("product__code") if holds_rare_earths(row.product.magnet_family)
        ]
        units = [UNITS[UnitBasis(row.product.unit_basis)] for row in rows]
        nothing = (0, 0, 0, 0, 0)
        return cls(
            rows,
            np.array([float(r.magnet_kg_central) * 1000 * u[2] for r, u in zip(rows, units, strict=True)]),
            np.array([unit[1] for unit in units]),
            np.array([ALLOYS.get(row.product.magnet_family, nothing) for row in rows]),
        )

    def unit(self, position: int) -> Unit:
        return UNITS[UnitBasis(self.rows[position].product.unit_basis)][0]


class Habits:
    """Which yards log how many lots, and of which products."""

    def __init__(self, sites: int, products: int, rng: np.random.Generator) -> None:
        yards = sites // SITES_PER_YARD
        sizes = np.repeat(rng.lognormal(0.0, SPREAD_OF_SIZES, yards), SITES_PER_YARD)
        self.site_chances = sizes / sizes.sum()
        deals_in = min(PRODUCTS_PER_YARD, products)
        self.products_of_yard = rng.permuted(np.tile(np.arange(products), (yards, 1)), axis=1)[:, :deals_in]
        shares = 1 / np.arange(1, deals_in + 1)
        self.product_chances = shares / shares.sum()

    def draw(self, lots: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The positions of each lot's site and product."""
        site = rng.choice(len(self.site_chances), lots, p=self.site_chances)
        rank = rng.choice(len(self.product_chances), lots, p=self.product_chances)
        return site, self.products_of_yard[site // SITES_PER_YARD, rank]
