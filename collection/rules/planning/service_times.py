"""How long a stop takes: a fixed part, a part by weight, and what single sites take beyond that.

Learnt by partial pooling: `minutes = stop + per_tonne × tonnes + site + error`, where the fixed parts start
from what was used before and a site's own part is drawn towards nought the fewer stops it has. The errors
have heavy tails (Student, four degrees), so that one lunch break does not move a yard. Expectation and
maximisation alternate until the spreads settle; all of it is a small linear system.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

LONGEST_STOP_MINUTES, SHORTEST_STOP_MINUTES = 150, 5


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """Minutes at a stop. `site_minutes` by site id."""

    stop_minutes: float
    minutes_per_tonne: float
    site_minutes: Mapping[int, float] = field(default_factory=dict)

    def minutes(self, kg: int, site_id: int | None) -> int:
        """Whole minutes to plan for loading this much."""
        exact = (
            self.stop_minutes + self.minutes_per_tonne * kg / 1000 + self.site_minutes.get(site_id or 0, 0.0)
        )
        return min(LONGEST_STOP_MINUTES, max(SHORTEST_STOP_MINUTES, math.ceil(exact - 1e-9)))


# Judgement, until rounds driven have been measured: papers and signatures, then handling by weight.
USUAL = ServiceModel(stop_minutes=12.0, minutes_per_tonne=18.0)

# How far the fixed parts may lie from what was used before: their standard deviations beforehand.
STOP_SD, PER_TONNE_SD = 6.0, 9.0
SITE_SD, ERROR_SD = 4.0, 8.0
TAIL = 4.0
ROUNDS_OF_FITTING = 40

# A stop outside these was not timed: the driver forgot to say that he arrived, or when he left.
FEWEST_MINUTES, MOST_MINUTES = 2.0, 240.0

# Automatic use: enough stops, no figure further from the one in use than this, and no worse on unseen stops.
FEWEST_STOPS = 30
MOST_CHANGE = 0.25
HELD_OUT = 0.25
EIGHTY_PERCENT = 1.2816


@dataclass(frozen=True, slots=True)
class TimedStop:
    """A stop as it was: gross kilograms loaded, minutes from arriving to leaving."""

    at: dt.datetime
    site_id: int | None
    kg: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A model with how sure its two common figures are (10th and 90th percentile), and what it is worth:
    mean absolute error in minutes on the newest quarter of the stops, before and after."""

    model: ServiceModel
    stops: int
    stop_interval: tuple[float, float]
    per_tonne_interval: tuple[float, float]
    error_before: float
    error_after: float

    def may_be_used(self, present: ServiceModel) -> bool:
        """Whether it is close enough to what is in use, and good enough, to take over by itself."""
        near = all(
            abs(new - old) <= MOST_CHANGE * old
            for new, old in (
                (self.model.stop_minutes, present.stop_minutes),
                (self.model.minutes_per_tonne, present.minutes_per_tonne),
            )
        )
        return self.stops >= FEWEST_STOPS and near and self.error_after <= self.error_before


def was_timed(stop: TimedStop) -> bool:
    return FEWEST_MINUTES <= stop.minutes <= MOST_MINUTES


def fit_service_times(stops: Sequence[TimedStop], present: ServiceModel) -> Fit | None:
    """What the stops say, starting from the model in use; None without a timed stop."""
    timed = sorted(filter(was_timed, stops), key=lambda stop: stop.at)
    if not timed:
        return None
    model, spread = _fit(timed, present)
    unseen = timed[-max(1, round(len(timed) * HELD_OUT)) :]
    seen = timed[: len(timed) - len(unseen)]
    trained = _fit(seen, present)[0] if seen else present
    return Fit(
        model=model,
        stops=len(timed),
        stop_interval=_interval(model.stop_minutes, spread[0]),
        per_tonne_interval=_interval(model.minutes_per_tonne, spread[1]),
        error_before=_error(present, unseen),
        error_after=_error(trained, unseen),
    )


def _fit(stops: Sequence[TimedStop], present: ServiceModel) -> tuple[ServiceModel, npt.NDArray[np.floating]]:
    sites = sorted({stop.site_id for stop in stops if stop.site_id is not None})
    column = {site: 2 + number for number, site in enumerate(sites)}
    design = np.zeros((len(stops), 2 + len(sites)))
    design[:, 0] = 1.0
    design[:, 1] = [stop.kg / 1000 for stop in stops]
    for row, stop in enumerate(stops):
        if stop.site_id is not None:
            design[row, column[stop.site_id]] = 1.0
    minutes = np.array([stop.minutes for stop in stops])
    prior = np.zeros(design.shape[1])
    prior[:2] = present.stop_minutes, present.minutes_per_tonne
    precision = np.ones(design.shape[1])
    precision[:2] = STOP_SD**-2.0, PER_TONNE_SD**-2.0
    site_var, error_var = SITE_SD**2, ERROR_SD**2
    weights = np.ones(len(stops))
    figures: npt.NDArray[np.floating] = prior
    covariance: npt.NDArray[np.floating] = np.eye(len(prior))
    for _ in range(ROUNDS_OF_FITTING):
        precision[2:] = 1 / site_var
        weighted = design * (weights / error_var)[:, None]
        covariance = np.linalg.inv(design.T @ weighted + np.diag(precision))
        figures = covariance @ (weighted.T @ minutes + precision * prior)
        residual = minutes - design @ figures
        known = np.einsum("ij,jk,ik->i", design, covariance, design)
        # Each spread is held near its usual value by a handful of imagined stops.
        error_var = (weights @ (residual**2 + known) + 8 * ERROR_SD**2) / (len(stops) + 8)
        own = figures[2:] ** 2 + np.diag(covariance)[2:]
        site_var = (own.sum() + 4 * SITE_SD**2) / (len(sites) + 4)
        weights = (TAIL + 1) / (TAIL + residual**2 / error_var)
    model = ServiceModel(
        stop_minutes=max(0.0, float(figures[0])),
        minutes_per_tonne=max(0.0, float(figures[1])),
        site_minutes={site: float(figures[column[site]]) for site in sites},
    )
    return model, np.sqrt(np.diag(covariance)[:2])


def _interval(central: float, spread: float) -> tuple[float, float]:
    return max(0.0, central - EIGHTY_PERCENT * float(spread)), central + EIGHTY_PERCENT * float(spread)


def _error(model: ServiceModel, stops: Sequence[TimedStop]) -> float:
    return float(
        np.mean(
            [
                abs(
                    stop.minutes
                    - (
                        model.stop_minutes
                        + model.minutes_per_tonne * stop.kg / 1000
                        + model.site_minutes.get(stop.site_id or 0, 0.0)
                    )
                )
                for stop in stops
            ]
        )
    )
