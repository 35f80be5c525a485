"""Which limit keeps a stop out of a plan, looked at where it would fit most naturally."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from collection.rules.routing.costing import Options, route_of
from collection.rules.routing.evaluation import evaluate_route
from collection.rules.routing.insertion import Slot, room_left
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import IntArray
from collection.rules.routing.words import amount, clock_span, kind_name, listed, with_breaks


class NaturalPlaces:
    """For stops that fit nowhere: the round that passes nearest, and what is in the way there."""

    def __init__(self, model: SearchModel, slots: Sequence[Slot]) -> None:
        self._model = model
        self._left = room_left(model, slots)
        places = [(slot, place) for slot in slots for place in range(len(slot.options) + 1)]
        self._places = places
        self._types = np.array([slot.type for slot, _ in places], dtype=np.int64)
        legs = [leg for slot in slots for leg in pairwise(self._nodes(slot))]
        self._from, self._to = np.array(legs, dtype=np.int64).reshape(-1, 2).T

    def limit_of(self, stop: int) -> tuple[str, str]:
        """The limit in the way of a stop (its index), and a sentence about it."""
        model, problem = self._model, self._model.problem
        slot, position = self._places[int(np.argmin(self._detours(stop)))]
        vehicle = problem.vehicles[slot.type]
        option = int(np.flatnonzero((model.option_stop == stop) & model.allowed[slot.type])[0])
        order = (*slot.options[:position], option, *slot.options[position:])
        trip = model.stops_of(_trip_of(order, position))
        load = model.load[trip].sum(axis=0)
        for number, dimension in enumerate(problem.dimensions):
            need, left = int(model.load[stop, number]), int(self._left[slot.type, number])
            if need > left:
                may = f"only {amount(dimension, left)} more" if left > 0 else "no more"
                return "tonnage", (
                    f"{vehicle.depot} may take {may} beside what this plan brings; "
                    f"it needs {amount(dimension, need)}."
                )
            room = int(model.capacity[slot.type, number] - load[number]) + need
            if need > room:
                has = f"has room for only {amount(dimension, room)} more" if room > 0 else "is full"
                return "load", (f"{vehicle.id} passes nearest but {has}; it needs {amount(dimension, need)}.")
        if len(set(model.kind[trip].tolist())) > 1:
            others = {problem.stops[s].kept_apart for s in trip.tolist() if s != stop}
            return "kept_apart", (
                f"{vehicle.id} passes nearest but carries {listed([kind_name(kind) for kind in sorted(others)])}, "
                f"from which {kind_name(problem.stops[stop].kept_apart)} must be kept apart."
            )
        judged = evaluate_route(problem, route_of(model, slot.type, order))
        if not judged.visits:
            return "hours", (
                f"{vehicle.id} passes nearest, but cannot be there while it is open and keep its other visits."
            )
        if judged.duty_s > vehicle.max_duty_s:
            return "duty", (
                f"{vehicle.id} passes nearest, but would be on duty for {clock_span(judged.duty_s)}"
                f"{with_breaks(judged.break_s)}; the limit is {clock_span(vehicle.max_duty_s)}."
            )
        return "driving", (
            f"{vehicle.id} passes nearest, but would drive for {clock_span(judged.drive_s)}; "
            f"the limit is {clock_span(vehicle.max_drive_s)}."
        )

    def _detours(self, stop: int) -> IntArray:
        """Metres more at each place; beyond all of them where the vehicle may not serve the stop."""
        problem = self._model.problem
        here = len(problem.depots) + stop
        detours = np.full(len(self._places), np.iinfo(np.int64).max)
        for v in np.flatnonzero(self._model.servable[:, stop]).tolist():
            at = np.flatnonzero(self._types == v)
            before, after = self._from[at], self._to[at]
            metres = problem.matrices[problem.vehicles[v].profile].distance_m
            detours[at] = metres[before, here] + metres[here, after] - metres[before, after]
        return detours

    def _nodes(self, slot: Slot) -> list[int]:
        depots, depot = len(self._model.problem.depots), int(self._model.depot[slot.type])
        calls = (depot if k == RELOAD else depots + int(self._model.option_stop[k]) for k in slot.options)
        return [depot, *calls, depot]


def _trip_of(order: Options, place: int) -> Options:
    """The trip of a round to which the stop at `place` belongs."""
    ends = [-1, *(at for at, option in enumerate(order) if option == RELOAD), len(order)]
    return next(order[first + 1 : last] for first, last in pairwise(ends) if first < place < last)
