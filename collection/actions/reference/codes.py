"""Lists that name things: waste codes, NATO supply classes, turbine models."""

import datetime as dt
from pathlib import Path
from typing import Any

from collection.actions.reference.changes import TableChange, sync_rows
from collection.actions.reference.tables import read_table
from collection.models import ProductType, SupplyClass, TurbineModel, WasteCode

CODE_FILES = ("dwt_ewc_codes.csv", "ewc_own_words.csv", "ewc_chapters.csv", "nato_supply_classes.csv")
TURBINE_FILES = ("turbine_models.csv",)


def load_codes(folder: Path, at: dt.datetime) -> list[TableChange]:
    return [_load_waste_codes(folder), _load_supply_classes(folder)]


def _load_waste_codes(folder: Path) -> TableChange:
    """Codes and entry types as listed, described in our own words: those a magnet load meets one by one,
    the rest
    by their chapter. The service the list came from does not let its descriptions be shown."""
    own_words = {row.text("code"): row.text("words") for row in read_table(folder, "ewc_own_words.csv")}
    chapters = {row.text("chapter"): row.text("words") for row in read_table(folder, "ewc_chapters.csv")}
    rows: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, "dwt_ewc_codes.csv"):
        code = row.text("code")
        chapter = chapters[code[:2]]
        rows[code] = {
            "is_hazardous": row.is_yes("is_hazardous"),
            "entry_type": row.text("entry_type"),
            "chapter": chapter,
            "description": own_words.get(code) or f"An entry of chapter {code[:2]}: {chapter}",
        }
    return sync_rows(WasteCode, "code", rows, table="waste codes")


def _load_supply_classes(folder: Path) -> TableChange:
    rows = {
        row.text("supply_class"): {"name": row.text("name"), "group": row.text("group")}
        for row in read_table(folder, "nato_supply_classes.csv")
    }
    return sync_rows(SupplyClass, "code", rows, table="NATO supply classes")


def load_turbines(folder: Path, at: dt.datetime) -> list[TableChange]:
    products = dict(ProductType.objects.values_list("code", "pk"))
    rows: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, "turbine_models.csv"):
        rows[row.text("model_id")] = {
            "manufacturer": row.text("manufacturer"),
            "name": row.text("model"),
            "rated_mw": row.money("rated_mw"),
            "drive_train": row.text("drive_train"),
            "generator": row.text("generator"),
            "has_magnets": row.is_yes("generator_magnets"),
            "product_id": products.get(row.text("product_code")),
        }
    return [sync_rows(TurbineModel, "code", rows, table="turbine models")]
