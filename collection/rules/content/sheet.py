"""Reading a spreadsheet file: whatever parts its cells, its rows numbered as a person counts lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = ",;\t"


class ListErrors(ValueError):
    """Every problem of a list at once, each line naming its row and column."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Sheet:
    """A file after its header: names of the columns as compared, what parts the cells, and the rows to come,
    each with the number of the line it ends on. Empty rows are passed over."""

    header: list[str]
    separator: str
    rows: Iterator[tuple[int, dict[str, str]]]

    def number(self, text: str) -> float:
        """A number of a cell. Raises ValueError. A comma can only be a decimal point where it does not part
        the cells."""
        is_decimal_comma = self.separator != "," and text.count(",") == 1 and "." not in text
        return float(text.replace(",", ".") if is_decimal_comma else text)


def read_sheet(lines: Iterable[str], *, required: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """A file whose first line that is not empty is the header. Raises ListErrors, also while rows are read.

    Spreadsheets of some countries part cells by semicolons or tabs and write 14,2 for 14.2; the header tells
    which. Columns beyond those named are kept as typed.
    """
    before, reader = _reader(lines)
    header = _header(before, next(reader, []), required, optional)
    return Sheet(header, reader.dialect.delimiter, _rows(reader, before, header))


def _reader(lines: Iterable[str]) -> tuple[int, CsvReader]:
    """A reader that starts at the header, and how many empty lines stood before it."""
    rest = iter(lines)
    for before, line in enumerate(rest):
        if line.strip():
            separator = max(SEPARATORS, key=line.count)
            return before, csv.reader(chain([line], rest), delimiter=separator, strict=True)
    return 0, csv.reader([])


def _header(before: int, cells: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    names = [name.strip().lower().replace(" ", "_") for name in cells]
    missing = [name for name in required if name not in names]
    filled = [name for name in names if name]
    problem = ""
    if missing:
        columns, are = ("the column", "is") if len(missing) == 1 else ("the columns", "are")
        problem = f"{columns} {' and '.join(missing)} {are} missing"
    elif len(set(filled)) < len(filled):
        twice = next(name for name in filled if filled.count(name) > 1)
        problem = f"the column {twice} is there twice"
    if problem:
        may = f" and may have {', '.join(optional)}" if optional else ""
        raise ListErrors([f"Row {before + 1}: {problem}. The header needs {', '.join(required)}{may}."])
    return names


def _rows(reader: CsvReader, before: int, header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for cells in reader:
            typed = dict(zip(header, (text.strip(" \t\0") for text in cells), strict=False))
            if any(typed.values()):
                yield before + reader.line_num, typed
    except csv.Error as problem:
        raise ListErrors(
            [f"Row {before + reader.line_num}: {problem}. Is a quotation mark left open?"]
        ) from None
