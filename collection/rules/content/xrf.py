"""Handheld XRF: reading an instrument's CSV file, and what such a reading cannot know."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

SEEN_ELEMENTS = (
    "Nd",
    "Pr",
    "Dy",
    "Tb",
    "Sm",
    "Gd",
    "Ce",
    "La",
    "Ho",
    "Fe",
    "Co",
    "Ni",
    "Cu",
    "Zn",
    "Zr",
    "Al",
    "Cr",
)

BORON_WARNING = (
    "XRF cannot see boron, nor carbon and oxygen: the elements it shows are scaled up to fill 100 %."
)
OVERLAP_WARNING = (
    "Iron and dysprosium lines overlap: dysprosium below about 1 % may be iron. "
    "Confirm value lots by WD-XRF or ICP."
)
PLATING_WARNING = "Nickel plating hides the alloy: file through the plating and read again."
DIFFUSION_WARNING = (
    "Diffusion-treated magnets read high in dysprosium and terbium at the surface: "
    "read a broken or filed face."
)

PIECE_WARNING = (
    "No column names the piece that was read, so each reading counts as a piece of its own. Where one piece was "
    "read more than once, add a column “Piece”: such readings are not independent and then count as one."
)

PLATED_NICKEL = 0.10
LEAST_DYSPROSIUM_SEEN = 0.01

_COLUMN = re.compile(r"^(?P<element>[A-Z][a-z]?)(?:\s*\(?(?P<unit>%|wt\s*%|ppm)\)?)?$")
_ERROR_COLUMN = re.compile(r"(\+/-|±|error|err|sd|sigma|2σ)", re.IGNORECASE)
_BELOW_DETECTION = re.compile(r"^(<.*|nd|n\.d\.|lod|-+)?$", re.IGNORECASE)
_NAME_COLUMNS = ("reading", "reading #", "reading no", "name", "id", "sample")
_PIECE_COLUMNS = ("piece", "magnet", "part", "sample", "sample id", "sample name")
LEAST_ELEMENTS_TO_TELL = 3


class XrfFileError(ValueError):
    """An instrument file could not be read. The message names the row and column."""


@dataclass(frozen=True)
class XrfReading:
    """One shot: mass fractions of the elements seen, on a filed surface or as found.

    ``piece`` names the magnet that was read; empty where the file does not say.
    """

    name: str
    fractions: Mapping[str, float]
    is_abraded: bool = False
    piece: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it this shot and no other: an instrument does not show the same figures for several
        elements twice. Where it shows few elements, the name counts as well."""
        seen = tuple(sorted((element, round(share, 7)) for element, share in self.fractions.items() if share))
        return seen if len(seen) >= LEAST_ELEMENTS_TO_TELL else (self.name, *seen)

    @property
    def is_plated(self) -> bool:
        return self.fractions.get("Ni", 0.0) >= PLATED_NICKEL

    @property
    def family(self) -> str:
        """The magnet family the reading speaks for, or “unclear”."""
        get = self.fractions.get
        if get("Sm", 0.0) >= 0.10 and get("Co", 0.0) >= 0.30:
            return "Sm2Co17" if get("Fe", 0.0) >= 0.08 else "SmCo5"
        if get("Nd", 0.0) + get("Pr", 0.0) >= 0.10 and get("Fe", 0.0) >= 0.40:
            return "NdFeB"
        if get("Ni", 0.0) >= 0.10 and get("Co", 0.0) >= 0.15 and get("Fe", 0.0) >= 0.25:
            return "AlNiCo"
        if get("Fe", 0.0) >= 0.50 and get("Nd", 0.0) + get("Pr", 0.0) + get("Sm", 0.0) < 0.01:
            return "ferrite"
        return "unclear"


@dataclass(frozen=True)
class XrfFile:
    """The readings of one file, with what a person must know before trusting them."""

    readings: tuple[XrfReading, ...]
    warnings: tuple[str, ...]


def read_xrf(lines: Iterable[str], *, is_abraded: bool = False) -> XrfFile:
    """Readings from an instrument's CSV: one row a shot, one column an element in %, wt% or ppm.

    Columns of errors are passed over, “<LOD” and “ND” count as nothing seen. Raises XrfFileError.
    """
    reader = csv.DictReader(lines, restval="")
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    columns = _element_columns(names)
    if not columns.keys() & {"Nd", "Sm", "Fe"}:
        raise XrfFileError(
            "Row 1: no column for Nd, Sm or Fe was found. Export the readings with one column per element, "
            "headed by its symbol, such as “Nd %”."
        )
    reader.fieldnames = names
    readings = tuple(
        _reading(cells, row, columns, is_abraded)
        for row, cells in enumerate(reader, start=2)
        if any((text or "").strip() for text in cells.values() if isinstance(text, str))
    )
    if not readings:
        raise XrfFileError("The file holds no readings: export at least one shot under the header.")
    return XrfFile(readings, warnings_for(readings))


def warnings_for(readings: Iterable[XrfReading]) -> tuple[str, ...]:
    """What these readings cannot know; boron always, the rest where it applies."""
    known = list(readings)
    notes = [BORON_WARNING]
    if any(each.fractions.get("Dy", 0.0) > 0 for each in known):
        notes.append(OVERLAP_WARNING)
    if any(each.is_plated for each in known):
        plated = ", ".join(each.name for each in known if each.is_plated)
        notes.append(f"{PLATING_WARNING} Readings: {plated}.")
    if any(not each.is_abraded and _heavy(each) > 0 for each in known):
        notes.append(DIFFUSION_WARNING)
    if len(known) > 1 and not any(each.piece for each in known):
        notes.append(PIECE_WARNING)
    families = {each.family for each in known} - {"unclear"}
    if len(families) > 1:
        notes.append(
            f"The readings show more than one family ({', '.join(sorted(families))}): sort before pooling."
        )
    return tuple(notes)


def _heavy(reading: XrfReading) -> float:
    return reading.fractions.get("Dy", 0.0) + reading.fractions.get("Tb", 0.0)


def _element_columns(names: list[str]) -> dict[str, tuple[str, str]]:
    """Element → (column name, unit written in it)."""
    columns: dict[str, tuple[str, str]] = {}
    for name in names:
        if _ERROR_COLUMN.search(name):
            continue
        match = _COLUMN.match(name)
        if match and match["element"] in SEEN_ELEMENTS:
            columns[match["element"]] = (name, (match["unit"] or "").replace("wt", "").strip())
    return columns


def _reading(
    cells: dict[str, str], row: int, columns: dict[str, tuple[str, str]], is_abraded: bool
) -> XrfReading:
    unit_of_row = next(
        (text.strip() for name, text in cells.items() if name and name.lower() in ("unit", "units")), "%"
    )
    fractions = {
        element: _fraction(cells.get(name) or "", unit or unit_of_row, row, name)
        for element, (name, unit) in columns.items()
    }
    total = sum(fractions.values())
    if total > 1.05:
        raise XrfFileError(f"Row {row}: the elements add up to {total:.0%}. Are the units % or ppm?")
    label, piece = _named(cells, _NAME_COLUMNS), _named(cells, _PIECE_COLUMNS)
    return XrfReading(label or f"row {row}", fractions, is_abraded, piece)


def _named(cells: dict[str, str], columns: tuple[str, ...]) -> str:
    """The first filled cell of the columns, in the order of the columns."""
    by_name = {name.lower(): text.strip() for name, text in cells.items() if name and text}
    return next((by_name[column] for column in columns if by_name.get(column)), "")


def new_readings(known: Iterable[XrfReading], given: Iterable[XrfReading]) -> tuple[XrfReading, ...]:
    """The given readings that are not among the known ones, each once."""
    seen = {each.identity for each in known}
    new = []
    for reading in given:
        if reading.identity not in seen:
            seen.add(reading.identity)
            new.append(reading)
    return tuple(new)


def by_piece(readings: Iterable[XrfReading]) -> tuple[XrfReading, ...]:
    """One reading a piece: several of one piece become their mean, since they share that piece's alloy and
    surface. Readings without a piece stay as they are."""
    groups: dict[object, list[XrfReading]] = {}
    for number, reading in enumerate(readings):
        groups.setdefault(reading.piece.casefold() or number, []).append(reading)
    return tuple(_mean_of(group) for group in groups.values())


def _mean_of(group: list[XrfReading]) -> XrfReading:
    elements = dict.fromkeys(element for reading in group for element in reading.fractions)
    means = {
        element: sum(reading.fractions.get(element, 0.0) for reading in group) / len(group)
        for element in elements
    }
    return replace(group[0], fractions=means, is_abraded=all(reading.is_abraded for reading in group))


def _fraction(text: str, unit: str, row: int, column: str) -> float:
    if _BELOW_DETECTION.match(text.strip()):
        return 0.0
    try:
        value = float(text.strip().rstrip("%"))
    except ValueError:
        raise XrfFileError(f"Row {row}, column “{column}”: “{text}” is not a number.") from None
    if value < 0:
        raise XrfFileError(f"Row {row}, column “{column}”: {value:g} is below zero.")
    return value / (1_000_000 if unit.lower() == "ppm" else 100)
