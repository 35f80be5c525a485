"""The table of facts a lot is scored on: one code for training, for backtests and for the live register.

A `FeatureTable` is a set of equally long NumPy columns, one row for each open lot on one day. Numbers are
float64 with NaN for "not known"; words are `Category` columns (integer codes into a tuple of levels, -1 for
"not known"). `COLUMNS` documents each column: its unit, what it means and when it is missing. Any column may
be left out; every lot is then treated as "not known" there and receives the small term of a missing value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

STATUSES = ("logged", "offered", "booked")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds. `kind` is "number" or "word"."""

    name: str
    kind: str
    unit: str
    meaning: str
    missing: str


def _number(name: str, unit: str, meaning: str, missing: str) -> Column:
    return Column(name, "number", unit, meaning, missing)


def _word(name: str, unit: str, meaning: str, missing: str) -> Column:
    return Column(name, "word", unit, meaning, missing)


COLUMNS: tuple[Column, ...] = (
    _word("status", "logged, offered, booked", "Where the lot stands with a domestic buyer", "not known"),
    _word(
        "holder_type",
        "scrapyard, shredder, elv_atf, weee_plant, itad, wind_decom, defence, manufacturer, trader",
        "What kind of business holds the lot",
        "not known",
    ),
    _word("holder", "identifier", "The organisation that holds the lot", "not known"),
    _word("site", "identifier", "The site where the lot lies", "not known"),
    _word(
        "form",
        "separated, assembly, rotor_motor, hdd, generator, shredder_fines, swarf, mixed_weee",
        "What the magnets are in",
        "not known",
    ),
    _word("chemistry", "NdFeB, SmCo", "Magnet family", "not known"),
    _word("hazard_class", "free word", "Hazard class as recorded", "not recorded"),
    _word("contract", "none, framework, exclusive", "Supply contract with a domestic recycler", "not known"),
    _word("declared_intent", "retain, export, undecided", "What the holder says will happen", "not asked"),
    _word("compliance_band", "A to F", "The permit's compliance band", "no permit matched"),
    _number("defence_owner", "0 or 1", "1 where the material is defence property", "not known"),
    _number("public_owner", "0 or 1", "1 where a public body owns the material", "not known"),
    _number("gross_kg", "kg", "Mass of the lot with everything the magnets are fixed to", "not weighed"),
    _number("magnet_kg", "kg", "Central estimate of magnet mass", "no estimate"),
    _number("re_kg", "kg", "Central estimate of rare-earth mass", "no estimate"),
    _number("dy_kg", "kg", "Central estimate of dysprosium and terbium mass", "no estimate"),
    _number("days_since_logged", "days", "Since the lot was logged", "not known"),
    _number("days_in_stock", "days", "Since the holder took the lot in", "not known"),
    _number("weeks_since_offer", "weeks", "Since the latest domestic offer", "no offer was ever made"),
    _number("hold_days_left", "days", "Days until a hold ends; negative after its end", "no hold was placed"),
    _number("export_bid_gbp_kg", "GBP per kg of the lot", "Best export bid known that day", "no bid known"),
    _number("domestic_price_gbp_kg", "GBP per kg of the lot", "Best domestic price known", "no price known"),
    _number("ndpr_change_4w", "share", "Change of the NdPr price over 4 weeks, 0.05 is +5 %", "no price"),
    _number("scrap_index", "index", "Level of the scrap price index", "not known"),
    _number("site_pile_t", "tonnes", "Weight standing at the site and waiting to ship", "not known"),
    _number("site_load_t", "tonnes", "Load at which the site usually ships", "not known"),
    _number("weeks_since_dispatch", "weeks", "Since the site's latest known dispatch", "none known"),
    _number("dispatches_13w", "count", "Dispatches from the site in 13 weeks", "not known"),
    _number("broker_visits_8w", "count", "Visits of a broker or foreign buyer in 8 weeks", "not known"),
    _number("recycler_backlog_wk", "weeks", "Work waiting at the nearest suitable open plant", "not known"),
    _number("dist_recycler_km", "km", "To the nearest suitable open plant", "site has no position"),
    _number("dist_port_km", "km", "To the nearest container port", "site has no position"),
    _number(
        "dist_bulk_dock_km", "km", "To the nearest dock that ships scrap in bulk", "site has no position"
    ),
    _number("holder_closed_n", "count", "The holder's lots with a known end so far", "not known: none"),
    _number("holder_export_n", "count", "Of those, exported", "not known: none"),
    _number("holder_pickup_n", "count", "Of those, collected by a domestic plant", "not known: none"),
    _number("holder_recent_n", "count", "The holder's ends that became known in the last 26 weeks", "none"),
    _number("holder_recent_export_n", "count", "Of those, exported", "none"),
    _number("licence_in_force", "0 or 1", "1 while an export licensing rule is in force", "not known"),
    _number("days_to_quarter_end", "days", "From the day of scoring to the quarter's last day", "not known"),
)

COLUMN_BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words: `levels[codes[i]]` is row i; code -1 is "not known"."""

    codes: Codes
    levels: tuple[str, ...]

    @classmethod
    def of(cls, words: Sequence[str] | NDArray[np.str_]) -> Category:
        """Code a column of words; the empty word is "not known"."""
        levels, codes = np.unique(np.asarray(words, dtype=np.str_), return_inverse=True)
        known = tuple(str(level) for level in levels)
        if known and known[0] == "":
            return cls(codes.astype(np.int64) - 1, known[1:])
        return cls(codes.astype(np.int64), known)

    def words(self) -> NDArray[np.str_]:
        """The column as words again, "" where not known."""
        return np.asarray([*self.levels, ""], dtype=np.str_)[self.codes]

    def rows(self, rows: slice | NDArray[np.generic]) -> Category:
        return Category(self.codes[rows], self.levels)

    def is_level(self, *levels: str) -> NDArray[np.bool_]:
        wanted = np.array([level in levels for level in self.levels] + [False])
        return wanted[self.codes]


def _column_of(name: str, values: object) -> Floats | Category:
    if COLUMN_BY_NAME[name].kind == "number":
        return np.ascontiguousarray(values, dtype=np.float64)
    return values if isinstance(values, Category) else Category.of(values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FeatureTable:
    """Facts of `size` lots on one day (or many: training stacks days). Build it with `FeatureTable.of`."""

    size: int
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    words: Mapping[str, Category] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[str, object]) -> FeatureTable:
        """Check and pack columns. ValueError names an unknown column or one of another length."""
        numbers: dict[str, Floats] = {}
        words: dict[str, Category] = {}
        sizes: dict[str, int] = {}
        for name, values in columns.items():
            if name not in COLUMN_BY_NAME:
                raise ValueError(f"“{name}” is not a feature column; see collection.rules.risk.COLUMNS")
            column = _column_of(name, values)
            if isinstance(column, Category):
                words[name], sizes[name] = column, len(column.codes)
            else:
                numbers[name], sizes[name] = column, len(column)
        if not sizes:
            raise ValueError("A feature table needs at least one column")
        size = next(iter(sizes.values()))
        for name, length in sizes.items():
            if length != size:
                raise ValueError(f"“{name}” has {length} rows where the first column has {size}")
        return cls(size, numbers, words)

    def __len__(self) -> int:
        return self.size

    def number(self, name: str) -> Floats:
        """A number column; all NaN where the table has none."""
        values = self.numbers.get(name)
        return np.full(self.size, np.nan) if values is None else values

    def word(self, name: str) -> Category:
        """A word column; all "not known" where the table has none."""
        values = self.words.get(name)
        return Category(np.full(self.size, -1, dtype=np.int64), ()) if values is None else values

    def rows(self, rows: slice | NDArray[np.generic]) -> FeatureTable:
        """The table at some rows: a slice, a mask or positions."""
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        words = {name: values.rows(rows) for name, values in self.words.items()}
        size = len(np.zeros(self.size, dtype=np.bool_)[rows])
        return FeatureTable(size, numbers, words)

    def chunks(self, length: int) -> Iterator[tuple[slice, FeatureTable]]:
        """The table in pieces small enough to stay in the processor's cache."""
        for start in range(0, self.size, length):
            part = slice(start, min(start + length, self.size))
            yield part, self.rows(part)

    def mass_kg(self) -> Floats:
        """The mass a score is multiplied with: rare earths, or magnets where those are not known; else 0."""
        rare_earths = self.number("re_kg")
        return np.nan_to_num(np.where(np.isnan(rare_earths), self.number("magnet_kg"), rare_earths))


def stack(tables: Sequence[FeatureTable]) -> FeatureTable:
    """Tables under each other; a column absent from one is "not known" there."""
    names = {name for table in tables for name in table.numbers}
    labels = {name for table in tables for name in table.words}
    numbers = {name: np.concatenate([table.number(name) for table in tables]) for name in sorted(names)}
    words = {name: _stack_words([table.word(name) for table in tables]) for name in sorted(labels)}
    return FeatureTable(sum(len(table) for table in tables), numbers, words)


def _stack_words(columns: Sequence[Category]) -> Category:
    levels = tuple(dict.fromkeys(level for column in columns for level in column.levels))
    position = {level: code for code, level in enumerate(levels)}
    maps = [np.array([*(position[level] for level in column.levels), -1], np.int64) for column in columns]
    return Category(
        np.concatenate([recode[column.codes] for recode, column in zip(maps, columns, strict=True)]), levels
    )
