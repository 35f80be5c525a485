"""Reading the ledger."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Sum

from collection.models import CustodyEntry, Lot
from collection.rules.custody import first_fault
from collection.rules.lifecycle import Place
from collection.rules.roles import Viewer

CHAIN_COLUMNS = (
    "lot_id",
    "sequence",
    "from_place",
    "to_place",
    "grams",
    "nd_ppm",
    "pr_ppm",
    "dy_ppm",
    "tb_ppm",
    "sm_ppm",
    "at",
    "reason",
    "previous_fingerprint",
    "fingerprint",
)


def chain_of(viewer: Viewer, lot: Lot) -> list[CustodyEntry]:
    """The custody entries of one lot in order, with who wrote them."""
    entries = CustodyEntry.objects.visible_to(viewer).filter(lot=lot)
    return list(entries.select_related("actor").order_by("sequence"))


def chains() -> Iterator[tuple[int, list[Any]]]:
    """Every chain of the register, lot by lot, streamed: for the audit only, which sees everything."""
    rows = (
        CustodyEntry.unscoped.order_by("lot_id", "sequence")
        .values_list(*CHAIN_COLUMNS, named=True)
        .iterator(chunk_size=5000)
    )
    for lot_id, entries in groupby(rows, key=attrgetter("lot_id")):
        yield lot_id, list(entries)


def first_broken_chain() -> tuple[str, str] | None:
    """The reference of the first lot whose chain does not hold and what is wrong; None when all hold."""
    for lot_id, entries in chains():
        fault = first_fault(entries)
        if fault:
            return Lot.unscoped.values_list("reference", flat=True).get(pk=lot_id), fault
    return None


def register_balances() -> dict[Place, int]:
    """Grams in each place over the whole register, re-added from every entry."""
    totals = dict.fromkeys(Place, 0)
    for column, sign in (("to_place", 1), ("from_place", -1)):
        sums = CustodyEntry.unscoped.order_by().values(column).annotate(total=Sum("grams"))
        for row in sums:
            totals[Place(row[column])] += sign * row["total"]
    return totals
