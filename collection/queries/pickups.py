"""Lots a plant could have: who holds them, where, how much, and how likely they are to leave."""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Exists, F, OuterRef, QuerySet

from collection.models import Facility, Lot, Unit, WasteCode
from collection.models.lots import LotQuerySet, quantity_words
from collection.queries.catalogue import current_catalogue
from collection.rules.geodesy import great_circle_metres
from collection.rules.planning.candidates import EVERY_DAY, Candidate
from collection.rules.planning.suitability import BOXES, routes_taken_by
from collection.rules.planning.weights import usual_gross_grams
from collection.rules.planning.worth import (
    ALIKE,
    NOTHING,
    Amounts,
    amounts_priced,
    element_shares,
    extra_pence,
    pence_per_magnet_kg,
    scaled,
)
from collection.rules.risk import Scores, saved_kg
from collection.rules.risk.features import Floats
from collection.rules.roles import Viewer
from collection.rules.valuation import price_lines

# More lots than this are more than a planner's week; the most at risk come first.
MOST_CANDIDATES = 1500
METRES_PER_DEGREE = 111_200.0
# For a lot that nobody scored, where no scored lot gives a better figure.
CHANCE_WITHOUT_SCORE = 0.2
EIGHT, FIVE = dt.time(8), dt.time(17)

_COLUMNS = (
    "pk",
    "reference",
    "quantity",
    "unit",
    "gross_grams",
    "tare_grams",
    "magnet_family",
    "magnet_grams",
    "is_defence",
    "available_from_on",
    "lat",
    "lon",
    "outcode",
    "nation",
    "holder_id",
    "holder__name",
    "product__code",
    "product__name",
    "product__sector",
    "site_id",
    "site__name",
    "site__nation",
    "site__open_days",
    "site__opens_at",
    "site__closes_at",
    "site__largest_vehicle",
    "site__has_lifting_gear",
    "ewc_code",
    "is_hazardous",
    "waste__hazardous_properties",
    "estimates__nd_ppm",
    "estimates__pr_ppm",
    "estimates__dy_ppm",
    "estimates__tb_ppm",
    "estimates__sm_ppm",
    "score__p30",
    "score__p60",
    "score__p90",
    "score__points",
    "score__p_retained",
    "score__p_lost",
    "score__scored_at",
)


def fetchable_lots(
    viewer: Viewer, facility: Facility, *, box: str, reach_km: float, with_preprocessing: bool
) -> "QuerySet[Lot, Lot]":
    """Lots a pickup may be booked for, whose route this plant takes, of one magnet family, roughly within
    reach (a square)."""
    reach = reach_km * 1000 / METRES_PER_DEGREE
    reach_lon = reach / math.cos(math.radians(facility.lat))
    routes = routes_taken_by(facility.route_code, with_preprocessing=with_preprocessing)
    lots: LotQuerySet = Lot.objects.visible_to(viewer)
    return lots.collectable().filter(
        magnet_family__in=BOXES[box][1],
        magnet_grams__gt=0,
        lat__range=(facility.lat - reach, facility.lat + reach),
        lon__range=(facility.lon - reach_lon, facility.lon + reach_lon),
        estimates__is_current=True,
        estimates__route_code__in=routes,
    )


def collectable(
    viewer: Viewer,
    facility: Facility,
    from_on: dt.date,
    days: int,
    *,
    box: str = "ndfeb",
    reach_km: float = 400.0,
    with_preprocessing: bool = True,
    only_site_ids: Collection[int] = (),
    element_weights: Amounts = ALIKE,
) -> list[Candidate]:
    """Lots that rounds from `facility` could fetch within `days` days from `from_on`; one query.

    With `only_site_ids`, those at these sites. `element_weights` multiply the market value of each element.
    """
    last_on = from_on + dt.timedelta(days=days - 1)
    lots = fetchable_lots(viewer, facility, box=box, reach_km=reach_km, with_preprocessing=with_preprocessing)
    if only_site_ids:
        lots = lots.filter(site__in=only_site_ids)
    rows = list(
        lots.filter(available_from_on__lte=last_on)
        .annotate(is_hazardous=has_hazardous_code("ewc_code"))
        .order_by(F("score__expected_export_grams").desc(nulls_last=True), "pk")
        .values(*_COLUMNS)[:MOST_CANDIDATES]
    )
    if not rows:
        return []
    metres = great_circle_metres(
        facility.lat, facility.lon, [row["lat"] for row in rows], [row["lon"] for row in rows]
    )
    prices = pence_per_kg_of_element()
    chances = _chances_of_leaving(rows, from_on)
    return [
        _candidate(row, round(float(away)), prices, float(chance), element_weights)
        for row, away, chance in zip(rows, metres, chances, strict=True)
        if away <= reach_km * 1000
    ]


def has_hazardous_code(path: str) -> Exists:
    """Whether the list of waste marks the code at `path` as hazardous, as an annotation."""
    return Exists(WasteCode.objects.filter(code=OuterRef(path), is_hazardous=True))


def pence_per_kg_of_element(basis: str = "china") -> dict[str, float]:
    """What a kilogram of each priced element fetches, in pence, at today's price table."""
    catalogue = current_catalogue()
    lines = price_lines(catalogue.prices, basis)
    pence_per_usd = 100 / float(catalogue.exchange_rate.usd_per_gbp)
    return {element: line.usd_per_kg.central * pence_per_usd for element, line in lines.items()}


def _chances_of_leaving(rows: Sequence[Mapping[str, Any]], on: dt.date) -> Floats:
    """For each lot the chance that it would be exported after `on`, were it not fetched then.

    Lots nobody scored yet count at the mean of the others.
    """
    scored = [row for row in rows if row["score__p90"] is not None]
    chances = np.full(len(rows), CHANCE_WITHOUT_SCORE)
    if not scored:
        return chances
    columns = {
        name: np.array([row[f"score__{name}"] for row in scored])
        for name in ("p30", "p60", "p90", "p_retained", "p_lost", "points")
    }
    scores = Scores(**columns, baseline=0.0, signals=())
    # Every score is a forecast from its own day.
    waits = np.array([max(0, (on - row["score__scored_at"].date()).days) for row in scored])
    days, place = np.unique(waits, return_inverse=True)
    kept = saved_kg(scores, np.ones(len(scored)), days)[np.arange(len(scored)), place]
    chances[:] = kept.mean()
    chances[[row["score__p90"] is not None for row in rows]] = kept
    return chances


def _candidate(
    row: Mapping[str, Any], metres: int, prices: Mapping[str, float], chance: float, weights: Amounts
) -> Candidate:
    is_scored = row["score__p90"] is not None
    saved = round(row["magnet_grams"] * chance)
    ppm = {element: row[f"estimates__{element}_ppm"] for element in ("nd", "pr", "dy", "tb", "sm")}
    grams = scaled(element_shares(ppm), saved)
    # Samarium-cobalt is worth its cobalt, which is none of the elements that can be weighed.
    pence = NOTHING if ppm["sm"] > 0 else amounts_priced(scaled(grams, 0.001), prices)
    weighed = row["gross_grams"] is not None
    gross = row["gross_grams"] if weighed else _usual_gross(row)
    return Candidate(
        lot_id=row["pk"],
        reference=row["reference"],
        product_name=row["product__name"],
        quantity_text=quantity_words(row["quantity"], row["unit"]),
        magnet_family=row["magnet_family"],
        holder_id=row["holder_id"],
        holder_name=row["holder__name"],
        site_id=row["site_id"],
        place_name=row["site__name"] or f"{row['holder__name']}, {row['outcode']}",
        lat=row["lat"],
        lon=row["lon"],
        distance_metres=metres,
        available_from_on=row["available_from_on"],
        opens_at=row["site__opens_at"] or EIGHT,
        closes_at=row["site__closes_at"] or FIVE,
        largest_vehicle=row["site__largest_vehicle"] or "",
        has_lifting_gear=bool(row["site__has_lifting_gear"]),
        is_defence=row["is_defence"],
        gross_grams=gross,
        piece_grams=round(gross / float(row["quantity"])) if row["unit"] == Unit.ITEMS else 0,
        is_weighed=weighed,
        magnet_grams=row["magnet_grams"],
        chance_of_leaving=chance,
        is_scored=is_scored,
        saved_grams=saved,
        prize_pence=round(saved / 1000 * pence_per_magnet_kg(ppm, prices) + extra_pence(pence, weights)),
        element_grams=grams,
        element_pence=pence,
        nation=row["site__nation"] or row["nation"],
        open_days=row["site__open_days"] or EVERY_DAY,
        ewc_code=row["ewc_code"],
        is_hazardous=row["is_hazardous"],
        hazardous_properties=tuple(row["waste__hazardous_properties"] or ()),
    )


def _usual_gross(row: Mapping[str, Any]) -> int:
    return usual_gross_grams(
        product_code=row["product__code"],
        sector=row["product__sector"],
        quantity=float(row["quantity"]),
        unit=row["unit"],
        magnet_grams=row["magnet_grams"],
    )
