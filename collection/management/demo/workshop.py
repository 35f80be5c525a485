"""The story's workshop: some lots are taken apart instead of lost, a few are split, so that the lineage and the
league of models have something to show. Makers are made up; nothing here speaks of a real one."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from collection.actions.departures import record_export
from collection.actions.regrouping import split, take_apart
from collection.models import Lot, Unit
from collection.rules.content.disassembly import OBSTACLES, Apart
from collection.rules.roles import Viewer

MODELS = (
    # maker, model, minutes a kg against the usual, share unbroken, obstacles
    ("Demo Alder", "Open Frame 2", 0.55, 0.92, ()),
    ("Demo Birch", "Series B", 1.0, 0.70, ("glue",)),
    ("Demo Cedar", "Sealed One", 2.1, 0.35, ("glue", "sealed")),
    ("Demo Damson", "D 40", 1.4, 0.55, ("rivets", "no_screws")),
)
USUAL_MINUTES_PER_KG = {1: 12.0, 2: 20.0, 3: 35.0, 4: 70.0, 5: 120.0}
SOLD_ON_AFTER = dt.timedelta(days=90)


class Workshop:
    """Works with a generator of its own, so that the rest of the story stays the same."""

    def __init__(self, seed: int, now: dt.datetime) -> None:
        self.random = np.random.default_rng([seed, 1])
        self.now = now

    def take_apart(self, viewer: Viewer, lot: Lot, at: dt.datetime) -> Lot | None:
        """Take a lot of items apart; its freed magnets are sold on after a while."""
        maker, model, pace, unbroken, obstacles = MODELS[self.random.integers(len(MODELS))]
        found = max(1, int(lot.magnet_grams * float(np.exp(self.random.normal(0, 0.2)))))
        freed = int(found * float(self.random.uniform(0.82, 0.97)))
        lost = (found - freed) // 5
        usual = USUAL_MINUTES_PER_KG[lot.product.accessibility]
        minutes = max(5, int(found / 1000 * usual * pace * float(np.exp(self.random.normal(0, 0.25)))))
        seen = [code for code in OBSTACLES if code in obstacles and self.random.random() < 0.85]
        apart = Apart(
            maker=maker,
            model=model,
            items=int(lot.quantity),
            minutes=minutes,
            freed_grams=freed,
            intact_grams=int(freed * min(1.0, unbroken * float(self.random.uniform(0.85, 1.08)))),
            residue_grams=found - freed - lost,
            loss_grams=lost,
            obstacles=frozenset(seen),
            unexplained_reason="Only the magnets were weighed",
        )
        magnets = take_apart(viewer, lot.pk, apart, submission_id=self._submission(), at=at).magnets
        if magnets is not None and at < self.now - SOLD_ON_AFTER:
            on = at + dt.timedelta(days=int(self.random.integers(10, 80)))
            record_export(
                viewer,
                magnets.pk,
                happened_on=on.date(),
                at=on,
                destination_class="eu_efta",
                country="Germany",
            )
        return magnets

    def split_some(self, lots: Sequence[tuple[Viewer, Lot]]) -> None:
        """Divide a third off each of a few lots, and take the third of every other one apart."""
        for number, (viewer, lot) in enumerate(lots):
            third = Decimal(int(lot.quantity / 3))
            if lot.unit != Unit.ITEMS or third < 1:
                continue
            at = self.now - dt.timedelta(hours=5 + number)
            part = split(
                viewer, lot.pk, third, reason="Another make", submission_id=self._submission(), at=at
            )
            if number % 2 == 0:
                self.take_apart(viewer, part, at + dt.timedelta(hours=2))

    def _submission(self) -> uuid.UUID:
        return uuid.UUID(bytes=self.random.bytes(16), version=4)
