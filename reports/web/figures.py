"""A figure of a report as a cell: how it reads, its interval, and where its entries are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from collection.rules.spoken_mass import mass
from collection.web.kit.numbers import percent
from reports.definitions.retention import COLUMNS, TOLD_DEFENCE, Period, Row

# Columns stand in the groups in which they are read; each group is one heading.
COLUMN_GROUPS: dict[str, dict[str, str]] = {
    "How lots ended in the period": {
        "retained": "Retained",
        "residue": "Residue",
        "exported": "Exported",
        "lost": "Lost",
    },
    "Came in": {"logged": "Logged", "received": "Received"},
    "Standing at the end": {
        "held": "With holders",
        "in_transit": "In transit",
        "awaiting_processing": "At plants",
    },
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`href` is empty where there is nothing behind the figure; `row` names its line for those who hear it."""

    label: str
    text: str
    interval: str = ""
    href: str = ""
    row: str = ""


def cells_of(row: Row, period: Period, by: str) -> list[Cell]:
    """The cells of a row: the rate, the columns by their groups, then what is at risk."""
    rate = row.figures.rate
    first = Cell("Retention rate", "–")
    if rate is not None:
        interval = f"{percent(rate.low)} to {percent(rate.high)}"
        first = Cell("Retention rate", percent(rate.central), interval if rate.high > rate.low else "")
    masses = [_mass_cell(row, name, period, by) for group in COLUMN_GROUPS.values() for name in group]
    return [first, *masses, Cell("At risk now", mass(row.at_risk_grams) if row.at_risk_grams else "–")]


def mass_range(low: int, high: int) -> str:
    """Both ends in the unit of the higher, to as many places: "0.70 to 1.22 t", "4.77 to 5.00 t"."""
    unit = mass(high).rsplit(" ", 1)[1]
    scale = {"g": 1, "kg": 1_000, "t": 1_000_000}[unit]
    top = high / scale
    places = 0 if unit == "g" or top >= 100 else 1 if top >= 10 else 2
    return f"{low / scale:,.{places}f} to {top:,.{places}f} {unit}"


def _mass_cell(row: Row, name: str, period: Period, by: str) -> Cell:
    amount = row.figures[name]
    if round(amount.central) == 0:
        return Cell(COLUMNS[name], "–")
    query = {
        "from": period.from_day.isoformat(),
        "to": period.until_day.isoformat(),
        "by": by or "month",
        "measure": name,
        "key": row.key,
    }
    interval = ""
    if round(amount.high) > round(amount.low):
        interval = mass_range(round(amount.low), round(amount.high))
    href = "" if row.key == TOLD_DEFENCE else f"{reverse('retention-entries')}?{urlencode(query)}"
    return Cell(COLUMNS[name], mass(round(amount.central)), interval, href, row.label)
