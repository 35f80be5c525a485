"""Lots logged with a serial number before there were identity keys get theirs, so that they are found again."""

from itertools import islice
from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef, Q

from collection.rules.identities import identity_key

BATCH = 2000


def fill_identity_keys(apps: Any, schema_editor: Any) -> None:
    """Write the missing keys; running it again finds none missing.

    A lot that was divided off shares its parent's serial number and is no second thing with it.
    """
    Lot = apps.get_model("collection", "Lot")
    SourceDetails = apps.get_model("collection", "SourceDetails")
    Lineage = apps.get_model("collection", "Lineage")
    divided_off = Lineage.objects.filter(child=OuterRef("pk")).order_by()
    lots = (
        Lot._base_manager.exclude(serial="")
        .filter(Q(details__isnull=True) | Q(details__identity_key=""))
        .exclude(Exists(divided_off))
        .order_by("pk")
        .values_list(
            *("pk", "source_kind", "product__code", "serial"),
            *("details__pk", "details__maker", "details__turbine_model__manufacturer"),
        )
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(lots, BATCH)):
        fresh, known = [], []
        for lot_id, source_kind, product_code, serial, details_id, maker, turbine_maker in batch:
            key = identity_key(
                source_kind=source_kind,
                product_code=product_code,
                serial=serial,
                maker=turbine_maker or maker or "",
            )
            if key and details_id is None:
                fresh.append(SourceDetails(lot_id=lot_id, identity_key=key))
            elif key:
                known.append(SourceDetails(pk=details_id, identity_key=key))
        SourceDetails.objects.bulk_create(fresh)
        SourceDetails.objects.bulk_update(known, ["identity_key"])


class Migration(migrations.Migration):
    dependencies = [("collection", "0016_corrected_dealer_records")]

    operations = [migrations.RunPython(fill_identity_keys, migrations.RunPython.noop)]
