"""What will arise, year by year: watched sources, and the wind farms of the public register."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Sum

from collection.models import ProductCoefficient, Source, SourceKind, Unit, WatchedSource, WatchState
from collection.queries.catalogue import current_catalogue
from collection.queries.kept import Stamp, kept_until_changed
from collection.rules.content import Catalogue, ContentEstimate, LedgerMass, LotInput, estimate, sum_ledger
from collection.rules.roles import Viewer
from collection.rules.spread import Spread

YEARS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class ExpectedFarm:
    """A wind farm of the register with what its generators should hold. `megawatts` is what nobody watches
    more closely: power that a holder has noted as a watched source is left out here."""

    source: Source
    year: int
    megawatts: Decimal
    magnet: Spread


@dataclass(frozen=True, slots=True)
class ExpectedYear:
    """What one year should bring, in grams. The interval is of the sum: errors of one product add up, errors
    of different products partly cancel."""

    year: int
    farms: int
    watched: int
    farm_grams: float
    watched_grams: float
    magnet: Spread


@dataclass(frozen=True, slots=True)
class Forecast:
    """Years in order without gaps, and the farms behind them. Late ones are counted in the first year."""

    years: Sequence[ExpectedYear]
    farms: Sequence[ExpectedFarm]


@dataclass(frozen=True, slots=True)
class _FarmContent:
    source: Source
    year: int
    content: ContentEstimate


def expected_by_year(viewer: Viewer, *, today: dt.date) -> Forecast:
    """The forecast for what the viewer may see. Constant queries: farms are estimated once and kept."""
    masses: dict[int, list[LedgerMass]] = defaultdict(list)
    spreads: dict[int, list[Spread]] = defaultdict(list)
    farm_grams: dict[int, list[float]] = defaultdict(list)
    watched_grams: dict[int, list[float]] = defaultdict(list)
    farms = []
    taken = _megawatts_watched(viewer)
    for farm in farms_of_the_register():
        if viewer.nation and farm.source.nation != viewer.nation:
            continue
        whole = farm.source.capacity_mw or Decimal(0)
        left = whole - taken.get(farm.source.pk, Decimal(0))
        if left <= 0:
            continue
        share, year = float(left / whole), max(farm.year, today.year)
        magnet = farm.content.magnet * share
        farms.append(ExpectedFarm(farm.source, year, left, magnet))
        spreads[year].append(magnet)
        masses[year].append(
            LedgerMass(
                farm.content.product.code,
                round(magnet.central),
                farm.content.shared_sd_grams * share,
                farm.content.own_variance * share**2,
            )
        )
        farm_grams[year].append(magnet.central)
    rows = WatchedSource.objects.visible_to(viewer).filter(state=WatchState.WATCHED)
    for one in rows.select_related("product").order_by("pk"):
        year, grams = max(one.expected_from_on.year, today.year), one.magnet_central_grams
        spreads[year].append(Spread(one.magnet_low_grams, grams, one.magnet_high_grams))
        masses[year].append(LedgerMass(one.product.code, grams, one.shared_sd_grams, one.own_variance))
        watched_grams[year].append(grams)
    last = min(max(masses, default=today.year), today.year + YEARS_AHEAD)
    years = [
        ExpectedYear(
            year,
            len(farm_grams[year]),
            len(watched_grams[year]),
            sum(farm_grams[year]),
            sum(watched_grams[year]),
            _total(spreads[year], masses[year]),
        )
        for year in range(today.year, last + 1)
    ]
    return Forecast(years, sorted(farms, key=lambda farm: (farm.year, farm.source.name)))


def _total(spreads: Sequence[Spread], masses: Sequence[LedgerMass]) -> Spread:
    """The sum of a year; one source alone keeps its own, skewed interval."""
    if len(spreads) == 1:
        return spreads[0]
    return sum_ledger(masses).magnet if masses else Spread.exact(0)


def _stamp() -> Stamp:
    sources = Source.objects.filter(kind=SourceKind.WIND).aggregate(
        Count("pk"), Max("pk"), Sum("capacity_mw"), Sum("expected_decommissioning_year")
    )
    return (*sources.values(), *ProductCoefficient.objects.aggregate(Max("pk"), Count("pk")).values())


@kept_until_changed(_stamp)
def farms_of_the_register() -> list[_FarmContent]:
    """Every wind farm with magnets and an expected year, estimated from its power and build year."""
    catalogue = current_catalogue()
    sources = Source.objects.filter(
        kind=SourceKind.WIND,
        expected_decommissioning_year__isnull=False,
        capacity_mw__gt=0,
        product__isnull=False,
    ).select_related("product", "region")
    return [
        _FarmContent(source, source.expected_decommissioning_year or 0, _content(catalogue, source))
        for source in sources.order_by("expected_decommissioning_year", "name", "pk")
    ]


def _content(catalogue: Catalogue, source: Source) -> ContentEstimate:
    product = source.product
    if product is None:
        raise LookupError(f"{source} has no product.")
    known = LotInput(
        product_code=product.code,
        quantity=float(source.capacity_mw or 0),
        unit=Unit.MW,
        build_year=source.commissioned_on.year if source.commissioned_on else None,
    )
    return estimate(catalogue, known)


def _megawatts_watched(viewer: Viewer) -> dict[int, Decimal]:
    """Source id → power the viewer sees watched, or risen already: never counted a second time."""
    rows = (
        WatchedSource.objects.visible_to(viewer)
        .filter(source__isnull=False, unit=Unit.MW)
        .exclude(state=WatchState.CLOSED)
        .order_by()
        .values_list("source_id")
        .annotate(Sum("quantity"))
    )
    return {source_id: megawatts for source_id, megawatts in rows if source_id is not None}


def find_farms(words: str, limit: int = 8) -> list[Source]:
    """Wind farms of the register by name."""
    found = Source.objects.filter(kind=SourceKind.WIND, expected_decommissioning_year__isnull=False)
    for word in words.split()[:5]:
        found = found.filter(name__icontains=word)
    return list(found.order_by("name", "pk")[:limit]) if words.strip() else []


def farm_of(code: str) -> Source | None:
    return Source.objects.filter(kind=SourceKind.WIND, code=code).select_related("product").first()
