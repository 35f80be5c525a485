"""Design for disassembly: how makers' models compare, for whoever buys the next machines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.queries.disassembly import disassembly_league
from collection.queries.reference import current_catalogue
from collection.rules.content.disassembly import OBSTACLES, PRIOR_LOTS, LeagueRow
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.numbers import percent

COLUMNS = (
    "product_code",
    "rank",
    "maker",
    "model",
    "lots",
    "items",
    "minutes_per_kg_judged",
    "minutes_per_kg_seen",
    "minutes_per_item",
    "intact_share_judged",
    "intact_share_seen",
    "obstacles",
)


@require_safe
@requires(Permission.SEE_LOTS)
def league_page(request: ViewerRequest) -> HttpResponse:
    """The league, product by product; `?product=` shows one."""
    chosen = request.GET.get("product", "")
    rows = disassembly_league(chosen)
    names = {code: product.name for code, product in current_catalogue().products.items()}
    context = {
        "tables": [
            (code, names.get(code, code), [_shown(place, row) for place, row in _ranked(rows, code)])
            for code in dict.fromkeys(row.product_code for row in rows)
        ],
        "chosen": chosen,
        "obstacles": OBSTACLES.items(),
        "prior_lots": int(PRIOR_LOTS),
    }
    return render(request, "collection/catalogue/disassembly.html", context)


@require_safe
@requires(Permission.SEE_LOTS)
def league_csv(request: ViewerRequest) -> HttpResponse:
    """The same table as a file, figures unrounded."""
    rows = disassembly_league(request.GET.get("product", ""))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for code in dict.fromkeys(row.product_code for row in rows):
        writer.writerows(_cells(place, row) for place, row in _ranked(rows, code))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="design-for-disassembly.csv"'
    return answer


def _ranked(rows: Sequence[LeagueRow], code: str) -> Iterable[tuple[int, LeagueRow]]:
    return enumerate((row for row in rows if row.product_code == code), start=1)


def _shown(place: int, row: LeagueRow) -> dict[str, Any]:
    return {
        "place": place,
        "row": row,
        "judged": _minutes(row.judged_minutes_per_kg),
        "seen": _minutes(row.minutes_per_kg),
        "intact": percent(row.judged_intact_share)
        if row.judged_intact_share is not None
        else "none came out",
        "intact_seen": percent(row.intact_share) if row.intact_share is not None else "",
        "obstacles": [f"{OBSTACLES.get(code, code)} ({count})" for code, count in row.obstacles],
    }


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "none came out"
    return f"{minutes:,.0f}" if minutes >= 10 else f"{minutes:.1f}"


def _cells(place: int, row: LeagueRow) -> list[object]:
    return [
        row.product_code,
        place,
        _inert(row.maker),
        _inert(row.model),
        row.lots,
        row.items,
        _rounded(row.judged_minutes_per_kg),
        _rounded(row.minutes_per_kg),
        _rounded(row.minutes_per_item),
        _rounded(row.judged_intact_share),
        _rounded(row.intact_share),
        ";".join(f"{code}:{count}" for code, count in row.obstacles),
    ]


def _rounded(figure: float | None) -> float | str:
    return "" if figure is None else round(figure, 4)


def _inert(text: str) -> str:
    """What people typed, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
