"""Planning collection rounds: the problem, the engine, its judge, and its reasons."""

from __future__ import annotations

from collection.rules.routing.days import Day, over_days, vehicle_and_day
from collection.rules.routing.diagnosis import diagnose
from collection.rules.routing.engine import NoFeasiblePlan, solve
from collection.rules.routing.evaluation import Evaluation, RouteEvaluation, Visit, evaluate, evaluate_route
from collection.rules.routing.explanation import (
    InclusionExplanation,
    OmissionExplanation,
    PlanExplanation,
    explain,
)
from collection.rules.routing.matrices import LOCAL_MODEL, road_matrices
from collection.rules.routing.problem import (
    Breaks,
    Depot,
    Matrices,
    Omission,
    Plan,
    Problem,
    ProblemError,
    Route,
    Stop,
    Vehicle,
)

__all__ = [
    "LOCAL_MODEL",
    "Breaks",
    "Day",
    "Depot",
    "Evaluation",
    "InclusionExplanation",
    "Matrices",
    "NoFeasiblePlan",
    "Omission",
    "OmissionExplanation",
    "Plan",
    "PlanExplanation",
    "Problem",
    "ProblemError",
    "Route",
    "RouteEvaluation",
    "Stop",
    "Vehicle",
    "Visit",
    "diagnose",
    "evaluate",
    "evaluate_route",
    "explain",
    "over_days",
    "road_matrices",
    "solve",
    "vehicle_and_day",
]
