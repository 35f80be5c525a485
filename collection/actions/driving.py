"""A driver's day apart from the stops: leaving the plant, arriving at a gate, unloading on the way, coming back."""

import datetime as dt

from django.db import transaction

from collection.actions.dispatch import WATCH_ROUNDS, nudge
from collection.models import Pickup, PickupState, Round, RoundState
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer, require


def leave_plant(viewer: Viewer, round_id: int, *, at: dt.datetime) -> None:
    """The vehicle is on its way. Saying so again changes nothing."""
    require(viewer, Permission.DRIVE_ROUND)
    with transaction.atomic():
        chosen = Round.objects.visible_to(viewer).get(pk=round_id)
        if chosen.state not in (RoundState.CONFIRMED, RoundState.UNDER_WAY):
            raise StateConflictError(f"{chosen.reference} is over.")
        Round.unscoped.filter(pk=round_id, left_at__isnull=True).update(left_at=at)
        Round.unscoped.filter(pk=round_id, state=RoundState.CONFIRMED).update(state=RoundState.UNDER_WAY)
        nudge(WATCH_ROUNDS)


def arrive(viewer: Viewer, pickup_id: int, *, at: dt.datetime) -> None:
    """The vehicle is at the gate. The first arrival counts; saying so again changes nothing."""
    require(viewer, Permission.DRIVE_ROUND)
    with transaction.atomic():
        pickup = Pickup.objects.visible_to(viewer).get(pk=pickup_id)
        leave_plant(viewer, pickup.round_id, at=at)
        Pickup.unscoped.filter(pk=pickup_id, state=PickupState.SCHEDULED, arrived_at__isnull=True).update(
            arrived_at=at, expected_arrival_at=at
        )


def unload(viewer: Viewer, round_id: int, after_trip: int, *, at: dt.datetime) -> None:
    """The load of a trip is at the plant and the vehicle goes again. The first time counts.

    Raises StateConflictError while a stop of the trip has no record.
    """
    require(viewer, Permission.DRIVE_ROUND)
    with transaction.atomic():
        chosen = Round.objects.visible_to(viewer).get(pk=round_id)
        unloading = chosen.unloadings.get(after_trip=after_trip)
        if unloading.finished_at is not None:
            return
        if chosen.state != RoundState.UNDER_WAY:
            raise StateConflictError(f"{chosen.reference} is not under way.")
        if chosen.pickups.filter(state=PickupState.SCHEDULED, trip__lte=after_trip).exists():
            raise StateConflictError("There are stops before it without a record. Record each stop first.")
        chosen.unloadings.filter(after_trip=after_trip, finished_at__isnull=True).update(
            finished_at=at, recorded_by_id=viewer.user_id
        )
        nudge(WATCH_ROUNDS)


def come_back(viewer: Viewer, round_id: int, *, driven_metres: int | None, at: dt.datetime) -> None:
    """The vehicle is at the plant again, with what the odometer says it drove, where somebody read it."""
    require(viewer, Permission.DRIVE_ROUND)
    with transaction.atomic():
        chosen = Round.objects.visible_to(viewer).get(pk=round_id)
        if chosen.state not in (RoundState.UNDER_WAY, RoundState.UNLOADED):
            raise StateConflictError(f"{chosen.reference} has not left the plant.")
        if chosen.pickups.filter(state=PickupState.SCHEDULED).exists():
            raise StateConflictError("There are stops without a record. Record each stop first.")
        Round.unscoped.filter(pk=round_id, returned_at__isnull=True).update(returned_at=at)
        if driven_metres is not None:
            Round.unscoped.filter(pk=round_id).update(driven_metres=driven_metres)
