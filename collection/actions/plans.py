"""Asking for rounds and changing one's mind: nothing is reserved until somebody confirms."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils import timezone

from collection.actions.dispatch import RUN_PLANS, nudge
from collection.actions.references import next_reference
from collection.models import Facility, JobState, Plan, RegularRound, Vehicle
from collection.rules.planning.candidates import Wishes
from collection.rules.planning.suitability import BOXES
from collection.rules.roles import Permission, Viewer, require

MOST_DAYS = 14
MOST_AHEAD = dt.timedelta(days=366)
HEAVIEST_ELEMENT = 20
SHORTEST_SEARCH_S, LONGEST_SEARCH_S = 1, 600


class PlanRefusedError(Exception):
    """A request that cannot be planned; names the field and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What a planner asks for. `reach_km` is straight-line, `saving_weight` multiplies the lots' worth, the
    weights of elements the worth of that element alone.

    Lots of `without_lot_ids` are not considered; those of `must_lot_ids` are fetched whatever it costs. With
    `only_site_ids`, nothing but these sites is looked at.
    """

    facility_id: int
    from_on: dt.date
    days: int
    vehicle_ids: Collection[int]
    box: str = "ndfeb"
    reach_km: int = 400
    saving_weight: float = 1.0
    ndpr_weight: float = 1.0
    dy_weight: float = 1.0
    tb_weight: float = 1.0
    with_weekends: bool = False
    with_preprocessing: bool = True
    seconds: int = 20
    seed: int = 1
    without_lot_ids: Collection[int] = ()
    must_lot_ids: Collection[int] = ()
    only_site_ids: Collection[int] = ()


# What a plan's settings keep of the request; the rest has columns of its own.
WISHES = (
    "box",
    "reach_km",
    "saving_weight",
    "ndpr_weight",
    "dy_weight",
    "tb_weight",
    "with_weekends",
    "with_preprocessing",
    "without_lot_ids",
    "must_lot_ids",
    "only_site_ids",
)


def wishes_of(plan: Plan) -> dict[str, Any]:
    """The planner's wishes by name; what a plan made elsewhere does not say is what a request would offer."""
    offered = {field.name: field.default for field in fields(PlanRequest) if field.name in WISHES}
    return offered | {name: value for name, value in plan.settings.items() if name in WISHES}


def _plain(value: Any) -> Any:
    return sorted(set(value)) if isinstance(value, Collection) and not isinstance(value, str) else value


def request_plan(
    viewer: Viewer, request: PlanRequest, *, at: dt.datetime, regular: RegularRound | None = None
) -> Plan:
    """Put a plan in the queue, as a run of a `regular` round or not.

    Raises PlanRefusedError naming what cannot be planned.
    """
    require(viewer, Permission.PLAN_ROUNDS)
    facility = Facility.objects.filter(
        pk=request.facility_id, organisation_id=viewer.organisation_id, accepts_lots=True
    ).first()
    if facility is None:
        raise PlanRefusedError("facility", "Choose one of your own plants that takes lots.")
    vehicles = list(
        Vehicle.objects.visible_to(viewer).filter(pk__in=request.vehicle_ids, depot=facility, is_active=True)
    )
    _check_request(request, vehicles, at)
    with transaction.atomic():
        plan = Plan.unscoped.create(
            reference=next_reference("PLN", at),
            organisation_id=viewer.organisation_id,
            facility=facility,
            requested_by_id=viewer.user_id,
            requested_at=at,
            from_on=request.from_on,
            days=request.days,
            seconds=request.seconds,
            seed=request.seed,
            regular=regular,
            settings={name: _plain(getattr(request, name)) for name in WISHES},
        )
        plan.vehicles.set(vehicles)
        nudge(RUN_PLANS)
    return plan


def _check_request(request: PlanRequest, vehicles: Collection[Vehicle], at: dt.datetime) -> None:
    today = timezone.localdate(at)
    if request.from_on < today:
        raise PlanRefusedError("from_on", "The first day has passed. Choose today or a later day.")
    if request.from_on > today + MOST_AHEAD:
        raise PlanRefusedError("from_on", "The first day is more than a year ahead. Check the year.")
    if not 1 <= request.days <= MOST_DAYS:
        raise PlanRefusedError("days", f"Plan between 1 and {MOST_DAYS} days at once.")
    if not vehicles:
        raise PlanRefusedError("vehicles", "Choose at least one vehicle that stands at this plant.")
    if request.box not in BOXES:
        raise PlanRefusedError("box", "Choose which magnets to fetch.")
    if not SHORTEST_SEARCH_S <= request.seconds <= LONGEST_SEARCH_S:
        raise PlanRefusedError(
            "seconds", f"Search for between {SHORTEST_SEARCH_S} and {LONGEST_SEARCH_S} seconds."
        )
    if not 0 < request.saving_weight <= 100:
        raise PlanRefusedError("saving_weight", "The weight must be above 0 and at most 100.")
    for name in ("ndpr_weight", "dy_weight", "tb_weight"):
        if not 0 <= getattr(request, name) <= HEAVIEST_ELEMENT:
            raise PlanRefusedError(name, f"The weight must be between 0 and {HEAVIEST_ELEMENT}.")
    if not 1 <= request.reach_km <= 1500:
        raise PlanRefusedError("reach_km", "The reach must be between 1 and 1,500 km.")
    wishes = Wishes(from_on=request.from_on, days=request.days, with_weekends=request.with_weekends)
    if not wishes.working_days():
        raise PlanRefusedError("days", "These days are a weekend. Choose more days, or tick weekends.")


def cancel_plan(viewer: Viewer, plan_id: int, *, at: dt.datetime) -> None:
    """Stop a plan that waits or runs; a running search notices within a second and keeps nothing."""
    require(viewer, Permission.PLAN_ROUNDS)
    plans = Plan.objects.visible_to(viewer).filter(pk=plan_id)
    if not plans.filter(state=JobState.WAITING).update(
        state=JobState.CANCELLED, cancel_requested_at=at, finished_at=at
    ):
        plans.filter(state=JobState.RUNNING).update(cancel_requested_at=at)


def stop_searching(viewer: Viewer, plan_id: int) -> None:
    """Be content with the best plan found so far."""
    require(viewer, Permission.PLAN_ROUNDS)
    with transaction.atomic():
        plan = Plan.objects.visible_to(viewer).get(pk=plan_id)
        wished = {**plan.settings, "is_enough": True}
        Plan.unscoped.filter(pk=plan.pk, state=JobState.RUNNING).update(settings=wished)
