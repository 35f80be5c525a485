"""Pairs of lots that may be one thing counted twice, and what was decided about them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.models import LookAlike
from collection.queries.duplicates import look_alikes_page
from collection.rules.look_alikes import Decision
from collection.rules.roles import OrganisationKind, Permission, Viewer
from collection.web.access import ViewerRequest, requires


@require_safe
@requires(Permission.SEE_LOTS)
def look_alikes(request: ViewerRequest) -> HttpResponse:
    """Both lots side by side for a regulator; a holder sees what its own people were asked."""
    page = look_alikes_page(
        request.viewer, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    rows = [
        {"pair": pair, "shows_other": shows_other(request.viewer, pair), "outcome": outcome(pair)}
        for pair in page.pairs
    ]
    return render(request, "collection/lots/look_alikes.html", {"rows": rows, "cursors": page.cursors})


def shows_other(viewer: Viewer, pair: LookAlike) -> bool:
    """Another holder's lot is the regulator's to see, and nobody else's."""
    if viewer.organisation_kind == OrganisationKind.REGULATOR:
        return True
    return bool(pair.other.holder_id == viewer.organisation_id)


def outcome(pair: LookAlike) -> str:
    """What became of the question, in words."""
    if pair.decision == Decision.SAME:
        return "The same lot: not logged again"
    if pair.decision:
        return str(pair.get_decision_display())
    return "Logged without being asked" if pair.lot_id else "Asked, not answered"
