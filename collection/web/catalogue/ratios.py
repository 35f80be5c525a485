"""Truths over estimates as dots on a line, with the stated interval behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collection.web.kit.numbers import counted

WIDTH, HEIGHT = 600, 112
LEFT, RIGHT = 16, 16
LEAST, MOST = 1 / 8, 8.0
TICKS = (
    (1 / 8, "⅛"),
    (1 / 4, "¼"),
    (1 / 2, "½"),
    (1.0, "as estimated"),
    (2.0, "2 ×"),
    (4.0, "4 ×"),
    (8.0, "8 ×"),
)
DOT_ROWS = (60, 48, 36, 24, 12)
NEIGHBOUR = 9.0


@dataclass(frozen=True)
class RatioStrip:
    """Everything the drawing needs, in units of its own box. ``words`` says the same for who cannot see."""

    ticks: Sequence[tuple[float, str]]
    band_start: float
    band_width: float
    dots: Sequence[tuple[float, float]]
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def ratio_strip(ratios: Sequence[float], low: float, high: float) -> RatioStrip:
    """Dots for ratios of truth over estimate; the band runs from `low` to `high`, both relative to 1.

    Ratios beyond an eighth or eight times are drawn at the edge.
    """
    start, end = _position(low), _position(high)
    inside = sum(low <= ratio <= high for ratio in ratios)
    return RatioStrip(
        ticks=[(_position(at), text) for at, text in TICKS],
        band_start=start,
        band_width=round(end - start, 2),
        dots=_dots(sorted(ratios)),
        words=f"Within the stated range of {low:.2f} to {high:.2f} times the estimate: {inside} of "
        f"{counted(len(ratios), 'lot')}.",
    )


def _position(ratio: float) -> float:
    held = min(max(ratio, LEAST), MOST)
    share = math.log(held / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)


def _dots(ratios: Sequence[float]) -> list[tuple[float, float]]:
    """Dots that would lie on one another are stacked; a full stack begins anew."""
    dots: list[tuple[float, float]] = []
    last_x, depth = -math.inf, 0
    for ratio in ratios:
        x = _position(ratio)
        depth = (depth + 1) % len(DOT_ROWS) if x - last_x < NEIGHBOUR else 0
        last_x = x if depth == 0 else last_x
        dots.append((x, DOT_ROWS[depth]))
    return dots
