"""Greenhouse gases of the kilometres driven, by dated factors: low, central and high."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionFactor:
    """Grams of CO2 equivalent per kilometre for a kind of vehicle, from one year's published factors."""

    profile: str
    year: int
    low: float
    central: float
    high: float
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Emission:
    """Grams of CO2 equivalent."""

    low: int
    central: int
    high: int


def factor_for(factors: Iterable[EmissionFactor], profile: str, on: dt.date) -> EmissionFactor:
    """The factor of that year, or of the last year before it that was published; else the earliest."""
    of_kind = sorted((each for each in factors if each.profile == profile), key=lambda each: each.year)
    if not of_kind:
        raise LookupError(f"There is no emission factor for a {profile}.")
    known = [each for each in of_kind if each.year <= on.year]
    return known[-1] if known else of_kind[0]


def emission(factor: EmissionFactor, metres: int) -> Emission:
    kilometres = metres / 1000
    return Emission(
        round(factor.low * kilometres), round(factor.central * kilometres), round(factor.high * kilometres)
    )


def read_factor(row: Mapping[str, str]) -> EmissionFactor:
    """A row of the shipped table, whose figures are kilograms."""
    return EmissionFactor(
        profile=row["profile"],
        year=int(row["year"]),
        low=float(row["kg_co2e_per_km_low"]) * 1000,
        central=float(row["kg_co2e_per_km"]) * 1000,
        high=float(row["kg_co2e_per_km_high"]) * 1000,
        basis=row["basis"],
        source=row["source"],
    )
