"""A figure of a report as a cell: how it reads, its interval, and where its entries are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from collection.web.kit.numbers import mass, percent
from reports.definitions.retention import COLUMNS, Period, Row


@dataclass(frozen=True, slots=True)
class Cell:
    """`href` is empty where there is nothing behind the figure."""

    label: str
    text: str
    interval: str = ""
    href: str = ""


def cells_of(row: Row, period: Period, by: str) -> list[Cell]:
    """The cells of a row in the order of the report's columns, then what is at risk and the rate."""
    cells = [_mass_cell(row, name, period, by) for name in COLUMNS]
    cells.append(Cell("At risk now", mass(row.at_risk_grams) if row.at_risk_grams else "–"))
    rate = row.figures.rate
    if rate is None:
        return [*cells, Cell("Retention rate", "–")]
    interval = f"{percent(rate.low)} to {percent(rate.high)}"
    return [*cells, Cell("Retention rate", percent(rate.central), interval)]


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
        interval = f"{mass(round(amount.low))} to {mass(round(amount.high))}"
    href = f"{reverse('retention-entries')}?{urlencode(query)}"
    return Cell(COLUMNS[name], mass(round(amount.central)), interval, href)
