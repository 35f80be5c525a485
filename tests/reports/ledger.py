"""Random custody entries written straight into the ledger, and the plain sums the reports must agree with."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from hypothesis import strategies as st

from collection.models import SECTOR_IDS, CustodyEntry, Lot, Organisation, ProductType, Region
from collection.rules.lifecycle import Place
from reports.flows import FlowFilter, Flows, month_key

SUMMED = ("entries", "grams", "nd_micrograms", "dy_micrograms", "shared_sd_grams")
FIRST_DAY = dt.date(2025, 1, 1)


@dataclass(frozen=True)
class Line:
    """One entry to write. Numbers choose from what the register holds; -1 stands for "not known"."""

    day: int
    from_place: int
    to_place: int
    grams: int
    region: int
    sector: int
    product: int
    holder: int
    receiver: int


places = st.sampled_from([place.value for place in Place])
lines = st.builds(
    Line,
    day=st.integers(0, 130),
    from_place=places,
    to_place=places,
    grams=st.integers(1, 5_000_000),
    region=st.integers(-1, 2),
    sector=st.sampled_from(sorted(SECTOR_IDS.values())[:3]),
    product=st.integers(0, 1),
    holder=st.integers(0, 2),
    receiver=st.integers(-1, 1),
).filter(lambda line: line.from_place != line.to_place)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One element of the columns of Flows."""

    key: int = 0
    product_id: int = 1
    from_place: int
    to_place: int
    entries: int = 1
    grams: int
    nd_micrograms: int = 0
    pr_micrograms: int = 0
    dy_micrograms: int = 0
    tb_micrograms: int = 0
    sm_micrograms: int = 0
    shared_sd_grams: int = 0
    own_variance: float = 0.0


def flows_of(rows: Sequence[Flow]) -> Flows:
    """These flows as columns."""
    columns: dict[str, Any] = {
        field.name: np.array([getattr(row, field.name) for row in rows], dtype=field.type)
        for field in fields(Flow)
    }
    return Flows(**columns)


class Register:
    """One lot whose chain takes any entries: reports look only at an entry's own dimensions."""

    def __init__(self) -> None:
        self.products = list(ProductType.objects.order_by("pk")[:2])
        self.regions = list(Region.objects.order_by("pk")[:3])
        self.holders = list(Organisation.objects.order_by("pk")[:3])
        self.lot = Lot.unscoped.create(
            reference="LOT-25-000001",
            holder=self.holders[0],
            source_kind="scrapyard",
            product=self.products[0],
            quantity=1,
            unit="items",
            condition="intact",
            intent="sell_here",
            available_from_on=FIRST_DAY,
            logged_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
            state_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        )
        self.written = 0

    def write(self, wanted: Iterable[Line]) -> None:
        entries = []
        for line in wanted:
            self.written += 1
            entries.append(self._entry(line))
        CustodyEntry.unscoped.bulk_create(entries)

    def _entry(self, line: Line) -> CustodyEntry:
        day = FIRST_DAY + dt.timedelta(days=line.day)
        at = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
        return CustodyEntry(
            lot=self.lot,
            sequence=self.written,
            from_place=line.from_place,
            to_place=line.to_place,
            grams=line.grams,
            nd_ppm=290_000,
            dy_ppm=12_345,
            shared_sd_grams=line.grams // 5,
            own_variance=line.grams / 3,
            day=day,
            region_id=self.regions[line.region].pk if line.region >= 0 else None,
            sector_id=line.sector,
            product=self.products[line.product],
            holder=self.holders[line.holder],
            receiver=self.holders[line.receiver] if line.receiver >= 0 else None,
            at=at,
            recorded_at=at,
            reason="written by a test",
            previous_fingerprint=b"\0" * 32,
            fingerprint=b"\0" * 32,
        )


KEY_OF: dict[str, Callable[[CustodyEntry], object]] = {
    "month": lambda entry: month_key(entry.day.replace(day=1)),
    "region": lambda entry: entry.region_id or 0,
    "sector": lambda entry: entry.sector_id,
    "holder": lambda entry: entry.holder_id,
    "receiver": lambda entry: entry.receiver_id or 0,
    "product": lambda entry: entry.product_id,
    "nothing": lambda entry: 0,
}


def added_up_by_hand(wanted: FlowFilter, group: str) -> dict[tuple[object, ...], dict[str, int]]:
    """The flows of a filter, from the entries one by one in plain Python."""
    sums: dict[tuple[object, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMMED, 0))
    for entry in CustodyEntry.unscoped.all():
        if not _is_wanted(entry, wanted):
            continue
        found = sums[KEY_OF[group](entry), entry.product_id, entry.from_place, entry.to_place]
        found["entries"] += 1
        found["grams"] += entry.grams
        found["nd_micrograms"] += entry.grams * entry.nd_ppm
        found["dy_micrograms"] += entry.grams * entry.dy_ppm
        found["shared_sd_grams"] += entry.shared_sd_grams
    return dict(sums)


def _is_wanted(entry: CustodyEntry, wanted: FlowFilter) -> bool:
    if wanted.from_day and entry.day < wanted.from_day:
        return False
    if wanted.until_day and entry.day >= wanted.until_day:
        return False
    if entry.sector_id in wanted.without_sector_ids:
        return False
    choices = (
        (entry.region_id or 0, wanted.region_ids),
        (entry.sector_id, wanted.sector_ids),
        (entry.holder_id, wanted.holder_ids),
        (entry.receiver_id or 0, wanted.receiver_ids),
        (entry.product_id, wanted.product_ids),
    )
    return all(chosen is None or value in chosen for value, chosen in choices)


def as_sums(found: Flows) -> dict[tuple[object, ...], dict[str, int]]:
    names = ("key", "product_id", "from_place", "to_place", *SUMMED)
    rows = list(zip(*(getattr(found, name).tolist() for name in names), strict=True))
    sums = {row[:4]: dict(zip(SUMMED, row[4:], strict=True)) for row in rows}
    assert len(sums) == len(rows), "the same flow twice"
    return sums
