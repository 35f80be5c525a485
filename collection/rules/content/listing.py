"""A list of lots as a spreadsheet file: read, estimated together, written with a total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from collection.rules.content.arrays import ContentArrays, ProductArrays, estimate_many, lot_arrays
from collection.rules.content.catalogue import Catalogue, ContentInputError
from collection.rules.content.composition import COLUMNS
from collection.rules.content.inputs import CheckedLot, LotInput, check
from collection.rules.content.sheet import ListErrors, Sheet, read_sheet
from collection.rules.content.sums import ContentSum, sum_many
from collection.rules.spread import Spread

REQUIRED = ("product_code", "quantity")
OPTIONAL = ("unit", "build_year", "magnet_kg_weighed", "evidence")
TOTAL = "TOTAL"
RANGES = ("magnet", *(name.lower() for name in COLUMNS))
HEADER = (
    "product_code",
    "quantity",
    "unit",
    "build_year",
    "magnet_kg_weighed",
    "evidence_class",
    *(f"{name}_{end}_kg" for name in RANGES for end in ("low", "central", "high")),
    "coefficient_version",
    "note",
)


@dataclass(frozen=True)
class ListedLot:
    """One line of the file: as typed, and as checked."""

    row: int
    typed: dict[str, str]
    checked: CheckedLot


def read_list(catalogue: Catalogue, lines: Iterable[str]) -> list[ListedLot]:
    """The lots of a CSV file with a header line. Raises ListErrors with every bad row, not just the first."""
    sheet = read_sheet(lines, required=REQUIRED, optional=OPTIONAL)
    lots, problems = [], []
    for row, typed in sheet.rows:
        try:
            lots.append(ListedLot(row, typed, check(catalogue, _lot(sheet, typed))))
        except ContentInputError as problem:
            problems.append(f"Row {row}, {problem.field}: {problem}")
    if not lots and not problems:
        problems.append("The file holds no lots: add a line under the header.")
    if problems:
        raise ListErrors(problems)
    return lots


def estimate_list(catalogue: Catalogue, lots: list[ListedLot]) -> tuple[ContentArrays, ContentSum]:
    """The estimates of a list and their total."""
    products = ProductArrays.of(catalogue)
    arrays = estimate_many(catalogue, lot_arrays(products, [lot.checked for lot in lots]), products)
    return arrays, sum_many(arrays)


def output_rows(lots: list[ListedLot], arrays: ContentArrays, total: ContentSum) -> Iterator[dict[str, str]]:
    """Lines for the output file, the TOTAL last; columns nobody asked for come back as they were typed."""
    for index, lot in enumerate(lots):
        checked = lot.checked
        yield {
            **{name: lot.typed.get(name, "") for name in own_columns(lots)},
            "product_code": checked.product.code,
            "quantity": lot.typed["quantity"],
            "unit": lot.typed.get("unit") or checked.product.unit,
            "build_year": lot.typed.get("build_year", ""),
            "magnet_kg_weighed": lot.typed.get("magnet_kg_weighed", ""),
            "evidence_class": checked.evidence_class,
            **_ranges(arrays.magnet(index), arrays.elements(index)),
            "coefficient_version": checked.product.version,
            "note": " ".join(checked.warnings),
        }
    yield dict.fromkeys((*HEADER, *own_columns(lots)), "") | {
        "product_code": TOTAL,
        **_ranges(total.magnet, total.columns),
        "note": (
            f"{total.lots} lots. Errors shared within a product type added linearly, others in quadrature. "
            f"Expected magnet mass {kilograms(total.expected_magnet_grams)} kg."
        ),
    }


def own_columns(lots: Sequence[ListedLot]) -> tuple[str, ...]:
    """The file's own columns, such as a lot number, that the estimate neither reads nor writes."""
    named = {*HEADER, *OPTIONAL, ""}
    return tuple(name for name in lots[0].typed if name not in named) if lots else ()


def kilograms(grams: float) -> float:
    """Kilograms to the microgram, free of binary residue."""
    return round(grams / 1000, 9)


def _ranges(magnet: Spread, columns: dict[str, Spread]) -> dict[str, str]:
    named = {"magnet": magnet} | {name.lower(): spread for name, spread in columns.items()}
    return {
        f"{name}_{end}_kg": f"{getattr(spread, end) / 1000:.6f}"
        for name, spread in named.items()
        for end in ("low", "central", "high")
    }


def _lot(sheet: Sheet, typed: dict[str, str]) -> LotInput:
    weighed = _number(sheet, typed, "magnet_kg_weighed")
    year = _number(sheet, typed, "build_year")
    quantity = _number(sheet, typed, "quantity")
    if quantity is None:
        raise ContentInputError("quantity", "The quantity is empty: give a number above 0.")
    if year is not None and not year.is_integer():
        raise ContentInputError("build_year", f"“{typed['build_year']}” is not a year such as 2014.")
    if not typed["product_code"]:
        raise ContentInputError("product_code", "The product code is empty: see the catalogue for the codes.")
    return LotInput(
        product_code=typed["product_code"],
        quantity=quantity,
        unit=typed.get("unit") or None,
        build_year=None if year is None else int(year),
        evidence=typed.get("evidence") or None,
        magnet_grams_weighed=None if weighed is None else weighed * 1000,
    )


def _number(sheet: Sheet, typed: dict[str, str], column: str) -> float | None:
    text = typed.get(column, "")
    if not text:
        return None
    try:
        return sheet.number(text)
    except ValueError:
        raise ContentInputError(
            column, f"“{text}” is not a number. Use digits and a point, without spaces or commas."
        ) from None
