"""The same rows as CSV or JSON. Masses in whole grams, rates to four places."""

import csv
import io
import json
from collections.abc import Iterator

from reports.definitions.retention import BREAKDOWNS, COLUMNS, RetentionReport, Row


def header(report: RetentionReport) -> list[str]:
    columns = ["key", BREAKDOWNS[report.by].lower().replace(" ", "_")]
    for name in COLUMNS:
        columns += [f"{name}_grams", f"{name}_low_grams", f"{name}_high_grams"]
    return [*columns, "at_risk_now_grams", "retention_rate", "retention_rate_low", "retention_rate_high"]


def values(row: Row) -> list[object]:
    cells: list[object] = [row.key, row.label]
    for name in COLUMNS:
        amount = row.figures[name]
        cells += [round(amount.central), round(amount.low), round(amount.high)]
    cells.append(row.at_risk_grams)
    rate = row.figures.rate
    return [
        *cells,
        *((round(x, 4) for x in (rate.central, rate.low, rate.high)) if rate else (None, None, None)),
    ]


def lines(report: RetentionReport) -> Iterator[list[object]]:
    yield from (values(row) for row in report.lines)
    yield ["total", *values(report.total)[1:]]


def as_csv(report: RetentionReport) -> str:
    """A spreadsheet opens it: one header line, one line a row, a last line "total"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header(report))
    writer.writerows([[_safe(cell) for cell in line] for line in lines(report)])
    return out.getvalue()


def as_json(report: RetentionReport) -> str:
    names = header(report)
    return json.dumps(
        {
            "by": report.by,
            "from": report.period.from_day.isoformat(),
            "to": report.period.until_day.isoformat(),
            "rows": [dict(zip(names, line, strict=True)) for line in lines(report)],
        }
    )


def _safe(cell: object) -> object:
    """A label that a spreadsheet would take for a formula is written as text."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell
