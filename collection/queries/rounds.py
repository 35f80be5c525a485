"""Vehicles, plans and rounds as the planner and the driver need them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Count, Prefetch, Q, QuerySet

from collection.models import Facility, Pickup, PickupLot, Round, RoundState, User, Vehicle
from collection.queries.duties import receiving
from collection.rules.planning.candidates import FleetVehicle, Plant
from collection.rules.roles import Role, Viewer


def fleet_of(vehicles: Iterable[Vehicle], from_on: dt.date, days: int) -> list[FleetVehicle]:
    """Vehicles with the days on which each has a round already; two queries."""
    chosen = list(vehicles)
    taken: dict[int, set[dt.date]] = defaultdict(set)
    rounds = Round.unscoped.filter(
        vehicle__in=[vehicle.pk for vehicle in chosen],
        on__range=(from_on, from_on + dt.timedelta(days=days - 1)),
    ).exclude(state=RoundState.CANCELLED)
    for vehicle_id, on in rounds.values_list("vehicle_id", "on"):
        taken[vehicle_id].add(on)
    return [
        FleetVehicle(
            vehicle_id=vehicle.pk,
            name=vehicle.name,
            registration=vehicle.registration,
            profile=vehicle.profile,
            capacity_kg=vehicle.capacity_kg,
            pallets=vehicle.pallets,
            cost_per_day_pence=vehicle.cost_per_day_pence,
            cost_per_km_pence=vehicle.cost_per_km_pence,
            cost_per_hour_pence=vehicle.cost_per_hour_pence,
            shift_starts_at=vehicle.shift_starts_at,
            shift_ends_at=vehicle.shift_ends_at,
            skills=frozenset(vehicle.skills),
            most_trips=vehicle.most_trips,
            taken_on=frozenset(taken[vehicle.pk]),
        )
        for vehicle in chosen
    ]


def plant_of(facility: Facility, from_on: dt.date, days: int, *, without: Collection[int] = ()) -> Plant:
    """The plant with what its permit lets it take; where that is limited, two queries a calendar year of the days.

    Of two years the one with less room counts for all the days. Lots in `without` count as not booked yet.
    """
    years = {from_on.year, (from_on + dt.timedelta(days=days - 1)).year}
    is_limited = facility.permitted_t_per_year is not None
    rooms = (
        [receiving(facility, year, without=without).room_kg for year in sorted(years)] if is_limited else []
    )
    return Plant(
        code=facility.code,
        name=facility.name,
        lat=facility.lat,
        lon=facility.lon,
        opens_at=facility.opens_at,
        closes_at=facility.closes_at,
        permitted_codes=frozenset(facility.permitted_ewc_codes),
        room_kg=min((room for room in rooms if room is not None), default=None),
    )


def round_with_stops(viewer: Viewer, reference: str) -> Round:
    """A round with its stops, their lots and its unloadings, ready to show; four queries. Raises DoesNotExist."""
    lines = PickupLot.objects.select_related("lot__product", "lot__waste").order_by("pk")
    stops = Pickup.unscoped.select_related("holder", "site").order_by("sequence")
    rounds = Round.objects.visible_to(viewer).select_related(
        "vehicle", "facility", "driver", "plan", "organisation"
    )
    found: Round = rounds.prefetch_related(
        Prefetch("pickups", stops.prefetch_related(Prefetch("lines", lines))), "unloadings"
    ).get(reference=reference)
    return found


def rounds_from(viewer: Viewer, day: dt.date, days: int) -> "QuerySet[Round, Round]":
    """Rounds that run from `day` on, for `days` days, called-off ones left out; each with `stop_count`."""
    rounds: QuerySet[Round, Round] = Round.objects.visible_to(viewer)
    return (
        rounds.filter(on__range=(day, day + dt.timedelta(days=days - 1)))
        .exclude(state=RoundState.CANCELLED)
        .select_related("vehicle", "driver", "facility")
        .annotate(
            stop_count=Count("pickups"),
            asking_count=Count("pickups", filter=Q(pickups__answer="other_time", pickups__state="scheduled")),
            unanswered_count=Count(
                "pickups", filter=Q(pickups__answer="waiting", pickups__state="scheduled")
            ),
        )
        .order_by("on", "starts_at", "pk")
    )


def rounds_driven(viewer: Viewer, day: dt.date) -> "QuerySet[Round, Round]":
    """The viewer's own rounds to drive: today's and those to come, soonest first."""
    return rounds_from(viewer, day, 60).filter(driver_id=viewer.user_id)


def stop_of_round(viewer: Viewer, reference: str, sequence: int) -> Pickup:
    """One stop with its round and its lots. Raises DoesNotExist."""
    found: Pickup = (
        Pickup.objects.visible_to(viewer)
        .select_related("round__vehicle", "round__facility", "holder", "site")
        .prefetch_related(Prefetch("lines", PickupLot.objects.select_related("lot__product").order_by("pk")))
        .get(round__reference=reference, sequence=sequence)
    )
    return found


def drivers_of(organisation_id: int) -> list[User]:
    members = User.objects.filter(
        memberships__organisation_id=organisation_id, memberships__role=Role.DRIVER.value, is_active=True
    )
    return list(members.order_by("name", "pk"))
