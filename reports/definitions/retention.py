"""The retention report: logged, held, received, retained, exported and lost, and how sure that is."""

import datetime as dt
import math
from dataclasses import dataclass, replace

import numpy as np

from collection.models import SECTOR_IDS, SECTOR_NAMES, Organisation, ProductType, Region
from collection.rules.roles import OrganisationKind, Permission, Role, Viewer, require
from reports.at_risk import at_risk_by, total_at_risk
from reports.disclosure import told_flows
from reports.flows import FlowFilter, Flows, flows, month_key, nothing_moved, together
from reports.measures import (
    ELEMENTS,
    NOTHING,
    Rate,
    Retention,
    in_grams_of_magnet,
    rate_of,
    retention,
    retentions,
    way_of,
)

TITLE = "Retention of rare-earth magnets"

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

BREAKDOWNS = {
    "month": "Month",
    "region": "Region",
    "sector": "Kind of source",
    "element": "Element",
    "holder": "Holder",
    "product": "Product type",
    "receiver": "Recycler",
}

ELEMENT_NAMES = {
    "Nd": "Neodymium",
    "Pr": "Praseodymium",
    "Dy": "Dysprosium",
    "Tb": "Terbium",
    "Sm": "Samarium",
}

# The key of the line of defence lots. It leads to no entries.
TOLD_DEFENCE = "defence"

COLUMNS = {
    "logged": "Logged",
    "held": "Held at end",
    "in_transit": "In transit at end",
    "received": "Received",
    "awaiting_processing": "Awaiting processing at end",
    "retained": "Retained",
    "residue": "Residue",
    "exported": "Exported",
    "lost": "Lost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a day, inclusive, until a day, exclusive."""

    from_day: dt.date
    until_day: dt.date

    def __post_init__(self) -> None:
        if self.from_day >= self.until_day:
            raise ValueError("The period must end after it starts.")

    @classmethod
    def asked(cls, from_day: dt.date, until_day: dt.date) -> "Period":
        """The period of days that somebody gave. Raises ValueError with a sentence for them."""
        if from_day.year < EARLIEST_YEAR or until_day.year > LATEST_YEAR:
            raise ValueError(f"The period must lie between {EARLIEST_YEAR} and {LATEST_YEAR}.")
        return cls(from_day=from_day, until_day=until_day)

    def years_earlier(self) -> "Period":
        """The same days as many whole years before as keep clear of this period, for comparing like seasons."""
        years = math.ceil((self.until_day - self.from_day).days / 366)
        return Period(from_day=_earlier(self.from_day, years), until_day=_earlier(self.until_day, years))


def _earlier(day: dt.date, years: int) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its key as the filters know it, its label, its figures."""

    key: str
    label: str
    figures: Retention
    at_risk_grams: int = 0


@dataclass(frozen=True, slots=True)
class RetentionReport:
    by: str
    period: Period
    rows: list[Row]
    total: Row
    leaves_out_defence: bool
    told_defence: Row | None = None

    @property
    def lines(self) -> list[Row]:
        """Everything that adds up to the total: the rows, and what may be told of defence lots together."""
        return self.rows if self.told_defence is None else [*self.rows, self.told_defence]


def scope_of(viewer: Viewer) -> FlowFilter:
    """What this viewer's reports may count. Fails closed: an unknown kind of viewer counts nothing."""
    require(viewer, Permission.SEE_REPORTS)
    hidden = () if viewer.is_defence_cleared else (SECTOR_IDS["defence"],)
    if viewer.is_role(Role.PRODUCT_ADMIN):
        return FlowFilter()
    if viewer.organisation_kind == OrganisationKind.REGULATOR:
        regions = None
        if viewer.nation:
            in_nation = Region.objects.filter(nation=viewer.nation)
            regions = tuple(in_nation.values_list("pk", flat=True))
        return FlowFilter(region_ids=regions, without_sector_ids=hidden)
    if viewer.organisation_kind == OrganisationKind.COLLECTOR:
        return FlowFilter(holder_ids=(viewer.organisation_id,))
    if viewer.organisation_kind == OrganisationKind.RECYCLER:
        return FlowFilter(receiver_ids=(viewer.organisation_id,), without_sector_ids=hidden)
    return FlowFilter(holder_ids=())


def build(viewer: Viewer, period: Period, *, by: str = "month") -> RetentionReport:
    """The report for what this viewer may see. Raises KeyError for an unknown breakdown."""
    scope = scope_of(viewer)
    return build_within(scope, period, by=by)


def build_within(scope: FlowFilter, period: Period, *, by: str = "month") -> RetentionReport:
    """The report within an explicit scope: for commands, and for `build`."""
    if by not in BREAKDOWNS:
        raise KeyError(by)
    group = "nothing" if by == "element" else by
    in_period = flows(replace(scope, from_day=period.from_day, until_day=period.until_day), group=group)
    until_end = flows(replace(scope, until_day=period.until_day), group=group)
    told = told_flows(scope, period.from_day, period.until_day)
    figures = retention(together(in_period, told), until_end, in_grams_of_magnet)
    at_risk = at_risk_by(scope, by)
    endangered = [key for key, grams in at_risk.items() if grams]
    rows = (
        _element_rows(in_period, until_end)
        if by == "element"
        else _rows(by, period, in_period, until_end, endangered)
    )
    # Every lot stands on one line, so the lines are the whole; elements are parts of it.
    total = Row("", "Total", figures, total_at_risk(scope) if by == "element" else sum(at_risk.values()))
    rows = [replace(row, at_risk_grams=at_risk.get(row.key, 0)) for row in rows]
    total, rows = _held_by_no_recycler(scope, by, total, rows)
    told_row = Row(
        TOLD_DEFENCE, "All defence lots together", retention(told, nothing_moved(), in_grams_of_magnet)
    )
    return RetentionReport(
        by,
        period,
        rows,
        total,
        bool(scope.without_sector_ids),
        told_row if len(told) and by != "element" else None,
    )


def rate_within(scope: FlowFilter, period: Period) -> Rate | None:
    """The retention rate alone, in one query."""
    moved = flows(replace(scope, from_day=period.from_day, until_day=period.until_day))
    told = told_flows(scope, period.from_day, period.until_day)
    return rate_of(together(moved, told), in_grams_of_magnet)


def _element_rows(in_period: Flows, until_end: Flows) -> list[Row]:
    labels = [*((element, ELEMENT_NAMES[element]) for element in ELEMENTS), ("REE", "All rare earths")]
    return [Row(key, label, retention(in_period, until_end, way_of(key))) for key, label in labels]


def _held_by_no_recycler(scope: FlowFilter, by: str, total: Row, rows: list[Row]) -> tuple[Row, list[Row]]:
    """The total and the rows with the stock with holders where it belongs: see `FlowFilter.with_holders`."""
    if scope.with_holders.receiver_ids is not None:
        total, *rows = [replace(row, figures=row.figures.holding(NOTHING)) for row in (total, *rows)]
    if by == "receiver":
        held = {"0": total.figures["held"]}
        rows = [replace(row, figures=row.figures.holding(held.get(row.key, NOTHING))) for row in rows]
    return total, rows


def _rows(by: str, period: Period, in_period: Flows, until_end: Flows, endangered: list[str]) -> list[Row]:
    """A line for all that moved, stands or is at risk; by month, the months of the period."""
    if by == "month":
        months = months_of(period)
        # A month's closing stock needs everything up to its end, not only what moved in it.
        figures = retentions(
            in_period, until_end, in_grams_of_magnet, [month_key(month) for month in months], is_running=True
        )
        return [
            Row(month.isoformat(), f"{month:%B %Y}", found)
            for month, found in zip(months, figures, strict=True)
        ]
    at_risk = np.array([int(key) for key in endangered], np.int64)
    keys = np.unique(np.concatenate([in_period.key, until_end.key, at_risk])).tolist()
    labels = _labels(by, keys)
    rows = [
        Row(str(key), labels[key], found)
        for key, found in zip(keys, retentions(in_period, until_end, in_grams_of_magnet, keys), strict=True)
    ]
    return sorted(rows, key=lambda row: -row.figures["logged"].central)


def months_of(period: Period) -> list[dt.date]:
    """The first days of every month the period touches."""
    months = [period.from_day.replace(day=1)]
    while (following := (months[-1] + dt.timedelta(days=32)).replace(day=1)) < period.until_day:
        months.append(following)
    return months


def _labels(by: str, keys: list[int]) -> dict[int, str]:
    if by == "sector":
        return {key: SECTOR_NAMES.get(key, "Not known") for key in keys}
    names: dict[int, str] = {
        "region": lambda: dict(Region.objects.values_list("pk", "name")),
        "holder": lambda: dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name")),
        "receiver": lambda: dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name")),
        "product": lambda: dict(ProductType.objects.filter(pk__in=keys).values_list("pk", "name")),
    }[by]()
    unnamed = "No recycler yet" if by == "receiver" else "Not known"
    return {key: names.get(key, unnamed) for key in keys}


def row_label(by: str, key: str) -> str:
    """How the report names the line of a key."""
    return row_labels(by, [key])[key]


def row_labels(by: str, keys: list[str]) -> dict[str, str]:
    """The same for several lines. Raises ValueError for a key that is no number."""
    found = _labels(by, [int(key) for key in keys])
    return {key: found[int(key)] for key in keys}


def element_words(key: str) -> str:
    return ELEMENT_NAMES.get(key, "rare earths").lower()
