"""A list of lots as a spreadsheet file: read, estimated together, written with a total."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from collection.rules.content.arrays import ContentArrays, ProductArrays, estimate_many, lot_arrays
from collection.rules.content.catalogue import Catalogue, ContentInputError
from collection.rules.content.composition import COLUMNS
from collection.rules.content.inputs import CheckedLot, LotInput, check
from collection.rules.content.sums import ContentSum, sum_many
from collection.rules.spread import Spread

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

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


class ListErrors(ValueError):
    """Every problem of a list at once, each line naming its row and column."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class ListedLot:
    """One line of the file: as typed, and as checked."""

    row: int
    typed: dict[str, str]
    checked: CheckedLot


def read_list(catalogue: Catalogue, lines: Iterable[str]) -> list[ListedLot]:
    """The lots of a CSV file with a header line. Raises ListErrors with every bad row, not just the first.

    Spreadsheets of some countries part cells by semicolons or tabs and write 14,2 for 14.2; the header tells
    which. Columns beyond those named are kept as typed.
    """
    before, reader = _reader(lines)
    header = _header(before, next(reader, []))
    lots, problems = [], []
    for row, cells in _numbered(reader, before):
        typed = dict(zip(header, (text.strip(" \t\0") for text in cells), strict=False))
        if not any(typed.values()):
            continue
        try:
            lots.append(ListedLot(row, typed, check(catalogue, _lot(typed, reader.dialect.delimiter))))
        except ContentInputError as problem:
            problems.append(f"Row {row}, {problem.field}: {problem}")
    if not lots and not problems:
        problems.append("The file holds no lots: add a line under the header.")
    if problems:
        raise ListErrors(problems)
    return lots


def _reader(lines: Iterable[str]) -> tuple[int, CsvReader]:
    """A reader that starts at the header, and how many empty lines stood before it."""
    rest = iter(lines)
    for before, line in enumerate(rest):
        if line.strip():
            separator = max(",;\t", key=line.count)
            return before, csv.reader(chain([line], rest), delimiter=separator, strict=True)
    return 0, csv.reader([])


def _header(before: int, cells: Sequence[str]) -> list[str]:
    names = [name.strip().lower().replace(" ", "_") for name in cells]
    missing = [name for name in REQUIRED if name not in names]
    problem = ""
    if missing:
        columns = "the column" if len(missing) == 1 else "the columns"
        are = "is" if len(missing) == 1 else "are"
        problem = f"{columns} {' and '.join(missing)} {are} missing"
    elif len(set(filter(None, names))) < len(list(filter(None, names))):
        twice = next(name for name in names if name and names.count(name) > 1)
        problem = f"the column {twice} is there twice"
    if problem:
        raise ListErrors(
            [
                f"Row {before + 1}: {problem}. "
                f"The header needs {', '.join(REQUIRED)} and may have {', '.join(OPTIONAL)}."
            ]
        )
    return names


def _numbered(reader: CsvReader, before: int) -> Iterator[tuple[int, list[str]]]:
    """Every row with the number of the line it ends on, as a person counts lines in the file."""
    try:
        for cells in reader:
            yield before + reader.line_num, cells
    except csv.Error as problem:
        raise ListErrors(
            [f"Row {before + reader.line_num}: {problem}. Is a quotation mark left open?"]
        ) from None


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


def _lot(typed: dict[str, str], separator: str) -> LotInput:
    weighed = _number(typed, "magnet_kg_weighed", separator)
    year = _number(typed, "build_year", separator)
    quantity = _number(typed, "quantity", separator)
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


def _number(typed: dict[str, str], column: str, separator: str) -> float | None:
    text = typed.get(column, "")
    if not text:
        return None
    # A comma can only be a decimal point where it does not part the cells.
    is_decimal_comma = separator != "," and text.count(",") == 1 and "." not in text
    try:
        return float(text.replace(",", ".") if is_decimal_comma else text)
    except ValueError:
        raise ContentInputError(
            column, f"“{text}” is not a number. Use digits and a point, without spaces or commas."
        ) from None
