"""The facts a lot was scored on, kept as bytes so that the score can be reckoned again years later.

A record is the lot's row of the feature table: 8 bytes for a number, 24 or more for a word. The layout (names and
types, as NumPy writes them) is kept beside the records, so that they outlive changes of the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collection.rules.risk.features import Category, FeatureTable

NUMBER = "<f8"
SHORTEST_WORD = 24

Layout = list[list[str]]


def layout_of(features: FeatureTable) -> Layout:
    """The names and types of the columns a table has, in the order they are kept in."""
    numbers = [[name, NUMBER] for name in sorted(features.numbers)]
    return numbers + [[name, _word_type(features.words[name])] for name in sorted(features.words)]


def _word_type(column: Category) -> str:
    """Doubled until the longest word fits, so that there are few layouts."""
    longest, width = max((len(level.encode()) for level in column.levels), default=0), SHORTEST_WORD
    while width < longest:
        width *= 2
    return f"S{width}"


def freeze(features: FeatureTable) -> NDArray[np.void]:
    """One record a row."""
    records = np.zeros(len(features), dtype=_record(layout_of(features)))
    for name, values in features.numbers.items():
        records[name] = values
    for name, column in features.words.items():
        levels = [level.encode() for level in (*column.levels, "")]
        records[name] = np.array(levels, dtype=records.dtype[name])[column.codes]
    return records


def thaw(records: bytes, layout: Sequence[Sequence[str]]) -> FeatureTable:
    """The feature table of records that were frozen in this layout."""
    found = np.frombuffer(records, dtype=_record(layout))
    return FeatureTable.of(
        {
            name: found[name] if kind == NUMBER else Category.of(np.char.decode(found[name]))
            for name, kind in layout
        }
    )


def _record(layout: Sequence[Sequence[str]]) -> np.dtype[Any]:
    return np.dtype([(name, kind) for name, kind in layout])
