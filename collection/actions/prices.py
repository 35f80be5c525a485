"""Taking prices in: dated rows with their source, versions and never edits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from collection.actions.reference.tables import checksum_of_values
from collection.models import VersionedRow
from collection.rules.content.price_file import PriceRow
from collection.rules.roles import Permission, Viewer, require

TABLE = "element_prices"


@dataclass(frozen=True, slots=True)
class PricesTaken:
    """How many rows were new, how many replaced an earlier version, how many were known already."""

    added: int
    changed: int
    unchanged: int

    @property
    def sentence(self) -> str:
        return f"{self.added} prices added, {self.changed} changed, {self.unchanged} known already."


def import_prices(viewer: Viewer, rows: Sequence[PriceRow], *, at: dt.datetime) -> PricesTaken:
    """Keep checked rows of a price file, all or none; the same file twice changes nothing the second time.

    Raises NotPermittedError.
    """
    require(viewer, Permission.ADMINISTER)
    wanted = {each.code: (each.cells, checksum_of_values(each.cells)) for each in rows}
    with transaction.atomic():
        found = VersionedRow.objects.select_for_update().filter(table=TABLE, code__in=wanted)
        newest = {row.code: row for row in found.order_by("version")}
        current = {row.code: row for row in newest.values() if row.is_current}
        same = {code for code, row in current.items() if row.checksum == wanted[code][1]}
        VersionedRow.objects.filter(
            pk__in=[row.pk for code, row in current.items() if code not in same]
        ).update(is_current=False)
        VersionedRow.objects.bulk_create(
            VersionedRow(
                table=TABLE,
                code=code,
                version=newest[code].version + 1 if code in newest else 1,
                data=cells,
                checksum=checksum,
                from_at=at,
                is_entered=True,
                entered_by_id=viewer.user_id,
            )
            for code, (cells, checksum) in wanted.items()
            if code not in same
        )
    changed = len([code for code in current if code not in same])
    return PricesTaken(len(wanted) - len(same) - changed, changed, len(same))
