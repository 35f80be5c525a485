"""The model's terms as a design matrix: hat functions of curves, indicators of words, row groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import FeatureTable, Floats
from collection.rules.risk.history import Ints
from collection.rules.risk.model import Shape
from collection.rules.risk.signals import SIGNAL_BY_NAME, Settings

BLOCK = 8_192


@dataclass(frozen=True)
class Design:
    """Located rows. Column 0 is the baseline; each signal's slots follow from `offset[signal]` on."""

    size: int
    width: int
    offset: Mapping[str, int]
    located: Mapping[str, tuple[np.ndarray, Floats | None]]
    groups: Mapping[str, tuple[Ints, int]]

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Dense pieces of the matrix, small enough for the processor's cache."""
        for start in range(0, self.size, BLOCK):
            rows = slice(start, min(start + BLOCK, self.size))
            yield rows, self._dense(rows)

    def _dense(self, rows: slice) -> Floats:
        count = rows.stop - rows.start
        matrix = np.zeros((count, self.width))
        matrix[:, 0] = 1.0
        flat, start = matrix.ravel(), np.arange(count) * self.width
        for name, (slot, fraction) in self.located.items():
            place = start + self.offset[name] + slot[rows]
            if fraction is None:
                flat[place] = 1.0
                continue
            flat[place] = 1.0 - fraction[rows]
            inside = np.flatnonzero(fraction[rows])
            flat[place[inside] + 1] += fraction[rows][inside]
        return matrix

    def rows(self, rows: np.ndarray) -> Design:
        located = {n: (s[rows], None if f is None else f[rows]) for n, (s, f) in self.located.items()}
        groups = {name: (member[rows], count) for name, (member, count) in self.groups.items()}
        return Design(int(np.zeros(self.size, np.bool_)[rows].size), self.width, self.offset, located, groups)


def design_of(shapes: Mapping[str, Shape], table: FeatureTable, settings: Settings) -> Design:
    """Locate every row of a table. Grouping signals (holder, site) stay apart as `groups`."""
    offset: dict[str, int] = {}
    located: dict[str, tuple[np.ndarray, Floats | None]] = {}
    groups: dict[str, tuple[Ints, int]] = {}
    width = 1
    for name, shape in shapes.items():
        slot, fraction = shape.locate(SIGNAL_BY_NAME[name].read(table, settings))
        if SIGNAL_BY_NAME[name].is_group:
            groups[name] = (slot, shape.slots)
            continue
        offset[name] = width
        located[name] = (slot, fraction)
        width += shape.slots
    return Design(len(table), width, offset, located, groups)
