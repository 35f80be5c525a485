"""The rows in which patterns of gaming are looked for: lots of the last year that the viewer may see."""

import datetime as dt

from collection.models import Departure, Lot
from collection.rules.lifecycle import LotState
from collection.rules.risk_gaming import LotFacts, Notice, notices_in
from collection.rules.roles import Viewer

LOOK_BACK = dt.timedelta(days=365)
MOST_LOTS = 200_000
_COLUMNS = (
    "reference", "holder__name", "holder__holder_kind", "site_id", "outcode", "product__name", "quantity",
    "gross_grams", "intent", "logged_at", "state", "state_at", "pk",
)  # fmt: skip


def gaming_notices(viewer: Viewer, *, at: dt.datetime) -> list[Notice]:
    """Two SELECTs over the lots that were logged or came into their state within the last year."""
    since = at - LOOK_BACK
    lots = Lot.objects.visible_to(viewer).filter(state_at__gte=since).order_by("-pk")
    rows = list(lots.values_list(*_COLUMNS)[:MOST_LOTS])
    gone = Departure.objects.filter(kind="exported", recorded_at__gte=since, lot__state=LotState.EXPORTED)
    left = {
        lot_id: (day, told) for lot_id, day, told in gone.values_list("lot_id", "happened_on", "recorded_at")
    }
    return notices_in(
        LotFacts(
            reference=row[0],
            holder=row[1],
            holder_kind=row[2],
            place=f"site {row[3]}" if row[3] else row[4],
            product=row[5],
            quantity=float(row[6]),
            gross_kg=None if row[7] is None else row[7] / 1000,
            intent=row[8],
            logged_at=row[9],
            state=row[10],
            state_at=row[11],
            left_on=left.get(row[12], (None, None))[0],
            left_recorded_at=left.get(row[12], (None, None))[1],
        )
        for row in rows
    )
