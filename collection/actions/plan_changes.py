"""Changing a plan by hand: every change makes a plan of its own, so that any two can be compared and undone."""

import datetime as dt

from django.db import transaction

from collection.actions.dispatch import RUN_PLANS, nudge
from collection.actions.plans import PlanRefusedError
from collection.actions.references import next_reference
from collection.models import JobState, Plan, Vehicle
from collection.queries.plan_snapshots import snapshot_of
from collection.queries.rounds import fleet_of
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.changes import Change, Judged, judged, with_where
from collection.rules.planning.snapshot import Snapshot
from collection.rules.roles import Permission, Viewer, require


def judge_change(viewer: Viewer, plan: Plan, change: Change) -> Judged:
    """What the change would do; nothing is written. Raises ChangeError or StateConflictError."""
    require(viewer, Permission.PLAN_ROUNDS)
    return _judge(viewer, plan, change)[0]


def change_plan(viewer: Viewer, plan_id: int, change: Change, *, at: dt.datetime) -> Plan:
    """A new plan with the change made, ready to confirm. Raises ChangeError or StateConflictError."""
    require(viewer, Permission.PLAN_ROUNDS)
    plan = Plan.objects.visible_to(viewer).select_related("facility").get(pk=plan_id)
    verdict, snapshot, change = _judge(viewer, plan, change)
    if verdict.answer is None:
        raise StateConflictError(verdict.sentence)
    with transaction.atomic():
        changed = _derived(
            viewer, plan, at, changes=[*plan.changes, change.as_json() | {"words": verdict.sentence}]
        )
        changed.problem = snapshot.as_json()
        changed.answer = verdict.answer.as_json()
        changed.state, changed.finished_at = JobState.DONE, at
        changed.save()
        changed.vehicles.set([vehicle.vehicle_id for vehicle in snapshot.fleet])
    return changed


def search_on(viewer: Viewer, plan_id: int, *, seconds: int, at: dt.datetime) -> Plan:
    """Search again in the background from this plan, keeping every change made by hand."""
    require(viewer, Permission.PLAN_ROUNDS)
    with transaction.atomic():
        plan = Plan.objects.visible_to(viewer).select_related("facility").get(pk=plan_id)
        _must_be_changeable(plan)
        again = _derived(viewer, plan, at, changes=plan.changes)
        again.problem, again.seconds = plan.problem, seconds
        again.save()
        again.vehicles.set(plan.vehicles.all())
        nudge(RUN_PLANS)
    return again


def _judge(viewer: Viewer, plan: Plan, change: Change) -> tuple[Judged, Snapshot, Change]:
    _must_be_changeable(plan)
    snapshot = snapshot_of(plan)
    if change.vehicle_id is not None:
        snapshot = _with_vehicle(viewer, plan, snapshot, change.vehicle_id)
    brief = snapshot.brief()
    answer = PlanAnswer.from_json(plan.answer)
    earlier = [Change.from_json(each) for each in plan.changes]
    change = with_where(brief, answer, change)
    return judged(brief, earlier, answer, change), snapshot, change


def _with_vehicle(viewer: Viewer, plan: Plan, snapshot: Snapshot, vehicle_id: int) -> Snapshot:
    vehicle = Vehicle.objects.visible_to(viewer).filter(pk=vehicle_id, is_active=True).first()
    if vehicle is None or vehicle.depot_id != plan.facility_id:
        raise PlanRefusedError("vehicle_id", "Choose one of your vehicles that stands at this plant.")
    if any(each.vehicle_id == vehicle_id for each in snapshot.fleet):
        return snapshot
    added = fleet_of([vehicle], plan.from_on, plan.days)
    return Snapshot(
        candidates=snapshot.candidates,
        fleet=(*snapshot.fleet, *added),
        plant=snapshot.plant,
        wishes=snapshot.wishes,
        service=snapshot.service,
    )


def _must_be_changeable(plan: Plan) -> None:
    if plan.state != JobState.DONE:
        raise StateConflictError(f"{plan.reference} is not ready to be changed.")
    if plan.confirmed_at is not None:
        raise StateConflictError(f"{plan.reference} is confirmed. Change its rounds instead.")
    if not plan.problem:
        raise StateConflictError(f"{plan.reference} was made before plans could be changed. Plan again.")


def _derived(viewer: Viewer, plan: Plan, at: dt.datetime, *, changes: list[object]) -> Plan:
    return Plan(
        reference=next_reference("PLN", at),
        organisation_id=plan.organisation_id,
        facility=plan.facility,
        requested_by_id=viewer.user_id,
        requested_at=at,
        from_on=plan.from_on,
        days=plan.days,
        seconds=plan.seconds,
        seed=plan.seed,
        settings={name: value for name, value in plan.settings.items() if name != "is_enough"},
        regular=plan.regular,
        based_on=plan,
        changes=changes,
    )
