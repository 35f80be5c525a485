"""The first rounds of all, in a moment: one vehicle after the other takes the best round among what is left.

Not a good plan, but a real one, before the local search has so much as read the roads.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from collection.rules.routing.costing import Options
from collection.rules.routing.model import BoolArray, SearchModel
from collection.rules.routing.pricing import Pricer

NEAREST = 100  # stops a vehicle chooses from
REQUIRED_FIRST = 1e13  # beyond any prize


def first_rounds(
    model: SearchModel, pricer_of: Callable[[int], Pricer], is_over: Callable[[], bool]
) -> list[tuple[int, Options]]:
    """A round for each vehicle worth sending, with its type, none sharing a stop with another."""
    left = np.ones(len(model.prize), dtype=bool)
    worth = np.where(model.required, -REQUIRED_FIRST, 0.0)
    rounds: list[tuple[int, Options]] = []
    for v in np.argsort(model.rates[:, 0], kind="stable").tolist():
        for _ in range(int(model.count[v])):
            if is_over():
                return rounds
            near = _promising(model, v, left)
            found = pricer_of(v).find(worth, 0.0, per_last=2, most=1, open_stops=near) if near.any() else []
            if not found:
                break
            rounds.append((v, found[0]))
            left[model.stops_of(found[0])] = False
    return rounds


def _promising(model: SearchModel, v: int, left: BoolArray) -> BoolArray:
    """Of the stops left the required and those worth most against the way there."""
    problem = model.problem
    metres = problem.matrices[problem.vehicles[v].profile].distance_m
    away = metres[model.depot[v], len(problem.depots) :]
    value = np.where(model.required, REQUIRED_FIRST, model.prize) - float(model.rates[v, 1]) * away
    value = np.where(left & model.servable[v], value, -np.inf)
    best = np.argsort(-value, kind="stable")[:NEAREST]
    chosen = np.zeros(len(left), dtype=bool)
    chosen[best[value[best] > -np.inf]] = True
    return chosen
