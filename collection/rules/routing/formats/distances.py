"""What the literature's formats share: one depot, one vehicle type, the objective is distance."""

from __future__ import annotations

import numpy as np

from collection.rules.routing.problem import Depot, IntArray, Matrices, Problem, Stop, Vehicle, Window


def distance_problem(
    *,
    name: str,
    xy: np.ndarray,
    distances: IntArray,
    demands: list[int],
    capacity: int,
    note: str,
    windows: list[Window] | None = None,
    services: list[int] | None = None,
) -> Problem:
    """A problem whose only cost is distance; row 0 of every argument is the depot, all stops are required.

    `distances` (n × n) serve as travel times too. There are as many vehicles as stops.
    """
    count = len(demands) - 1
    horizon = int(distances.sum(axis=1).max()) * 2 + 1
    windows = windows or [(0, horizon)] * (count + 1)
    services = services or [0] * (count + 1)
    unlimited = windows[0][1] - windows[0][0]
    return Problem(
        name=name,
        depots=(Depot(id="0", lat=float(xy[0, 1]), lon=float(xy[0, 0]), open=(windows[0],)),),
        vehicles=(
            Vehicle(
                id="vehicle",
                depot="0",
                count=count,
                capacity={"load": capacity},
                profile="road",
                fixed_cost=0,
                cost_per_m=1,
                cost_per_s=0,
                skills=frozenset(),
                shift=windows[0],
                max_duty_s=unlimited,
                max_drive_s=unlimited,
            ),
        ),
        stops=tuple(
            Stop(
                id=str(i),
                lat=float(xy[i, 1]),
                lon=float(xy[i, 0]),
                load={"load": demands[i]},
                service_s=services[i],
                windows=(windows[i],),
                required=True,
                prize=0,
                skills=frozenset(),
            )
            for i in range(1, count + 1)
        ),
        matrices={"road": Matrices(distances, distances, np.zeros_like(distances))},
        notes=(note,),
    )
