"""The list of lots a viewer may see."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from collection.models import Band, Lot
from collection.queries.lots import FLAGGED, WEAK, lots_page
from collection.rules.lifecycle import STATE_LABELS, LotState
from collection.rules.roles import Permission, Role
from collection.web.access import ViewerRequest, requires
from collection.web.kit.components import Tone

STATE_TONES: dict[str, Tone] = {
    LotState.HELD: "brand",
    LotState.RESERVED: "caution",
    LotState.IN_TRANSIT: "caution",
    LotState.RECEIVED: "good",
    LotState.PROCESSED: "good",
    LotState.EXPORTED: "bad",
    LotState.LOST: "bad",
}
FILTERS = (
    ("", "All"),
    (FLAGGED, "Flagged"),
    (WEAK, "Only roughly estimated"),
    *((state.value, STATE_LABELS[state]) for state in LotState),
)


def band_of(lot: Lot) -> str:
    """ "high", or nothing where the lot has no score."""
    score = getattr(lot, "score", None)
    return Band(score.band).label.lower() if score is not None else ""


@require_GET
@requires(Permission.SEE_LOTS)
def lots(request: ViewerRequest) -> HttpResponse:
    """A page of lots, newest first: `?show=` a state or `flagged`, `?before=` and `?after=` page."""
    show = request.GET.get("show", "")
    page = lots_page(
        request.viewer,
        show=show,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    rows = [(lot, STATE_TONES.get(lot.state, "neutral"), band_of(lot)) for lot in page.lots]
    context = {
        "rows": rows,
        "cursors": page.cursors,
        "filters": FILTERS,
        "show": show,
        "shows_holder": not request.viewer.is_role(Role.COLLECTOR),
        "may_log": request.viewer.may(Permission.LOG_LOT),
    }
    return render(request, "collection/lots/list.html", context)
