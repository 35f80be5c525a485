"""Rounds that come again every week: kept as templates, planned a few working days ahead, confirmed by people."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from collection.actions.plans import PlanRefusedError, PlanRequest, request_plan
from collection.models import Facility, Plan, RegularRound, Site, Vehicle
from collection.queries.people import viewer_for
from collection.rules.planning.regular import days_due
from collection.rules.roles import Permission, Viewer, require

SEARCH_SECONDS = 5
MOST_DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class RegularRoundRequest:
    """What comes again. `weekdays` from 0 (Monday)."""

    name: str
    facility_id: int
    vehicle_id: int
    site_ids: Collection[int]
    weekdays: Collection[int]
    starts_on: dt.date
    ends_on: dt.date | None = None
    days_ahead: int = 3
    box: str = "ndfeb"


def save_regular_round(viewer: Viewer, wanted: RegularRoundRequest, *, pk: int | None = None) -> RegularRound:
    """Make a regular round, or change one of the viewer's own. Raises PlanRefusedError naming the field."""
    require(viewer, Permission.PLAN_ROUNDS)
    facility = Facility.objects.filter(
        pk=wanted.facility_id, organisation_id=viewer.organisation_id, accepts_lots=True
    ).first()
    if facility is None:
        raise PlanRefusedError("facility", "Choose one of your own plants that takes lots.")
    vehicle = Vehicle.objects.visible_to(viewer).filter(pk=wanted.vehicle_id, depot=facility).first()
    if vehicle is None:
        raise PlanRefusedError("vehicle", "Choose a vehicle that stands at this plant.")
    _check(wanted)
    sites = list(Site.unscoped.filter(pk__in=wanted.site_ids, is_active=True))
    if not sites:
        raise PlanRefusedError("sites", "Choose at least one site to visit.")
    row = (
        RegularRound.objects.visible_to(viewer).get(pk=pk)
        if pk is not None
        else RegularRound(organisation_id=viewer.organisation_id, made_by_id=viewer.user_id)
    )
    row.name, row.facility, row.vehicle = wanted.name, facility, vehicle
    row.weekdays, row.days_ahead = sorted(set(wanted.weekdays)), wanted.days_ahead
    row.starts_on, row.ends_on = wanted.starts_on, wanted.ends_on
    row.settings = {"box": wanted.box}
    try:
        with transaction.atomic():
            row.save()
            row.sites.set(sites)
    except IntegrityError as error:
        raise PlanRefusedError("name", "You have a regular round of this name already.") from error
    return row


def stop_regular_round(viewer: Viewer, pk: int, *, is_active: bool) -> None:
    """Pause a regular round or take it up again; rounds that are booked stay booked."""
    require(viewer, Permission.PLAN_ROUNDS)
    RegularRound.objects.visible_to(viewer).filter(pk=pk).update(is_active=is_active)


def _check(wanted: RegularRoundRequest) -> None:
    if not wanted.name.strip():
        raise PlanRefusedError("name", "Give the round a name, such as “Clyde on Tuesdays”.")
    if not wanted.weekdays or not set(wanted.weekdays) <= set(range(7)):
        raise PlanRefusedError("weekdays", "Choose at least one weekday.")
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        raise PlanRefusedError("ends_on", "The last day must not come before the first.")
    if not 1 <= wanted.days_ahead <= MOST_DAYS_AHEAD:
        raise PlanRefusedError("days_ahead", f"Plan between 1 and {MOST_DAYS_AHEAD} working days ahead.")


def plan_due_regular_rounds(*, now: dt.datetime, today: dt.date) -> int:
    """Ask for the plans of regular rounds that come up and have none; how many were asked for."""
    asked = 0
    for row in (
        RegularRound.unscoped.filter(is_active=True).select_related("facility", "made_by").order_by("pk")
    ):
        viewer = viewer_for(row.made_by, row.organisation_id)
        if viewer is None or not viewer.may(Permission.PLAN_ROUNDS):
            continue
        planned = set(Plan.unscoped.filter(regular=row, from_on__gte=today).values_list("from_on", flat=True))
        for day in days_due(
            row.weekdays, row.starts_on, row.ends_on, row.days_ahead, today, row.facility.nation
        ):
            if day not in planned:
                asked += _ask(viewer, row, day, now)
    return asked


def _ask(viewer: Viewer, row: RegularRound, day: dt.date, now: dt.datetime) -> bool:
    wanted = PlanRequest(
        facility_id=row.facility_id,
        from_on=day,
        days=1,
        vehicle_ids=[row.vehicle_id],
        seconds=SEARCH_SECONDS,
        reach_km=1500,
        with_weekends=True,
        only_site_ids=sorted(row.sites.values_list("pk", flat=True)),
        **row.settings,
    )
    try:
        with transaction.atomic():
            request_plan(viewer, wanted, at=now, regular=row)
    except (IntegrityError, PlanRefusedError):
        # Another worker was first, or the vehicle stands elsewhere by now: nothing to plan.
        return False
    return True
