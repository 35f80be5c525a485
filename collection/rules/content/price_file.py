"""Prices as a spreadsheet file: every row checked before any is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from collection.rules.content.sheet import ListErrors, Sheet, read_sheet
from collection.rules.valuation import NOT_VALUED, VALUED

REQUIRED = (
    "element", "product", "market", "currency", "unit", "price_low", "price_central", "price_high", "as_of",
    "vat_included", "source", "valuation_basis",
)  # fmt: skip
OPTIONAL = (
    "specification", "as_of_precision", "fx_to_usd_assumed", "source_url", "confidence", "notes",
)  # fmt: skip
KEY = ("element", "product", "specification", "market", "as_of")
BASES_OF_FILE = {
    "china_latest": "the China price list",
    "europe_latest": "the European price list",
    "both": "both price lists",
    "none": "kept, used for no value",
}
PRODUCTS = ("oxide", "metal", "alloy_metal")
ELEMENTS = (*VALUED, "Nd", "Pr", "Co", *NOT_VALUED)
WORDS_OF_YES_NO = {"true": "true", "yes": "true", "y": "true", "false": "false", "no": "false", "n": "false"}
WIDEST = 20.0
"""High over low beyond which a row is taken for a slip of the unit."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One row of the file in the words of the price table, ready to be kept."""

    row: int
    cells: dict[str, str]

    @property
    def code(self) -> str:
        return "|".join(self.cells[column] for column in KEY)


def read_price_file(lines: Iterable[str], *, today: date) -> list[PriceRow]:
    """The prices of a file. Raises ListErrors naming every bad row and column."""
    sheet = read_sheet(lines, required=REQUIRED, optional=OPTIONAL)
    rows: list[PriceRow] = []
    problems: list[str] = []
    for row, typed in sheet.rows:
        cells = _tidied(typed)
        found = [f"Row {row}, {column}: {words}" for column, words in _problems(sheet, cells, today)]
        problems += found
        if not found:
            rows.append(PriceRow(row, cells))
    problems += _twice(rows)
    if not rows and not problems:
        problems.append("The file holds no prices: add a line under the header.")
    if problems:
        raise ListErrors(problems)
    return [PriceRow(each.row, _as_kept(sheet, each.cells)) for each in rows]


def _tidied(typed: dict[str, str]) -> dict[str, str]:
    cells = {column: typed.get(column, "") for column in (*REQUIRED, *OPTIONAL)}
    cells["currency"] = cells["currency"].upper()
    cells["vat_included"] = WORDS_OF_YES_NO.get(cells["vat_included"].lower(), cells["vat_included"])
    cells["valuation_basis"] = cells["valuation_basis"].lower()
    cells["fx_to_usd_assumed"] = cells["fx_to_usd_assumed"] or ("1" if cells["currency"] == "USD" else "")
    cells["as_of_precision"] = cells["as_of_precision"] or "day"
    cells["confidence"] = cells["confidence"] or "medium"
    return cells


def _problems(sheet: Sheet, cells: dict[str, str], today: date) -> Iterator[tuple[str, str]]:
    for column, known in (
        ("element", ELEMENTS),
        ("product", PRODUCTS),
        ("unit", ("kg", "t")),
        ("vat_included", ("true", "false")),
        ("valuation_basis", tuple(BASES_OF_FILE)),
        ("confidence", ("high", "medium", "low")),
    ):
        if cells[column] not in known:
            yield column, f"“{cells[column]}” is not one of {', '.join(known)}."
    if len(cells["currency"]) != 3 or not cells["currency"].isalpha():
        yield "currency", f"“{cells['currency']}” is not a currency such as USD, CNY or EUR."
    for column in ("market", "source"):
        if not cells[column]:
            yield column, "It is empty: a price without its market and source is not kept."
    if cells["element"] in NOT_VALUED and cells["valuation_basis"] != "none":
        yield "valuation_basis", "Samarium and gadolinium are not valued; write “none”."
    yield from _price_problems(sheet, cells)
    yield from _day_problems(cells["as_of"], today)


def _price_problems(sheet: Sheet, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    figures: dict[str, float] = {}
    for column in ("price_low", "price_central", "price_high", "fx_to_usd_assumed"):
        try:
            figures[column] = sheet.number(cells[column])
        except ValueError:
            empty = "It is empty: say how many of the currency make a US dollar."
            is_rate = column == "fx_to_usd_assumed" and not cells[column]
            yield column, empty if is_rate else f"“{cells[column]}” is not a number."
            continue
        if not 0 < figures[column] < 1e12:
            yield column, f"“{cells[column]}” must be above 0."
    if len(figures) < 4:
        return
    if not figures["price_low"] <= figures["price_central"] <= figures["price_high"]:
        yield "price_central", "The three prices must rise from low over central to high."
    elif figures["price_low"] > 0 and figures["price_high"] > WIDEST * figures["price_low"]:
        yield "price_high", "High is over twenty times low: check the numbers and their unit."


def _day_problems(text: str, today: date) -> Iterator[tuple[str, str]]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        yield "as_of", f"“{text}” is not a date such as 2026-01-31."
        return
    if day > today:
        yield "as_of", f"{text} is in the future."


def _twice(rows: list[PriceRow]) -> Iterator[str]:
    first: dict[str, int] = {}
    for each in rows:
        if each.code in first:
            yield f"Row {each.row}: this is the price of row {first[each.code]} again. Leave one out."
        first.setdefault(each.code, each.row)


def _as_kept(sheet: Sheet, cells: dict[str, str]) -> dict[str, str]:
    """Numbers with a decimal point, whatever the file wrote."""
    numbers = ("price_low", "price_central", "price_high", "fx_to_usd_assumed")
    return cells | {column: f"{sheet.number(cells[column]):.12g}" for column in numbers}
