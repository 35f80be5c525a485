"""Open lots at risk of export now: by region and holder, and lot by lot."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from reports.at_risk import at_risk_by_each, lots_at_risk
from reports.definitions.retention import row_label, row_labels, scope_of
from reports.entries import narrowed

GROUPS = {"region": "Region", "holder": "Holder"}


@requires(Permission.RECORD_OUTCOME)
def at_risk_page(request: ViewerRequest) -> HttpResponse:
    """`?by=` and `?key=` narrow the lots to one line; `?before=` pages through them."""
    scope = scope_of(request.viewer)
    by, key = request.GET.get("by", ""), request.GET.get("key", "")
    try:
        if by and (by not in GROUPS or not key):
            raise ValueError(by)
        page = lots_at_risk(narrowed(scope, by, key), before=request.GET.get("before", ""))
        chosen = row_label(by, key) if by else ""
    except ValueError as error:
        raise Http404("There is no such line.") from error
    found = at_risk_by_each(scope, list(GROUPS))
    context: dict[str, Any] = {
        "groups": [(title, _lines(group, found[group])) for group, title in GROUPS.items()],
        "scores": page.scores,
        "older": page.older,
        "chosen": chosen,
        "nation": request.viewer.nation or "the United Kingdom",
        "leaves_out_defence": bool(scope.without_sector_ids),
    }
    return render(request, "reports/at_risk.html", context)


def _lines(by: str, grams_of: dict[str, int]) -> list[tuple[str, int, str]]:
    """Label, grams and the address of each line, most at risk first."""
    found = sorted(((key, grams) for key, grams in grams_of.items() if grams), key=lambda line: -line[1])
    labels = row_labels(by, [key for key, _ in found])
    return [(labels[key], grams, f"?{urlencode({'by': by, 'key': key})}#lots") for key, grams in found]
