"""Splitting, merging and taking apart: no gram appears or disappears.

What goes in equals parts plus residue plus loss, in whole grams. Lineage is a graph from parents to children
in which nothing descends from itself; parents are never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

GATE_TOLERANCE = 0.03
"""How far the weighed parts of a dismantled lot may fall short of its gate weight before somebody must say
why."""


class NotConserved(ValueError):
    """Grams in and grams out differ. ``difference_grams`` is out less in."""

    def __init__(self, message: str, difference_grams: int) -> None:
        super().__init__(message)
        self.difference_grams = difference_grams


class CircularLineage(ValueError):
    """A lot would become its own ancestor."""


@dataclass(frozen=True, slots=True)
class Transformation:
    """Magnet grams of parents turned into parts, residue and loss, by reference."""

    parents: Mapping[str, int]
    parts: Mapping[str, int]
    residue_grams: int = 0
    loss_grams: int = 0

    @property
    def in_grams(self) -> int:
        return sum(self.parents.values())

    @property
    def out_grams(self) -> int:
        return sum(self.parts.values()) + self.residue_grams + self.loss_grams


@dataclass(frozen=True, slots=True)
class GateBalance:
    """The gross balance of a dismantled lot: what the parts weighed against the gate weight, in grams."""

    gate_grams: int
    magnet_grams: int
    other_grams: Mapping[str, int] = field(default_factory=dict)

    @property
    def unexplained_grams(self) -> int:
        return self.gate_grams - self.magnet_grams - sum(self.other_grams.values())

    @property
    def is_closed(self) -> bool:
        return abs(self.unexplained_grams) <= GATE_TOLERANCE * self.gate_grams

    @property
    def sentence(self) -> str:
        share = abs(self.unexplained_grams) / self.gate_grams if self.gate_grams else 0.0
        if self.is_closed:
            return f"The balance closes: {share:.1%} of the gate weight is unexplained."
        word = "missing" if self.unexplained_grams > 0 else "too much"
        grams = f"{abs(self.unexplained_grams):,} g"
        return f"{grams} ({share:.0%} of the gate weight) is {word}: weigh again or say why."


def check_conserved(change: Transformation) -> None:
    """Raises NotConserved unless in = parts + residue + loss, every amount a whole gram and none negative."""
    amounts = [*change.parents.values(), *change.parts.values(), change.residue_grams, change.loss_grams]
    if any(not isinstance(grams, int) or isinstance(grams, bool) for grams in amounts):
        raise NotConserved("Masses are whole grams: round each before recording it.", 0)
    if any(grams < 0 for grams in amounts):
        raise NotConserved("A mass cannot be below zero.", 0)
    if not change.parents or (not change.parts and not change.residue_grams and not change.loss_grams):
        raise NotConserved("Name at least one lot going in and one part, residue or loss coming out.", 0)
    difference = change.out_grams - change.in_grams
    if difference:
        direction = "more" if difference > 0 else "less"
        raise NotConserved(
            f"{change.in_grams:,} g go in and {change.out_grams:,} g come out, "
            f"{abs(difference):,} g {direction}. "
            "Correct a part, or record the difference as residue or loss.",
            difference,
        )


def apportion(total_grams: int, weights: Sequence[float]) -> list[int]:
    """Whole grams in proportion to weights, adding up to the total exactly (largest remainders first)."""
    if total_grams < 0 or not weights or min(weights) < 0 or sum(weights) <= 0:
        raise ValueError("Apportioning needs a total of 0 or more and weights of 0 or more, not all zero.")
    shares = [Fraction(weight) for weight in weights]
    exact = [total_grams * share / sum(shares) for share in shares]
    grams = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: grams[index] - exact[index])
    for index in by_remainder[: total_grams - sum(grams)]:
        grams[index] += 1
    return grams


def ancestors(parents_of: Mapping[str, Iterable[str]], lot: str) -> frozenset[str]:
    """Every lot a lot descends from."""
    found: set[str] = set()
    waiting = list(parents_of.get(lot, ()))
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found.add(parent)
            waiting.extend(parents_of.get(parent, ()))
    return frozenset(found)


def check_descent(parents_of: Mapping[str, Iterable[str]], parents: Iterable[str], child: str) -> None:
    """Raises CircularLineage when the child is one of the parents or of their ancestors."""
    for parent in parents:
        if parent == child or child in ancestors(parents_of, parent):
            raise CircularLineage(
                f"{child} cannot descend from {parent}: {parent} already descends from {child}."
            )
