"""Whose turn it is among several ways of bettering a plan: that which lately gained most for its effort."""

from __future__ import annotations

from collections.abc import Sequence

GROWING = 1.3  # what is hoped of a way grows by this with every turn of another: gains come in spurts
LEAST = 0.001  # of the plan's cost in the whole budget: less is no gain to speak of


class Turns:
    """Each way is hoped to gain `hopes` times the least until it has been tried."""

    def __init__(self, hopes: Sequence[float]) -> None:
        self._hopes = [LEAST * hope for hope in hopes]
        self._tried = [False] * len(hopes)

    def next(self) -> int:
        """The way that has its turn now, the first of equals."""
        return max(range(len(self._hopes)), key=self._hopes.__getitem__)

    def tell(self, way: int, gained: float, effort: float) -> None:
        """The turn of `way` took `effort` (share of the budget) and `gained` this share of the plan's cost."""
        self._hopes = [hope * GROWING for hope in self._hopes]
        rate = gained / max(effort, 1e-6)
        before = self._hopes[way] if self._tried[way] else rate
        self._hopes[way] = max((before + rate) / 2, LEAST)
        self._tried[way] = True
