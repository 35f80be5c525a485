"""The collector's first page: log a lot, and what waits today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from collection.models import LotDraft
from collection.queries.collector_home import MOST_COUNTED, CollectorHome, collector_home
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.components import Tile, Tone
from collection.web.logging.forms import asked_for
from collection.web.logging.page import Known
from collection.web.lots.listing import STATE_TONES, band_of


@require_GET
@requires(Permission.LOG_LOT)
def home(request: ViewerRequest) -> HttpResponse:
    """What waits for this collector, and the quickest ways to log a lot."""
    waiting = collector_home(request.viewer, timezone.localdate(request.now))
    context = {
        "tiles": _tiles(waiting),
        "usual": waiting.usual,
        "drafts": [(draft, draft_words(draft)) for draft in waiting.drafts],
        "pickups": waiting.pickups,
        "recent": [(lot, STATE_TONES.get(lot.state, "neutral"), band_of(lot)) for lot in waiting.recent],
    }
    return render(request, "collection/home/collector.html", context)


def _tiles(waiting: CollectorHome) -> list[Tile]:
    """Only what needs somebody: a tile with nothing in it is not shown."""
    tiles = [
        _tile(
            waiting.to_answer,
            "proposed pickup to answer",
            "proposed pickups to answer",
            href=reverse("pickups"),
            note="Accept the time, ask for another or refuse",
        ),
        _tile(
            waiting.flagged,
            "lot flagged as likely to leave",
            "lots flagged as likely to leave",
            href=reverse("lots") + "?show=flagged",
            note="Recyclers who take them have been told",
            tone="bad",
        ),
        _tile(
            waiting.dealer_records_to_make,
            "dealer’s record still to be made",
            "dealer’s records still to be made",
            href=reverse("dealer-records"),
            note="The law wants one of metal taken in",
        ),
        _tile(
            waiting.weak_estimates,
            "estimate still to be replaced",
            "estimates still to be replaced",
            href=reverse("weights"),
            note="Nobody read them from a scale; weigh to narrow them",
        ),
        _tile(
            waiting.places_without_point,
            "place not on the map",
            "places not on the map",
            href=reverse("places"),
            note="Nobody can plan a pickup there",
        ),
        _tile(
            waiting.watched_due,
            "watched source due soon",
            "watched sources due soon",
            href=reverse("watched"),
            note="Log what has arisen, or say that it is late",
        ),
    ]
    return [tile for tile in tiles if tile.count]


def _tile(count: int, one: str, many: str, *, href: str, note: str, tone: Tone = "caution") -> Tile:
    return Tile(_counted(count), one if count == 1 else many, href=href, note=note, tone=tone)


def _counted(count: int) -> int | str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else count


def draft_words(draft: LotDraft) -> str:
    """ "Hard drives, 3.5 inch": what an unfinished lot is about, as far as it got."""
    pages = draft.answers.get("pages", {})
    product = pages.get("product", {}).get("product", "")
    amount = pages.get("amount", {}).get("quantity", "")
    asked = asked_for(Known(source_kind=pages.get("source", {}).get("source_kind", "")))
    answered = sum(slug in pages for slug in asked)
    about = ", ".join(part for part in (product[:80], amount[:40]) if part) or "A lot"
    return f"{about}: {answered} of {len(asked)} questions answered"
