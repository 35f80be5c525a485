"""Loading the shipped reference tables: safe to repeat, versioned, and saying what changed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from collection.actions.reference.changes import TableChange
from collection.actions.reference.codes import CODE_FILES, TURBINE_FILES, load_codes, load_turbines
from collection.actions.reference.geography import GEOGRAPHY_FILES, load_geography
from collection.actions.reference.places import PLACE_FILES, load_places
from collection.actions.reference.products import PRODUCT_FILES, load_products
from collection.actions.reference.tables import SHIPPED, checksum_of
from collection.actions.reference.versioned import load_versioned, versioned_files
from collection.models import DatasetLoad
from collection.rules.content.tables import TableError

__all__ = ["TableChange", "TableError", "load_reference"]

# Raise when the way files become rows changes, so that databases loaded the old way load again.
READING = 1


@dataclass(frozen=True, slots=True)
class Dataset:
    """Some files and how they become rows. Later datasets point at rows of earlier ones."""

    name: str
    files: Callable[[Path], tuple[str, ...]]
    load: Callable[[Path, dt.datetime], list[TableChange]]


DATASETS = (
    Dataset("geography", lambda folder: GEOGRAPHY_FILES, load_geography),
    Dataset("codes", lambda folder: CODE_FILES, load_codes),
    Dataset("products", lambda folder: PRODUCT_FILES, load_products),
    Dataset("coefficients of materials", versioned_files, load_versioned),
    Dataset("turbines", lambda folder: TURBINE_FILES + PRODUCT_FILES, load_turbines),
    Dataset("places", lambda folder: PLACE_FILES + PRODUCT_FILES + GEOGRAPHY_FILES[:1], load_places),
)


def load_reference(*, at: dt.datetime, folder: Path = SHIPPED) -> list[TableChange]:
    """Bring the reference tables up to the shipped files and say what changed, table by table.

    Datasets whose files are unchanged since the last loading are not read again and are left out of the
    answer. All or nothing: raises TableError naming file, row and column, and then nothing is
    written.
    """
    changes: list[TableChange] = []
    with transaction.atomic():
        loaded = dict(DatasetLoad.objects.values_list("dataset", "checksum"))
        for dataset in DATASETS:
            checksum = checksum_of(folder, dataset.files(folder), READING)
            if loaded.get(dataset.name) == checksum:
                continue
            done = dataset.load(folder, at)
            changes += done
            DatasetLoad.objects.update_or_create(
                dataset=dataset.name,
                defaults={
                    "checksum": checksum,
                    "rows": sum(change.rows for change in done),
                    "loaded_at": at,
                },
            )
    return changes
