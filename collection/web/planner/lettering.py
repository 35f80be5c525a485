"""Rounds of a plan are known by a letter and a colour wherever they are drawn or listed: A1 is A's first stop."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

from collection.rules.planning.answer import PlannedRound

TONES = 6


def letter_of(number: int) -> str:
    """A to Z, then AA, AB and so on; `number` counts from 0."""
    turns, place = divmod(number, len(string.ascii_uppercase))
    return (letter_of(turns - 1) if turns else "") + string.ascii_uppercase[place]


def tone_of(number: int) -> int:
    return number % TONES


@dataclass(frozen=True, slots=True)
class LetteredRound:
    letter: str
    tone: int
    planned: PlannedRound


def lettered(rounds: Sequence[PlannedRound]) -> list[LetteredRound]:
    return [LetteredRound(letter_of(number), tone_of(number), each) for number, each in enumerate(rounds)]
