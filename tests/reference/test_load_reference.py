"""Loading the reference tables: exact counts, safe to repeat, versioned, all or nothing."""

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from collection.actions.reference import TableChange, TableError, load_reference
from collection.actions.reference.tables import SHIPPED
from collection.models import (
    DatasetLoad,
    Facility,
    ProductCoefficient,
    ProductSynonym,
    ProductType,
    Region,
    VersionedRow,
)
from collection.queries.reference import current_catalogue

pytestmark = pytest.mark.django_db

FIRST = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped tables that a test may change."""
    copy = tmp_path / "data"
    shutil.copytree(SHIPPED, copy)
    return copy


def change_cell(folder: Path, file: str, key: tuple[str, str], column: str, value: str) -> None:
    _rewrite(folder / file, lambda row: row | {column: value} if row[key[0]] == key[1] else row)


def drop_row(folder: Path, file: str, key: tuple[str, str]) -> None:
    _rewrite(folder / file, lambda row: None if row[key[0]] == key[1] else row)


def _rewrite(path: Path, edit: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(edited for row in rows if (edited := edit(row)) is not None)


def named(changes: list[TableChange], table: str) -> TableChange:
    return next(change for change in changes if change.table == table)


def test_a_second_loading_changes_nothing_and_says_so() -> None:
    load_reference(at=FIRST)
    before = list(DatasetLoad.objects.values_list("dataset", "checksum", "loaded_at"))
    assert load_reference(at=LATER) == []
    assert list(DatasetLoad.objects.values_list("dataset", "checksum", "loaded_at")) == before


def test_reading_every_file_again_still_changes_nothing() -> None:
    load_reference(at=FIRST)
    DatasetLoad.objects.update(checksum="")
    changes = load_reference(at=LATER)
    assert len(changes) > 15
    assert [str(change) for change in changes if not change.is_nothing] == []


def test_a_changed_coefficient_is_a_new_version_and_the_old_one_is_kept(folder: Path) -> None:
    load_reference(at=FIRST, folder=folder)
    change_cell(folder, "product_types.csv", ("code", "weee_hdd_3_5"), "magnet_kg_central", "0.0166")
    changes = load_reference(at=LATER, folder=folder)
    coefficients = named(changes, "product coefficients")
    assert (coefficients.added, coefficients.changed) == (0, 1)
    old, new = ProductCoefficient.objects.filter(product__code="weee_hdd_3_5").order_by("version")
    assert (old.version, old.is_current, old.magnet_kg_central, old.from_at) == (
        1,
        False,
        Decimal("0.015"),
        FIRST,
    )
    assert (new.version, new.is_current, new.magnet_kg_central, new.from_at) == (
        2,
        True,
        Decimal("0.0166"),
        LATER,
    )


def test_a_changed_price_is_a_new_version_and_a_dropped_one_is_kept(folder: Path) -> None:
    load_reference(at=FIRST, folder=folder)
    change_cell(folder, "magnet_grades.csv", ("grade_code", "ndfeb_n"), "dy_central", "0.003")
    drop_row(folder, "policy_targets.csv", ("code", "uk_v2035_domestic"))
    changes = load_reference(at=LATER, folder=folder)
    assert named(changes, "magnet_grades.csv").changed == 1
    assert named(changes, "policy_targets.csv").gone == 1
    versions = VersionedRow.objects.filter(table="magnet_grades", code="ndfeb_n").order_by("version")
    assert [(v.version, v.is_current, v.data["dy_central"]) for v in versions] == [
        (1, False, "0.002"),
        (2, True, "0.003"),
    ]
    assert VersionedRow.objects.filter(code="uk_v2035_domestic", is_current=False).count() == 1


def test_a_row_that_comes_back_continues_its_versions(folder: Path) -> None:
    load_reference(at=FIRST, folder=folder)
    drop_row(folder, "policy_targets.csv", ("code", "uk_v2035_domestic"))
    load_reference(at=LATER, folder=folder)
    shutil.copy(SHIPPED / "policy_targets.csv", folder)
    load_reference(at=LATER, folder=folder)
    versions = VersionedRow.objects.filter(code="uk_v2035_domestic").order_by("version")
    assert [(v.version, v.is_current) for v in versions] == [(1, False), (2, True)]


def test_a_bad_cell_is_named_and_nothing_is_written(folder: Path) -> None:
    change_cell(folder, "product_types.csv", ("code", "weee_hdd_3_5"), "magnet_kg_low", "lots")
    with pytest.raises(TableError, match=r"product_types\.csv, row 18, column “magnet_kg_low”.*“lots”"):
        load_reference(at=FIRST, folder=folder)
    assert Region.objects.count() == 0


def test_what_people_set_on_a_plant_survives_a_loading(folder: Path) -> None:
    load_reference(at=FIRST, folder=folder)
    Facility.objects.filter(code="hypromag_tyseley").update(authorisation_number="EPR/AB1234CD")
    change_cell(folder, "uk_facilities.csv", ("facility_code", "hypromag_tyseley"), "town", "Tyseley")
    load_reference(at=LATER, folder=folder)
    plant = Facility.objects.get(code="hypromag_tyseley")
    assert (plant.authorisation_number, plant.town) == ("EPR/AB1234CD", "Tyseley")


def test_words_people_added_stay() -> None:
    load_reference(at=FIRST)
    product = ProductType.objects.get(code="weee_hdd_3_5")
    ProductSynonym.objects.create(product=product, term="spinning rust")
    DatasetLoad.objects.all().delete()
    load_reference(at=LATER)
    assert ProductSynonym.objects.filter(term="spinning rust").count() == 1


def test_the_catalogue_follows_the_tables(folder: Path) -> None:
    load_reference(at=FIRST, folder=folder)
    before = current_catalogue()
    assert len(before.products) == 71
    assert current_catalogue() is before
    change_cell(folder, "product_types.csv", ("code", "weee_hdd_3_5"), "magnet_kg_central", "0.0166")
    load_reference(at=LATER, folder=folder)
    after = current_catalogue()
    assert after.product("weee_hdd_3_5").magnet_kg.central == pytest.approx(0.0166)
    assert after.product("weee_hdd_3_5").version == "weee_hdd_3_5 v2"
    assert before.product("weee_hdd_3_5").version == "weee_hdd_3_5 v1"


def test_the_command_says_what_changed() -> None:
    said = StringIO()
    call_command("load_reference", stdout=said)
    assert "product types: 71 added" in said.getvalue()
    again = StringIO()
    call_command("load_reference", stdout=again)
    assert again.getvalue().strip() == "Reference tables: nothing changed."
