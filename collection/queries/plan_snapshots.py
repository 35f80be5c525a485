"""What a plan is made from: read from the register once, then kept with the plan."""

from typing import Any

from collection.models import Plan
from collection.queries.pickups import collectable
from collection.queries.rounds import fleet_of, plant_of
from collection.queries.service_times import service_model_of
from collection.rules.planning.candidates import Wishes
from collection.rules.planning.snapshot import Snapshot, snapshot
from collection.rules.planning.worth import ELEMENTS
from collection.rules.roles import Viewer


def snapshot_of(plan: Plan) -> Snapshot:
    """What was kept with the plan when it was first worked on."""
    return Snapshot.from_json(plan.problem)


def read_snapshot(plan: Plan, viewer: Viewer, settings: dict[str, Any]) -> Snapshot:
    """What the plan is about as the register stands now; `settings` are the planner's wishes by name."""
    ndpr, dy, tb = (float(settings[f"{element.lower()}_weight"]) for element in ELEMENTS)
    weights = (ndpr, dy, tb)
    found = collectable(
        viewer,
        plan.facility,
        plan.from_on,
        plan.days,
        box=settings["box"],
        reach_km=settings["reach_km"],
        with_preprocessing=settings["with_preprocessing"],
        only_site_ids=settings["only_site_ids"],
        element_weights=weights,
    )
    unwanted = set(settings["without_lot_ids"])
    wishes = Wishes(
        from_on=plan.from_on,
        days=plan.days,
        saving_weight=settings["saving_weight"],
        with_weekends=settings["with_weekends"],
        must_lot_ids=frozenset(settings["must_lot_ids"]),
        nation=plan.facility.nation,
        element_weights=weights,
    )
    return snapshot(
        [lot for lot in found if lot.lot_id not in unwanted],
        fleet_of(plan.vehicles.all(), plan.from_on, plan.days),
        plant_of(plan.facility, plan.from_on, plan.days),
        wishes,
        service_model_of(plan.organisation_id),
    )
