"""The shipped reference tables read into plain values. A bad cell is reported by file, row and column."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from collection.rules.content.coefficients import (
    UNIT_BASES,
    ExchangeRate,
    Facility,
    Grade,
    Price,
    Product,
    Route,
)
from collection.rules.spread import Spread

GRADE_ELEMENTS = {
    "Nd": "nd",
    "Pr": "pr",
    "Dy": "dy",
    "Tb": "tb",
    "Sm": "sm",
    "Fe": "fe",
    "B": "b",
    "Co": "co",
}
GRADE_ELEMENTS |= {"Cu": "cu", "Zr": "zr"}


class TableError(ValueError):
    """A reference table could not be read. The message names file, row and column."""


class Row:
    """One line of a table, with readers that say where a value is wrong."""

    def __init__(self, table: str, line: int, cells: dict[str, str]) -> None:
        self.table, self.line, self.cells = table, line, cells

    def text(self, column: str) -> str:
        if column not in self.cells or self.cells[column] is None:
            raise TableError(f"{self.table}, row {self.line}: the column “{column}” is missing.")
        return self.cells[column].strip()

    def number(self, column: str) -> float:
        value = self.optional_number(column)
        if value is None:
            raise self.refusal(column, "must be a number and is empty")
        return value

    def optional_number(self, column: str) -> float | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise self.refusal(column, f"must be a number, not “{text}”") from None

    def money(self, column: str) -> Decimal:
        try:
            return Decimal(self.text(column))
        except InvalidOperation:
            raise self.refusal(column, f"must be a number, not “{self.text(column)}”") from None

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self.refusal(column, f"must be a date as 2026-01-31, not “{self.text(column)}”") from None

    def year(self) -> int | None:
        value = self.optional_number("year")
        return None if value is None else int(value)

    def flag(self, column: str) -> bool:
        return self.text(column).lower() == "true"

    def spread(self, prefix: str) -> Spread:
        figures = [self.number(f"{prefix}_{end}") for end in ("low", "central", "high")]
        try:
            return Spread(*figures)
        except ValueError as problem:
            raise self.refusal(f"{prefix}_low … {prefix}_high", str(problem)) from None

    def optional_spread(self, prefix: str) -> Spread | None:
        return self.spread(prefix) if self.text(f"{prefix}_central") else None

    def refusal(self, column: str, problem: str) -> TableError:
        return TableError(f"{self.table}, row {self.line}, column “{column}”: {problem}.")


def read_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        for number, cells in enumerate(csv.DictReader(handle), start=2):
            yield Row(path.name, number, cells)


def table_version(path: Path) -> str:
    """Names a table by its content, so that the same figures always carry the same version."""
    return f"{path.stem}@{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"


def read_products(path: Path) -> list[Product]:
    version = table_version(path)
    return [product_from(row, version) for row in read_rows(path)]


def product_from(row: Row, version: str) -> Product:
    unit_basis, prevalence = row.text("unit_basis"), row.number("prevalence_central")
    if unit_basis not in UNIT_BASES:
        raise row.refusal("unit_basis", f"must be one of {', '.join(UNIT_BASES)}, not “{unit_basis}”")
    if not 0 < prevalence <= 1:
        raise row.refusal("prevalence_central", f"must be above 0 and at most 1, not {prevalence}")
    return Product(
        code=row.text("code"),
        name=row.text("name"),
        unit_basis=unit_basis,
        magnet_family=row.text("magnet_family"),
        grade_code=row.text("grade_code"),
        magnet_kg=row.spread("magnet_kg"),
        prevalence=prevalence,
        version=version,
        source=row.text("source"),
        source_sector=row.text("source_sector"),
        source_url=row.text("source_url"),
        year=row.year(),
        basis=row.text("basis"),
        confidence=row.text("confidence"),
        notes=row.text("notes"),
        typical_grade=row.text("typical_grade"),
        typical_coating=row.text("typical_coating"),
        typical_form=row.text("typical_form"),
        service_life_years=row.number("service_life_years"),
        accessibility=int(row.number("accessibility")),
        is_defence_controlled=row.flag("is_defence_controlled"),
        ewc_code=row.text("suggested_low_code"),
        preferred_route=row.text("preferred_route"),
    )


def read_grades(path: Path) -> list[Grade]:
    version = table_version(path)
    return [grade_from(row, version) for row in read_rows(path)]


def grade_from(row: Row, version: str) -> Grade:
    return Grade(
        code=row.text("grade_code"),
        name=row.text("name"),
        magnet_family=row.text("magnet_family"),
        fractions={element: row.spread(prefix) for element, prefix in GRADE_ELEMENTS.items()},
        total_ree=row.spread("total_ree"),
        version=version,
        source=row.text("source"),
        source_url=row.text("source_url"),
        year=row.year(),
        basis=row.text("basis"),
        confidence=row.text("confidence"),
        notes=row.text("notes"),
        density_kg_m3=row.number("density_kg_m3"),
    )


def read_prices(path: Path) -> list[Price]:
    return [price_from(row) for row in read_rows(path)]


def price_from(row: Row) -> Price:
    return Price(
        element=row.text("element"),
        product=row.text("product"),
        market=row.text("market"),
        currency=row.text("currency"),
        unit=row.text("unit"),
        low=row.money("price_low"),
        central=row.money("price_central"),
        high=row.money("price_high"),
        as_of=row.day("as_of"),
        as_of_precision=row.text("as_of_precision"),
        currency_per_usd=row.money("fx_to_usd_assumed"),
        vat_included=row.flag("vat_included"),
        valuation_basis=row.text("valuation_basis"),
        source=row.text("source"),
        source_url=row.text("source_url"),
        specification=row.text("specification"),
        confidence=row.text("confidence"),
        notes=row.text("notes"),
    )


def read_exchange_rate(path: Path) -> ExchangeRate:
    """The newest dollars-per-pound row of the table."""
    rows = list(read_rows(path))
    if not rows:
        raise TableError(f"{path.name} holds no exchange rate: add a row with a date and a source.")
    return exchange_rate_from(max(rows, key=lambda each: each.day("as_of")))


def exchange_rate_from(row: Row) -> ExchangeRate:
    return ExchangeRate(
        usd_per_gbp=row.money("usd_per_gbp"),
        as_of=row.day("as_of"),
        source=row.text("source"),
        source_url=row.text("source_url"),
        is_assumption=row.flag("is_assumption"),
    )


def read_routes(path: Path) -> list[Route]:
    return [route_from(row) for row in read_rows(path)]


def route_from(row: Row) -> Route:
    return Route(
        code=row.text("route_code"),
        name=row.text("name"),
        operator=row.text("uk_operator"),
        families=frozenset(row.text("accepted_magnet_families").split(";")),
        accepted_forms=row.text("accepted_feed_forms"),
        rejected_feed=row.text("rejected_feed"),
        priority=int(row.number("rule_priority")),
        decision_rule=row.text("decision_rule"),
        ree_yield=row.optional_spread("ree_yield"),
        source=row.text("source"),
        min_ree_fraction=row.optional_number("min_ree_mass_fraction"),
        min_magnet_purity=row.optional_number("min_magnet_purity_fraction"),
        capacity_now_tonnes=row.optional_number("uk_feed_capacity_t_per_year_now"),
        capacity_planned_tonnes=row.optional_number("uk_feed_capacity_t_per_year_planned"),
        output_product=row.text("output_product"),
        source_url=row.text("source_url"),
        confidence=row.text("confidence"),
        notes=row.text("notes"),
    )


def read_facilities(path: Path) -> list[Facility]:
    return [facility_from(row) for row in read_rows(path)]


def facility_from(row: Row) -> Facility:
    return Facility(
        code=row.text("facility_code"),
        name=row.text("name"),
        operator=row.text("operator"),
        town=row.text("town"),
        nation=row.text("nation"),
        route_code=row.text("route_code"),
        accepts_collected_lots=row.flag("accepts_collected_lots"),
        capacity_now_tonnes=row.number("feed_capacity_t_per_year_now"),
        capacity_planned_tonnes=row.number("feed_capacity_t_per_year_planned"),
        status=row.text("status"),
        status_as_of=row.day("status_as_of"),
        source=row.text("source"),
        latitude=row.number("lat"),
        longitude=row.number("lon"),
        source_url=row.text("source_url"),
        confidence=row.text("confidence"),
        notes=row.text("notes"),
    )
