"""Following the rounds on the road: expected times from what was recorded, and a word to whoever will wait."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from collection.actions.notifications import Notice, members_with, notify_all
from collection.actions.rounds import HOLDERS_PEOPLE
from collection.models import Pickup, PickupState, Round, Unloading
from collection.queries.live import LIVE_STATES, RoundNow, instant_of, round_now, with_stops
from collection.rules.appointments import LONDON
from collection.rules.roles import Role

# A minute more or less is not news.
NEWS = dt.timedelta(minutes=2)


def watch_rounds(*, now: dt.datetime, day: dt.date) -> int:
    """Bring the expected times of the day's rounds up to date and warn of slots that will be missed.

    Running it again at the same moment changes nothing and tells nobody twice. How many stops were warned of.
    """
    rounds = with_stops(Round.unscoped.filter(on=day, state__in=LIVE_STATES).order_by("pk"))
    return sum(_watch(round_now(each, now), now) for each in rounds)


def _watch(found: RoundNow, now: dt.datetime) -> int:
    expected = {call.stop.key: instant_of(call.arrives) for call in found.table.calls}
    stops = [stop for stop in found.round.pickups.all() if stop.reference in expected]
    with transaction.atomic():
        for stop in stops:
            is_news = (
                stop.expected_arrival_at is None
                or abs(expected[stop.reference] - stop.expected_arrival_at) >= NEWS
            )
            if is_news and stop.arrived_at is None:
                Pickup.unscoped.filter(pk=stop.pk, state=PickupState.SCHEDULED).update(
                    expected_arrival_at=expected[stop.reference]
                )
        for at_plant in found.table.unloadings:
            Unloading.objects.filter(round=found.round, after_trip=at_plant.after_trip).update(
                expected_arrival_at=instant_of(at_plant.arrives)
            )
        late = [stop for stop in stops if stop.slot_ends_at and expected[stop.reference] > stop.slot_ends_at]
        late = [
            stop
            for stop in late
            if stop.arrived_at is None
            and Pickup.unscoped.filter(
                pk=stop.pk, state=PickupState.SCHEDULED, warned_late_at__isnull=True
            ).update(warned_late_at=now)
        ]
        if late:
            _warn(found.round, late, expected, now)
    return len(late)


def _warn(chosen: Round, late: Sequence[Pickup], expected: dict[str, dt.datetime], now: dt.datetime) -> None:
    holders = members_with({stop.holder_id for stop in late}, HOLDERS_PEOPLE)
    planners = members_with([chosen.organisation_id], [Role.PLANNER])[chosen.organisation_id]
    notices = []
    for stop in late:
        due, comes = stop.slot_ends_at or now, expected[stop.reference]
        words = (
            f"{chosen.vehicle.name} {chosen.vehicle.registration} is expected at {stop.place_name} at "
            f"{comes.astimezone(LONDON):%H:%M}, after the promised {due.astimezone(LONDON):%H:%M}."
        )
        key = f"late {stop.reference} {due:%Y-%m-%dT%H:%M}"
        notices.append(
            Notice(
                user_ids=holders[stop.holder_id],
                kind="pickup_late",
                title=f"Your pickup is late: about {comes.astimezone(LONDON):%H:%M}",
                body=f"{words} If that does not suit you, ask for another time.",
                url=f"/pickups/{stop.reference}/",
                dedupe_key=key,
            )
        )
        notices.append(
            Notice(
                user_ids=planners,
                kind="round_late",
                title=f"{chosen.reference} will be late at {stop.place_name}",
                body=f"{words} The holder has been told. See whether another vehicle can be there sooner.",
                url=f"/rounds/{chosen.reference}/replan/",
                dedupe_key=f"planner {key}",
            )
        )
    notify_all(notices, now)
