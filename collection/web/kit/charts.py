"""Charts drawn on the server: numbers in, coordinates out; the template only writes them down.

Every chart carries its table, so that nobody needs the drawing. Amounts are in whatever unit the text
function speaks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

WIDTH, HEIGHT = 600, 300
LEFT, RIGHT, TOP, BOTTOM = 92, 8, 12, 40
TICKS_WANTED = 5
MOST_SERIES = 6
MOST_X_LABELS = 6
NOTHING = 1e-9

# The looks of the style sheet, in the order in which series without one take them.
Look = Literal["brand", "good", "caution", "bad", "light", "neutral"]
LOOKS: tuple[Look, ...] = get_args(Look)


@dataclass(frozen=True)
class Series:
    """One line or one stack layer: a name and an amount for each label (None where nothing is known).

    `look` is for what means good or bad wherever it is drawn; without it the position chooses.
    """

    name: str
    amounts: Sequence[float | None]
    look: Look | None = None


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A rectangle of a bar chart or a dot of a line chart, with the words a pointer shows."""

    x: float
    y: float
    width: float
    height: float
    look: Look
    words: str


@dataclass(frozen=True)
class Line:
    path: str
    look: Look


@dataclass(frozen=True)
class Chart:
    """A drawn chart in a box of 600 × 300 units. `rows` is the same data as a table."""

    kind: Literal["bars", "lines"]
    title: str
    summary: str
    labels_title: str
    names: Sequence[str]
    looks: Sequence[Look]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    bars: Sequence[Mark]
    dots: Sequence[Mark]
    lines: Sequence[Line]
    baseline: float
    rows: Sequence[tuple[str, Sequence[str]]]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def key(self) -> Sequence[tuple[str, Look]]:
        return list(zip(self.names, self.looks, strict=True))

    @property
    def plot_left(self) -> int:
        return LEFT

    @property
    def plot_right(self) -> int:
        return WIDTH - RIGHT

    @property
    def label_y(self) -> int:
        return HEIGHT - BOTTOM + 24


def nice_ticks(least: float, most: float) -> list[float]:
    """Round steps of 1, 2 or 5 that cover `least`…`most` and zero. Shape: 2 to 8 ascending numbers."""
    least, most = min(least, 0.0), max(most, 0.0)
    if most - least < NOTHING:
        most = least + 1.0
    raw = (most - least) / TICKS_WANTED
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999999)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [float(f"{step * index:.12g}") for index in range(first, last + 1)]


def stacked_bars(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    text: Callable[[float], str],
    summary: str = "",
    labels_title: str = "Period",
) -> Chart:
    """One bar for each label, the series one above another. Amounts are zero or more.

    Raises ValueError for a negative amount, uneven series or more series than can be told apart.
    """
    _check(labels, series)
    if any((amount or 0) < 0 for one in series for amount in one.amounts):
        raise ValueError("a stack cannot hold a negative amount")
    totals = [sum(one.amounts[i] or 0 for one in series) for i in range(len(labels))]
    ticks = nice_ticks(0, max(totals, default=0))
    scale = _Scale(ticks)
    slot = _slot(labels)
    bars = []
    for index, label in enumerate(labels):
        base = 0.0
        for look, one in zip(_looks(series), series, strict=True):
            amount = one.amounts[index] or 0.0
            if amount > 0:
                top = scale.y(base + amount)
                height = round(scale.y(base) - top, 2)
                words = f"{label}, {one.name}: {text(amount)}"
                left = round(LEFT + slot * (index + 0.15), 2)
                bars.append(Mark(left, top, round(slot * 0.7, 2), height, look, words))
            base += amount
    return _chart("bars", title, summary, labels_title, labels, series, text, scale, bars=bars)


def lines(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    text: Callable[[float], str],
    summary: str = "",
    labels_title: str = "Period",
) -> Chart:
    """One line for each series; an unknown amount is a gap. Raises ValueError as `stacked_bars` does."""
    _check(labels, series)
    known = [amount for one in series for amount in one.amounts if amount is not None]
    scale = _Scale(nice_ticks(min(known, default=0), max(known, default=0)))
    slot = _slot(labels)
    drawn, dots = [], []
    for look, one in zip(_looks(series), series, strict=True):
        steps, pen = [], "M"
        for index, amount in enumerate(one.amounts):
            if amount is None:
                pen = "M"
                continue
            x, y = round(LEFT + slot * (index + 0.5), 2), scale.y(amount)
            steps.append(f"{pen}{x} {y}")
            pen = "L"
            dots.append(Mark(x, y, 0, 0, look, f"{labels[index]}, {one.name}: {text(amount)}"))
        drawn.append(Line("".join(steps), look))
    return _chart("lines", title, summary, labels_title, labels, series, text, scale, dots=dots, drawn=drawn)


class _Scale:
    """From amounts to heights; the plot's top is the last tick, its foot the first."""

    def __init__(self, ticks: list[float]) -> None:
        self.ticks = ticks

    def y(self, amount: float) -> float:
        share = (amount - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 2)


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if len(series) > MOST_SERIES:
        raise ValueError(f"{len(series)} series cannot be told apart; {MOST_SERIES} is the most")
    uneven = [one.name for one in series if len(one.amounts) != len(labels)]
    if uneven:
        raise ValueError(f"series {', '.join(uneven)} must have {len(labels)} amounts, one a label")


def _looks(series: Sequence[Series]) -> list[Look]:
    return [one.look or LOOKS[number] for number, one in enumerate(series)]


def _slot(labels: Sequence[str]) -> float:
    return (WIDTH - LEFT - RIGHT) / max(len(labels), 1)


def _chart(
    kind: Literal["bars", "lines"],
    title: str,
    summary: str,
    labels_title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    text: Callable[[float], str],
    scale: _Scale,
    *,
    bars: Sequence[Mark] = (),
    dots: Sequence[Mark] = (),
    drawn: Sequence[Line] = (),
) -> Chart:
    slot = _slot(labels)
    every = max(1, math.ceil(len(labels) / MOST_X_LABELS))
    return Chart(
        kind=kind,
        title=title,
        summary=summary,
        labels_title=labels_title,
        names=[one.name for one in series],
        looks=_looks(series),
        x_ticks=[
            Tick(round(LEFT + slot * (i + 0.5), 2), label) for i, label in enumerate(labels) if i % every == 0
        ],
        y_ticks=[Tick(scale.y(amount), text(amount)) for amount in scale.ticks],
        bars=bars,
        dots=dots,
        lines=drawn,
        baseline=scale.y(0),
        rows=[
            (
                label,
                [text(a) if (a := one.amounts[i]) is not None else "not known" for one in series],
            )
            for i, label in enumerate(labels)
        ],
    )
