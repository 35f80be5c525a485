"""What the report says before its table: how the rate has changed, and how each line ended."""

from dataclasses import dataclass

from collection.rules.spoken_mass import mass
from collection.web.kit.charts import Look
from collection.web.kit.numbers import percent
from reports.definitions.retention import COLUMNS, Period, RetentionReport, Row, rate_within
from reports.flows import FlowFilter
from reports.forms import period_words
from reports.measures import Rate

# How a lot's story ends, as every chart shows it: what stayed is good, what left is bad.
ENDINGS: dict[str, Look] = {"retained": "good", "residue": "neutral", "lost": "caution", "exported": "bad"}
MOST_BARS = 12


def change_words(rate: Rate | None, period: Period, scope: FlowFilter) -> str:
    """The rate against the same days of earlier years, and whether the change stands out of the uncertainty."""
    earlier = period.years_earlier()
    before = rate_within(scope, earlier)
    if rate is None or before is None:
        return ""
    points = round(100 * (rate.central - before.central), 1)
    then = f"{percent(before.central, 1)} in {period_words(earlier)}"
    if points == 0:
        return f"The same as {then}."
    direction = "Up" if points > 0 else "Down"
    is_clear = rate.low > before.high or rate.high < before.low
    ending = "" if is_clear else " The intervals overlap, so this may be no real change."
    return f"{direction} {abs(points):.1f} percentage points from {then}.{ending}"


@dataclass(frozen=True, slots=True)
class Part:
    """One ending in a bar, in hundredths of the longest bar."""

    x: float
    width: float
    look: Look
    words: str


@dataclass(frozen=True, slots=True)
class EndedBar:
    label: str
    words: str
    parts: list[Part]


def ended_bars(report: RetentionReport) -> list[EndedBar]:
    """A bar for each line in which something ended, the first twelve."""
    rows = [row for row in report.lines if row.key != "REE" and _ended(row) > 0]
    rows.sort(key=_ended, reverse=True)
    longest = max(map(_ended, rows), default=0.0)
    return [_bar(row, longest) for row in rows[:MOST_BARS]]


def _ended(row: Row) -> float:
    return sum(row.figures[name].central for name in ENDINGS)


def _bar(row: Row, longest: float) -> EndedBar:
    parts, x = [], 0.0
    for name, look in ENDINGS.items():
        grams = row.figures[name].central
        width = 100 * grams / longest
        parts.append(Part(round(x, 3), round(width, 3), look, f"{COLUMNS[name]}: {mass(round(grams))}"))
        x += width
    rate = row.figures.rate
    words = f"{mass(round(_ended(row)))} ended" + (f", {percent(rate.central)} retained" if rate else "")
    return EndedBar(row.label, words, [part for part in parts if part.width > 0])
