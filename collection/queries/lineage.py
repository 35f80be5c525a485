"""The family of a lot: everything it came from, everything that came of it, and what became of each gram."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from collection.models import CustodyEntry, Dismantling, Lineage, Lot
from collection.queries.lots import lot_of
from collection.rules.lifecycle import OUTSIDE_PLACES, LotState, Place
from collection.rules.roles import Viewer

MOST_LINKS = 500
MOST_TO_MERGE = 40

# Ancestors, then everything that descends from any of them; every link into the family is kept, so that the
# other parents of a merged lot show as well.
_LINKS = """
WITH RECURSIVE
  above(lot_id) AS (
    SELECT CAST(%s AS bigint)
    UNION SELECT link.parent_id FROM collection_lineage link JOIN above ON link.child_id = above.lot_id
  ),
  family(lot_id) AS (
    SELECT lot_id FROM above
    UNION SELECT link.child_id FROM collection_lineage link JOIN family ON link.parent_id = family.lot_id
  )
SELECT link.id FROM collection_lineage link JOIN family ON link.child_id = family.lot_id
ORDER BY link.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One lot that became others: magnet grams that came into it, net of revisions, and each way they went."""

    lot: Lot
    came_in: int
    into_lots: int
    residue: int
    lost: int
    dismantling: Dismantling | None

    @property
    def stayed(self) -> int:
        """Grams that went none of these ways: they stand in the lot, or went on with it."""
        return self.came_in - self.into_lots - self.residue - self.lost


@dataclass(frozen=True)
class Family:
    """Lots by key, the links between them oldest first, and the balance of every parent.

    `hidden` counts links to lots that the viewer may not see; `is_cut` says that there are more links.
    """

    lot: Lot
    lots: dict[int, Lot]
    links: Sequence[Lineage]
    changes: Sequence[Change] = field(default_factory=list)
    hidden: int = 0
    is_cut: bool = False


def family_of(viewer: Viewer, reference: str) -> Family:
    """A lot's family as far as the viewer may see it, in constant queries. Raises Lot.DoesNotExist."""
    lot = lot_of(viewer, reference)
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [lot.pk, MOST_LINKS + 1])
        link_ids = [row[0] for row in cursor.fetchall()]
    found = list(Lineage.objects.filter(pk__in=link_ids[:MOST_LINKS]).order_by("pk"))
    wanted = {pk for link in found for pk in (link.parent_id, link.child_id)} | {lot.pk}
    visible = Lot.objects.visible_to(viewer).filter(pk__in=wanted).select_related("product", "holder")
    lots = {each.pk: each for each in visible}
    links = [link for link in found if link.parent_id in lots and link.child_id in lots]
    return Family(
        lot=lot,
        lots=lots,
        links=links,
        changes=_changes(lots, _parents(lot, links)),
        hidden=len(found) - len(links),
        is_cut=len(link_ids) > MOST_LINKS,
    )


def _parents(lot: Lot, links: Sequence[Lineage]) -> list[int]:
    """Lots that became others, the lot itself too where nothing came of it that is a lot."""
    own = [lot.pk] if lot.state == LotState.DIVIDED else []
    return list(dict.fromkeys([*(link.parent_id for link in links), *own]))


def _changes(lots: dict[int, Lot], parents: Sequence[int]) -> list[Change]:
    """What became of every parent's grams, read from the ledger."""
    left: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    came: dict[int, int] = defaultdict(int)
    entries = CustodyEntry.unscoped.filter(lot_id__in=parents)
    for lot_id, start, end, grams in entries.values_list("lot_id", "from_place", "to_place", "grams"):
        left[lot_id][end] += grams
        if start in OUTSIDE_PLACES:
            came[lot_id] += grams
        if end == Place.REVISION:
            came[lot_id] -= grams
    apart = {record.lot_id: record for record in Dismantling.objects.filter(lot_id__in=parents)}
    return [
        Change(
            lot=lots[pk],
            came_in=came[pk],
            into_lots=left[pk][Place.LINEAGE],
            residue=left[pk][Place.RESIDUE],
            lost=left[pk][Place.LOST],
            dismantling=apart.get(pk),
        )
        for pk in parents
    ]


def lots_to_merge_with(viewer: Viewer, lot: Lot) -> list[Lot]:
    """The viewer's other held lots of the same product, counted alike, in the same place; newest first."""
    alike = Lot.objects.visible_to(viewer).filter(
        holder_id=viewer.organisation_id,
        state=LotState.HELD,
        product_id=lot.product_id,
        unit=lot.unit,
        site_id=lot.site_id,
        outcode=lot.outcode,
    )
    return list(alike.exclude(pk=lot.pk).select_related("product").order_by("-pk")[:MOST_TO_MERGE])
