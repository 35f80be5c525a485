"""Putting a synthetic register together, some ten thousand lots at a time."""

from collections.abc import Callable, Iterator

import numpy as np
from django.db import transaction

from collection.management.synthetic import lives
from collection.management.synthetic.population import (
    Habits,
    Products,
    make_recycler,
    make_sites,
    sector_id,
    source_kind,
)
from collection.management.synthetic.tables import (
    FALSE,
    NULL,
    TRUE,
    Cell,
    next_id,
    sequences_past,
    settle,
    write,
)
from collection.models import CustodyEntry, Estimate, Intent, Lot, Site
from collection.models.lots import Condition
from collection.rules.custody import Composition
from collection.rules.lifecycle import LotState

BATCH = 20_000

LOT_COLUMNS = (
    "id", "reference", "submission_id", "holder_id", "source_kind", "site_id", "product_id", "quantity",
    "unit", "gross_grams", "condition", "is_magnetised", "build_year", "serial", "available_from_on",
    "intent", "ewc_code", "note", "state", "magnet_family", "magnet_grams", "is_defence", "is_demonstration",
    "reserved_by_id", "lat", "lon", "outcode", "nation", "region_id", "logged_at", "state_at",
)  # fmt: skip
ESTIMATE_COLUMNS = (
    "lot_id", "made_at", "is_current", "magnet_low_grams", "magnet_central_grams", "magnet_high_grams",
    "nd_ppm", "pr_ppm", "dy_ppm", "tb_ppm", "sm_ppm", "elements", "shared_sd_grams", "own_variance",
    "evidence_class", "method", "coefficient_id", "coefficient_version", "source", "route_code",
    "explanation",
)  # fmt: skip
ENTRY_COLUMNS = (
    "lot_id", "sequence", "from_place", "to_place", "grams", "nd_ppm", "pr_ppm", "dy_ppm", "tb_ppm", "sm_ppm",
    "shared_sd_grams", "own_variance", "day", "region_id", "sector_id", "product_id", "holder_id",
    "receiver_id", "at", "recorded_at", "reason", "previous_fingerprint", "fingerprint",
)  # fmt: skip

Rows = list[tuple[Cell, ...]]


class SyntheticRegister:
    """Everything of one register that is the same for all its lots."""

    def __init__(self, seed: int, lots: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.calendar = lives.Calendar()
        self.products = Products.load()
        self.recycler = make_recycler()
        self.sites = make_sites(lots, self.rng)
        self.habits = Habits(len(self.sites), len(self.products.rows), self.rng)
        self.first_id = next_id(Lot)

    def write(self, lots: int, entries: int, tell: Callable[[int, int], None]) -> None:
        """Write all rows in one transaction; `tell` hears of lots and entries written so far."""
        counts = lives.lengths(lots, entries, self.rng)
        with transaction.atomic():
            for start in range(0, lots, BATCH):
                part = counts[start : start + BATCH]
                lot_rows, estimate_rows, chains = self._batch(self.first_id + start, part)
                write(Lot, LOT_COLUMNS, lot_rows)
                write(Estimate, ESTIMATE_COLUMNS, estimate_rows)
                write(CustodyEntry, ENTRY_COLUMNS, self._entries(chains))
                settle()
                tell(start + len(part), int(counts[: start + len(part)].sum()))
            sequences_past(Lot)

    def _batch(self, first_id: int, counts: "np.ndarray") -> "tuple[Rows, Rows, list[Chain]]":
        size, rng, products = len(counts), self.rng, self.products
        site_of, product_of = self.habits.draw(size, rng)
        quantities = 1 + (rng.random(size) * products.most_units[product_of]).astype(np.int64)
        grams = np.maximum(100, np.round(quantities * products.grams_per_unit[product_of])).astype(np.int64)
        ppm = (products.ppm[product_of] * rng.uniform(0.9, 1.1, (size, 1))).astype(np.int64).tolist()
        ends = lives.states(counts, rng).tolist()
        moments = lives.slots(counts, len(self.calendar), rng)
        keys = rng.bytes(16 * size).hex()
        intents, conditions = rng.integers(0, 3, size).tolist(), rng.integers(0, 5, size).tolist()
        lot_rows: Rows = []
        estimate_rows: Rows = []
        chains: list[Chain] = []
        facts = zip(site_of.tolist(), product_of.tolist(), quantities.tolist(), grams.tolist(), strict=True)
        for i, (place, product, quantity, logged_grams) in enumerate(facts):
            lot_id, site, state, when = first_id + i, self.sites[place], lives.STATES[ends[i]], moments[i]
            content = Composition(*ppm[i])
            while_held = len(when) - len(lives.ENDINGS[state][1])
            final_grams, final_content = lives.final(logged_grams, content, while_held)
            receiver = self.recycler.pk if state in lives.WITH_RECYCLER else NULL
            coefficient = products.rows[product]
            at, state_at = self.calendar.instant_texts[when[0]], self.calendar.instant_texts[when[-1]]
            lot_rows.append((
                lot_id, f"SYN-{lot_id:08d}", keys[32 * i : 32 * i + 32], site.organisation_id,
                source_kind(site).value, site.pk, coefficient.product_id, quantity,
                products.unit(product).value, final_grams * 20, CONDITIONS[conditions[i]], NULL, NULL, "",
                self.calendar.day_texts[when[0]],
                INTENTS[intents[i]], "", "", state.value, coefficient.product.magnet_family, final_grams,
                FALSE, TRUE, receiver, site.lat, site.lon, site.postcode, site.nation, site.region_id, at,
                state_at,
            ))  # fmt: skip
            estimate_rows.append((
                lot_id, at, TRUE, final_grams * 7 // 10, final_grams, final_grams * 14 // 10,
                final_content.nd, final_content.pr, final_content.dy, final_content.tb, final_content.sm,
                "{}", final_grams // 10, final_grams * final_grams / 400, "D", "Synthetic", coefficient.pk,
                f"v{coefficient.version}", "Synthetic register", "", "{}",
            ))  # fmt: skip
            chains.append(
                (lot_id, state, logged_grams, content, when, self._dimensions(site, coefficient.product_id))
            )
        return lot_rows, estimate_rows, chains

    def _dimensions(self, site: Site, product_id: int) -> tuple[Cell, ...]:
        return (site.region_id, sector_id(site), product_id, site.organisation_id)

    def _entries(self, chains: "list[Chain]") -> Iterator[tuple[Cell, ...]]:
        recycler = self.recycler.pk
        for lot_id, state, grams, content, when, dimensions in chains:
            since = len(when) - len(lives.ENDINGS[state][1]) if state in lives.WITH_RECYCLER else len(when)
            for step in lives.life(lot_id, state, grams, content, when, self.calendar):
                receiver = recycler if step.sequence > since else NULL
                yield lives.entry_row(lot_id, step, self.calendar, (*dimensions, receiver))


Chain = tuple[int, LotState, int, Composition, list[int], tuple[Cell, ...]]
INTENTS = [intent.value for intent in Intent]
CONDITIONS = [condition.value for condition in Condition]
