"""Two years of lots: logged, then collected, exported, lost or still waiting, by the product's own actions.

Everything random comes from one seeded generator, so a seed tells the same story relative to the day it is
loaded. Every step goes through the action a person's click would, with the instant it happened.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import numpy as np

from collection.actions.departures import record_export, record_loss, withdraw
from collection.actions.lots import log_lot
from collection.actions.photos import add_photo
from collection.management.demo.cast import PARTS
from collection.management.demo.goods import OF_HOLDER, Goods
from collection.management.demo.packing import harmless_codes, packed
from collection.management.demo.particulars import Particulars, clear_holds
from collection.management.demo.pictures import draw_lot
from collection.management.demo.rounds import Rounds, Told
from collection.management.demo.workshop import Workshop
from collection.models import (
    Lot,
    Organisation,
    Site,
    Source,
    Unit,
    User,
)
from collection.queries.people import viewer_for
from collection.rules.intake import NewLot
from collection.rules.roles import OrganisationKind, Role, Viewer

DAYS = 730
PHOTOGRAPHED = 0.25
MOST_SPLIT = 6
FAR_COUNTRIES = (("China", "non_oecd"), ("India", "non_oecd"), ("Germany", "eu_efta"), ("Turkey", "oecd"))
PORTS = ("Felixstowe", "Liverpool", "Grangemouth", "London Gateway", "Southampton")

# How the lots of each kind of holder end, if they end: collected, exported, lost. Judgement, for show only.
FATES: dict[str, tuple[float, float, float]] = {
    "scrapyard": (0.52, 0.38, 0.10),
    "shredder": (0.38, 0.44, 0.18),
    "elv_atf": (0.60, 0.32, 0.08),
    "weee_plant": (0.68, 0.24, 0.08),
    "itad": (0.70, 0.26, 0.04),
    "wind_decom": (0.86, 0.12, 0.02),
    "defence": (0.97, 0.00, 0.03),
    "trader": (0.24, 0.72, 0.04),
}
LOSSES = (
    "Shredded with mixed steel before it was sorted",
    "Missing at the stock count",
    "Thrown out with general waste",
)


class Story:
    """Tells the story of one seed up to `now`."""

    def __init__(
        self,
        seed: int,
        now: dt.datetime,
        organisations: dict[str, Organisation],
        sites: dict[str, list[tuple[Site, Source | None]]],
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.particulars = Particulars(seed)
        self.now = now
        self.organisations = organisations
        self.sites = sites
        self.holders = [part for part in PARTS if part.weight]
        self.viewers = {slug: self._viewer_of(org) for slug, org in organisations.items()}
        self.waste_codes = harmless_codes()
        self.workshop = Workshop(seed, now)
        self.rounds = Rounds(self.random, now, organisations, list(self.viewers.values()))

    def tell(self, lots: int) -> list[Lot]:
        """Log this many lots over two years and bring each to its end, or to where it stands now."""
        ages = np.sort(self.random.beta(1.0, 1.5, size=lots) * DAYS)[::-1]
        told = [self._log(float(age)) for age in ages]
        for one in sorted(told, key=lambda one: one.on):
            if one.fate == "exported":
                self._export(one)
            elif one.fate == "lost" and one.lot.unit == Unit.ITEMS:
                self.workshop.take_apart(self._holder_of(one.lot), one.lot, one.on)
            elif one.fate == "lost":
                self._lose(one)
            elif one.fate == "withdrawn":
                withdraw(self._holder_of(one.lot), one.lot.pk, at=one.on, why="Logged twice by mistake")
        self.rounds.collect([one for one in told if one.fate == "collected"])
        waiting = [one.lot for one in told if one.fate == "open" and one.lot.magnet_grams]
        # Those logged first, so that none is split before it came.
        self.workshop.split_some([(self._holder_of(lot), lot) for lot in waiting[:MOST_SPLIT]])
        self.rounds.book_next_days([one for one in told if one.fate == "open" and one.lot.magnet_grams])
        return [one.lot for one in told]

    # --- Logging -------------------------------------------------------------------------------------------

    def _log(self, age_days: float) -> Told:
        weights = np.array([part.weight for part in self.holders])
        part = self.holders[self.random.choice(len(self.holders), p=weights / weights.sum())]
        goods = self._one_of(OF_HOLDER[part.holder_kind])
        places = self.sites[part.slug]
        site, source = places[self.random.integers(len(places))]
        at = self._working_hour(self.now - dt.timedelta(days=age_days))
        lot = log_lot(
            self.viewers[part.slug], self._new_lot(goods, site, source, part.holder_kind, at), at=at
        ).lot
        if source is not None:
            Lot.unscoped.filter(pk=lot.pk).update(source=source)
        if self.random.random() < PHOTOGRAPHED:
            self._photograph(lot, self.viewers[part.slug], at)
        told = self._with_fate(lot, part.holder_kind, at)
        if lot.is_defence:
            self._clear_holds(told, at)
        return told

    def _clear_holds(self, told: Told, at: dt.datetime) -> None:
        """All hold points of what will be collected; of the rest some, the newest two of five."""
        points = 5 if told.fate == "collected" or self.particulars.random.random() < 0.4 else 2
        on = min(at + dt.timedelta(hours=3), told.on, self.now)
        clear_holds(self._holder_of(told.lot), told.lot, at=on, points=points)
        told.lot.refresh_from_db()

    def _photograph(self, lot: Lot, holder: Viewer, at: dt.datetime) -> None:
        picture = draw_lot(self.random, lot.product.name[:44])
        add_photo(
            holder,
            jpeg=picture.jpeg,
            thumbnail=picture.thumbnail,
            size=(picture.width, picture.height),
            sha256=picture.sha256,
            at=at,
            lot=lot,
        )

    def _one_of(self, goods: tuple[Goods, ...]) -> Goods:
        weights = np.array([one.weight for one in goods])
        return goods[self.random.choice(len(goods), p=weights / weights.sum())]

    def _new_lot(
        self, goods: Goods, site: Site, source: Source | None, holder_kind: str, at: dt.datetime
    ) -> NewLot:
        quantity = max(goods.usual * float(np.exp(self.random.normal(0, np.log(goods.spread) / 1.5))), 1.0)
        rounded = Decimal(str(round(quantity, 1))) if goods.unit != "items" else Decimal(round(quantity))
        gross = None
        if goods.gross_kg_each and self.random.random() < 0.7:
            gross = int(1000 * goods.gross_kg_each * float(rounded) * self.random.uniform(0.9, 1.12))
        answers: dict[str, Any] = {
            "submission_id": uuid.UUID(bytes=self.random.bytes(16), version=4),
            "source_kind": goods.source_kind,
            "product_code": goods.product_code,
            "quantity": rounded,
            "unit": goods.unit,
            "condition": str(self.random.choice(["intact", "damaged", "dismantled"], p=[0.75, 0.15, 0.10])),
            "intent": self._intent(holder_kind),
            "available_from_on": at.date() + dt.timedelta(days=int(self.random.integers(0, 10))),
            "site_id": site.pk,
            "build_year": int(self.random.integers(2005, 2021)),
            "gross_grams": gross,
            "is_magnetised": bool(self.random.random() < 0.8),
        }
        answers |= packed(goods.product_code, goods.unit, gross, self.waste_codes)
        told = self.particulars.of(goods.source_kind, goods.product_code, rounded, gross, site, source, at)
        return NewLot(**(answers | told))

    def _intent(self, holder_kind: str) -> str:
        leaves = FATES[holder_kind][1]
        shares = [0.45 * (1 - leaves), 0.35 * leaves, 0.0]
        shares[2] = 1.0 - sum(shares)
        return str(self.random.choice(["sell_here", "export", "undecided"], p=shares))

    def _with_fate(self, lot: Lot, holder_kind: str, at: dt.datetime) -> Told:
        days = float(self.random.gamma(2.2, 34.0))
        on = self._working_hour(at + dt.timedelta(days=days + 1))
        if on >= self.now - dt.timedelta(hours=2) or not lot.magnet_grams:
            return Told(lot, "open", on)
        if self.random.random() < 0.01:
            return Told(lot, "withdrawn", on)
        fates = np.array(FATES[holder_kind])
        return Told(
            lot, str(self.random.choice(["collected", "exported", "lost"], p=fates / fates.sum())), on
        )

    def _working_hour(self, at: dt.datetime) -> dt.datetime:
        day = at.replace(hour=8, minute=0, second=0, microsecond=0)
        earlier = day + dt.timedelta(minutes=int(self.random.integers(0, 480)))
        return min(earlier, self.now - dt.timedelta(minutes=5))

    # --- Leaving -------------------------------------------------------------------------------------------

    def _export(self, one: Told) -> None:
        country, kind = FAR_COUNTRIES[self.random.integers(len(FAR_COUNTRIES))]
        record_export(
            self._holder_of(one.lot),
            one.lot.pk,
            happened_on=one.on.date(),
            at=one.on,
            destination_class=kind,
            country=country,
            port=str(self.random.choice(PORTS)),
        )

    def _lose(self, one: Told) -> None:
        why = str(self.random.choice(LOSSES))
        record_loss(
            self._holder_of(one.lot), one.lot.pk, happened_on=one.on.date(), at=one.on, explanation=why
        )

    # --- Who acts ------------------------------------------------------------------------------------------

    def _holder_of(self, lot: Lot) -> Viewer:
        return next(v for v in self.viewers.values() if v.organisation_id == lot.holder_id)

    def _viewer_of(self, organisation: Organisation) -> Viewer:
        """The first person of the organisation; a collector nobody signs in to acts through the system."""
        person = User.objects.filter(memberships__organisation=organisation).order_by("pk").first()
        found = viewer_for(person, organisation.pk) if person else None
        if found is not None:
            return found
        stand_in = User.objects.order_by("pk").first()
        return Viewer(
            user_id=stand_in.pk if stand_in else 0,
            organisation_id=organisation.pk,
            organisation_kind=OrganisationKind(organisation.kind),
            roles=frozenset({Role.COLLECTOR}),
        )
