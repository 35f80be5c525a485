"""A small register with a past: many lots like one that was logged, each with an end that is known."""

import datetime as dt
import uuid
from decimal import Decimal

import numpy as np

from collection.actions.lots import log_lot
from collection.models import Estimate, Event, Lot
from collection.rules.intake import NewLot
from collection.rules.lifecycle import LotState, Verb
from tests.cast import Cast

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAYS = 600


def log_one(cast: Cast, *, at: dt.datetime = NOW, intent: str = "export") -> Lot:
    new_lot = NewLot(
        submission_id=uuid.uuid4(),
        source_kind="scrapyard",
        product_code="scrap_loose_sintered_ndfeb",
        quantity=Decimal(300),
        unit="kg_gross",
        condition="intact",
        intent=intent,
        available_from_on=at.date(),
        postcode="G40 1AA",
    )
    return log_lot(cast.scrapyard.viewer, new_lot, at=at).lot


def closed_lots(cast: Cast, count: int, *, seed: int = 5) -> list[Lot]:
    """Lots logged over 600 days: those that are to be exported mostly are, the others mostly fetched."""
    random = np.random.default_rng(seed)
    first = log_one(cast, at=NOW - dt.timedelta(days=1))
    columns = {f.attname: getattr(first, f.attname) for f in Lot._meta.concrete_fields if f.name != "id"}
    lots, ends = [], []
    for number in range(count):
        leaves = bool(random.random() < 0.5)
        logged_at = NOW - dt.timedelta(days=float(random.uniform(100, DAYS)))
        ended_at = logged_at + dt.timedelta(days=float(random.uniform(35, 95)))
        exported = bool(random.random() < (0.8 if leaves else 0.15))
        own = {
            "reference": f"LOT-99-{number:06d}",
            "submission_id": uuid.uuid4(),
            "intent": "export" if leaves else "sell_here",
            "state": LotState.EXPORTED if exported else LotState.PROCESSED,
            "logged_at": logged_at,
            "state_at": ended_at,
        }
        lots.append(Lot(**(columns | own)))
        ends.append((Verb.EXPORTED if exported else Verb.COLLECTED, ended_at))
    Lot.unscoped.bulk_create(lots)
    estimate = first.estimates.get()
    beliefs = {
        f.attname: getattr(estimate, f.attname) for f in Estimate._meta.concrete_fields if f.name != "id"
    }
    Estimate.objects.bulk_create([Estimate(**(beliefs | {"lot_id": lot.pk})) for lot in lots])
    Event.objects.bulk_create(
        event
        for lot, (verb, ended_at) in zip(lots, ends, strict=True)
        for event in (
            Event(lot=lot, verb=Verb.LOGGED, at=lot.logged_at, recorded_at=lot.logged_at),
            Event(lot=lot, verb=verb, at=ended_at, recorded_at=ended_at + dt.timedelta(days=2)),
        )
    )
    return lots
