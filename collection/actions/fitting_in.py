"""Adding high-risk lots to a round of today: worked out again under the lock, every promise kept, both sides told."""

import datetime as dt

from django.db import transaction

from collection.actions.booking import Booking, book_stops
from collection.actions.dispatching import settle_round
from collection.actions.notifications import Notice, notify_all
from collection.actions.rounds import PlanTakenError, reserve_lots, tell_holders
from collection.models import Facility, Pickup, Round
from collection.queries.fitting_in import fitting_of
from collection.queries.live import instant_of, with_stops
from collection.rules.appointments import LONDON
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.interpretation import planned_stop
from collection.rules.roles import Permission, Viewer, require

# After every stop the round has, until it is numbered in driving order.
LAST = 999
WHY = "Added on the day: at high risk of leaving, and on the way."


def fit_in(viewer: Viewer, round_id: int, lot_ids: frozenset[int], *, at: dt.datetime) -> Pickup:
    """Have the round fetch these lots of one place today, as `queries.fitting_in` suggests.

    Raises StateConflictError where that is no longer possible; nothing is reserved then.
    """
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        chosen = _locked(viewer, round_id)
        fitting = fitting_of(viewer, chosen, lot_ids, at)
        if fitting is None:
            raise StateConflictError(
                f"{chosen.reference} cannot fetch these lots any more: the day has moved on, or they were "
                "taken meanwhile. Look again."
            )
        try:
            reserve_lots(viewer, sorted(lot_ids), chosen.reference, at)
        except PlanTakenError as taken:
            raise StateConflictError(f"{'; '.join(taken.taken)}. Nothing was added.") from taken
        placement = fitting.placement
        stop = planned_stop(fitting.group, instant_of(placement.arrives), WHY)
        (pickup,) = book_stops([Booking(chosen, LAST, stop, placement.stop.trip)], at)
        settle_round(chosen, pickup.pk, placement.position, at)
        _tell(chosen, pickup, at)
    return pickup


def _locked(viewer: Viewer, round_id: int) -> Round:
    """The round, with the plant's row and the rounds of the day held against anybody else who changes them."""
    chosen = Round.objects.visible_to(viewer).get(pk=round_id)
    Facility.objects.select_for_update().get(pk=chosen.facility_id)
    day = Round.unscoped.filter(organisation_id=chosen.organisation_id, on=chosen.on).order_by("pk")
    list(day.select_for_update().values_list("pk", flat=True))
    return with_stops(Round.unscoped.filter(pk=round_id))[0]


def _tell(chosen: Round, pickup: Pickup, at: dt.datetime) -> None:
    arrives = pickup.planned_arrival_at.astimezone(LONDON)
    vehicle = f"{chosen.vehicle.name} {chosen.vehicle.registration}"

    def notice(booked: Pickup, people: set[int]) -> Notice:
        return Notice(
            user_ids=people,
            kind="pickup_booked",
            title=f"Pickup proposed for today, about {arrives:%H:%M}, at {booked.place_name}",
            body=f"{vehicle} of {chosen.facility.name} is on the road and can come by. Please accept, ask for "
            "another time, or refuse.",
            url=f"/pickups/{booked.reference}/",
            dedupe_key=f"booked {booked.reference}",
        )

    tell_holders([pickup], notice, at)
    if chosen.driver_id:
        to_driver = Notice(
            user_ids=[chosen.driver_id],
            kind="round_changed",
            title=f"A stop was added to {chosen.reference}: {pickup.place_name}",
            body=f"You are expected there about {arrives:%H:%M}. The other stops keep their order and times.",
            url=f"/driving/{chosen.reference}/",
            dedupe_key=f"added {pickup.reference}",
        )
        notify_all([to_driver], at)
