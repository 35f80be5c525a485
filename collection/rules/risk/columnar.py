"""Reading the columns one wants from a CSV file into arrays, with errors that name file, line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

from collection.rules.risk.features import Floats

BATCH = 50_000
DELIMITERS = (",", ";", "\t")
NOT_KNOWN = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_EPOCH = date(1970, 1, 1).toordinal()


class HistoryError(ValueError):
    """A history folder that cannot be used; the message names the file, the line and the way out."""


def day_number(text: str) -> float:
    """Days since 1970-01-01 of an ISO date (a time after it is ignored); NaN for an empty cell."""
    return float(date.fromisoformat(text[:10]).toordinal() - _EPOCH) if text else math.nan


def iso_date(day: float) -> str:
    """A day number as an ISO date."""
    return date.fromordinal(int(day) + _EPOCH).isoformat()


def _number(text: str) -> float:
    """A number; NaN for an empty cell, for the usual words of "not known" and for what is not finite."""
    if text.strip().lower() in NOT_KNOWN:
        return math.nan
    value = float(text)
    return value if math.isfinite(value) else math.nan


def _flag(text: str) -> float:
    word = text.strip().lower()
    return (
        {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}.get(word, math.nan)
        if word.isalpha()
        else _number(text)
    )


def _day(text: str) -> float:
    return math.nan if text.strip().lower() in NOT_KNOWN else day_number(text.strip())


def _days(cells: Sequence[str]) -> Floats:
    """Dates repeat, so each distinct one is parsed once."""
    known = {text: _day(text) for text in set(cells)}
    return np.array([known[text] for text in cells])


def _numbers(cells: Sequence[str]) -> Floats:
    try:
        values = np.array([float(text) if text else math.nan for text in cells])
    except ValueError:
        values = np.array([_number(text) for text in cells])
    return np.where(np.isfinite(values), values, np.nan)


def _flags(cells: Sequence[str]) -> Floats:
    return np.array([_flag(text) for text in cells])


def _texts(cells: Sequence[str]) -> np.ndarray:
    return np.char.strip(np.array(cells, dtype=np.str_))


def _words(cells: Sequence[str]) -> np.ndarray:
    return np.char.lower(_texts(cells))


PARSERS: dict[str, tuple[Callable[[Sequence[str]], np.ndarray], Callable[[str], object], str]] = {
    "day": (_days, _day, "a date as YYYY-MM-DD"),
    "number": (_numbers, _number, "a number"),
    "flag": (_flags, _flag, "0 or 1"),
    "text": (_texts, str, "text"),
    "word": (_words, str, "a word"),
}


def read_columns(
    path: Path,
    kinds: Mapping[str, str],
    required: Sequence[str] = (),
    keep: Callable[[str], bool] | None = None,
    keep_column: str = "",
) -> dict[str, np.ndarray]:
    """Columns of `kinds` ({name: day|number|flag|text|word}) that the file has; others are ignored.

    `keep(cell)` on `keep_column` drops rows before anything is parsed. HistoryError where a required
    column is absent or a cell cannot be read.
    """
    try:
        return _read(path, kinds, required, keep, keep_column)
    except UnicodeDecodeError:
        raise HistoryError(f"{path.name} is not UTF-8 text; save it again as UTF-8") from None
    except csv.Error as error:
        raise HistoryError(f"{path.name} cannot be read as CSV: {error}") from None


def _read(
    path: Path,
    kinds: Mapping[str, str],
    required: Sequence[str],
    keep: Callable[[str], bool] | None,
    keep_column: str,
) -> dict[str, np.ndarray]:
    parts: dict[str, list[np.ndarray]] = {}
    with path.open(newline="", encoding="utf-8-sig") as handle:
        first = handle.readline()
        handle.seek(0)
        rows = csv.reader(handle, delimiter=max(DELIMITERS, key=first.count))
        known = {name.lower(): name for name in kinds}
        header = [known.get(name.strip().lower(), name.strip()) for name in next(rows, [])]
        absent = [name for name in required if name not in header]
        if absent:
            raise HistoryError(f"{path.name} has no column “{absent[0]}”; add it to the first line")
        places = {name: header.index(name) for name in kinds if name in header}
        parts = {name: [] for name in places}
        for line, batch in _batches(rows, header, path):
            if keep is not None:
                place = places[keep_column]
                batch = [row for row in batch if keep(row[place])]
            columns = list(zip(*batch, strict=True)) if batch else [()] * len(header)
            for name, place in places.items():
                parts[name].append(_parse(path, name, kinds[name], columns[place], line))
    return {name: np.concatenate(found) if found else _empty(kinds[name]) for name, found in parts.items()}


def _batches(
    rows: Iterator[list[str]], header: list[str], path: Path
) -> Iterator[tuple[int, list[list[str]]]]:
    line, width = 2, len(header)
    while batch := list(islice(rows, BATCH)):
        if any(len(row) != width for row in batch):
            batch = _mended(batch, width, line, path)
        yield line, batch
        line += len(batch)


def _mended(batch: list[list[str]], width: int, line: int, path: Path) -> list[list[str]]:
    """Short rows are filled with empty cells, blank ones dropped; long ones cannot be understood."""
    for offset, row in enumerate(batch):
        if len(row) > width:
            raise HistoryError(
                f"{path.name} line {line + offset} has {len(row)} cells where the header has {width}"
            )
    return [row + [""] * (width - len(row)) for row in batch if row]


def _parse(path: Path, name: str, kind: str, cells: Sequence[str], first: int) -> np.ndarray:
    many, one, wanted = PARSERS[kind]
    if not cells:
        return _empty(kind)
    try:
        return many(cells)
    except ValueError:
        for offset, cell in enumerate(cells):
            try:
                one(cell.strip())
            except ValueError:
                raise HistoryError(
                    f"{path.name} near line {first + offset}, column “{name}”: “{cell}” is not {wanted}"
                ) from None
        return many([cell.strip() for cell in cells])


def _empty(kind: str) -> np.ndarray:
    return np.empty(0, dtype=np.str_) if kind in ("text", "word") else np.empty(0)
