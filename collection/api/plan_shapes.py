"""The bodies of plans: what is asked for, how far the search is, and the rounds it proposes."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from collection.actions.plans import LONGEST_SEARCH_S, MOST_DAYS, SHORTEST_SEARCH_S
from collection.api.base import Page, Shape, instant, instant_or_none
from collection.models import JobState, Plan
from collection.rules.planning.answer import PlanAnswer, PlannedRound, PlannedStop
from collection.rules.planning.snapshot import vehicle_day_keys
from collection.rules.planning.suitability import BOXES


class PlanIn(Shape):
    """Rounds to plan. Nothing is reserved until the plan is confirmed."""

    facility = serializers.CharField(max_length=60, help_text="Code of one of your own plants")
    from_on = serializers.DateField()
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    vehicles = serializers.ListField(
        child=serializers.IntegerField(), allow_empty=False, help_text="Ids of vehicles"
    )
    box = serializers.ChoiceField(
        choices=[(code, words) for code, (words, _) in BOXES.items()], default="ndfeb"
    )
    reach_km = serializers.IntegerField(min_value=1, max_value=1500, default=400)
    saving_weight = serializers.FloatField(
        default=1.0, help_text="What a saved kilogram is worth, times its market value"
    )
    ndpr_weight = serializers.FloatField(
        default=1.0, help_text="Worth of neodymium and praseodymium, times their market value"
    )
    dy_weight = serializers.FloatField(default=1.0, help_text="Worth of dysprosium, times its market value")
    tb_weight = serializers.FloatField(default=1.0, help_text="Worth of terbium, times its market value")
    with_weekends = serializers.BooleanField(default=False)
    with_preprocessing = serializers.BooleanField(
        default=True, help_text="Also lots that must be taken apart first"
    )
    seconds = serializers.IntegerField(
        min_value=SHORTEST_SEARCH_S, max_value=LONGEST_SEARCH_S, default=20, help_text="How long to search"
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=1)


class PlannedLotOut(Shape):
    """A lot on a stop, as it was when the plan was made."""

    reference = serializers.CharField()
    product_name = serializers.CharField()
    quantity = serializers.CharField(help_text="As people write it")
    gross_grams = serializers.IntegerField()
    magnet_grams = serializers.IntegerField()
    saved_grams = serializers.IntegerField(help_text="Magnet mass that would probably leave otherwise")


class PlannedStopOut(Shape):
    """One pickup to be, and why it is worth the way; for one left out, why not."""

    key = serializers.CharField(help_text="What changes to the plan call it")
    holder = serializers.CharField(help_text="Name of the organisation")
    place_name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    arrives_at = serializers.DateTimeField(allow_null=True)
    service_minutes = serializers.IntegerField()
    kg = serializers.IntegerField()
    magnet_grams = serializers.IntegerField()
    saved_grams = serializers.IntegerField()
    why = serializers.CharField()
    lots = PlannedLotOut(many=True)


class PlannedUnloadingOut(Shape):
    """A call at the plant between two trips."""

    after_stops = serializers.IntegerField(help_text="How many stops of the day come before it")
    arrives_at = serializers.DateTimeField()
    leaves_at = serializers.DateTimeField()


class PlannedRoundOut(Shape):
    """One vehicle's day."""

    vehicle_id = serializers.IntegerField()
    vehicle_name = serializers.CharField()
    on = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    distance_metres = serializers.IntegerField()
    driving_minutes = serializers.IntegerField()
    break_minutes = serializers.IntegerField()
    cost_pence = serializers.IntegerField()
    kg = serializers.IntegerField()
    capacity_kg = serializers.IntegerField()
    trip_kg = serializers.ListField(
        child=serializers.IntegerField(), help_text="What is on board at the end of each trip"
    )
    stops = PlannedStopOut(many=True)
    unloadings = PlannedUnloadingOut(many=True, help_text="Calls at the plant between two trips")


class PlanTotalsOut(Shape):
    """The figures of the whole plan."""

    rounds = serializers.IntegerField()
    stops = serializers.IntegerField()
    lots = serializers.IntegerField()
    omitted_stops = serializers.IntegerField()
    magnet_grams = serializers.IntegerField()
    saved_grams = serializers.IntegerField()
    saved_ndpr_grams = serializers.IntegerField(help_text="Neodymium and praseodymium in the saved grams")
    saved_dytb_grams = serializers.IntegerField(help_text="Dysprosium and terbium in the saved grams")
    prize_pence = serializers.IntegerField()
    cost_pence = serializers.IntegerField()
    distance_metres = serializers.IntegerField()
    driving_minutes = serializers.IntegerField()


class WeightCostOut(Shape):
    """What one of your weights brings about: this plan less the plan without that weight."""

    name = serializers.CharField()
    weight = serializers.FloatField()
    pence = serializers.IntegerField()
    metres = serializers.IntegerField()
    saved_grams = serializers.IntegerField()
    saved_ndpr_grams = serializers.IntegerField()
    saved_dytb_grams = serializers.IntegerField()
    searched_s = serializers.FloatField(help_text="How long the other plan was looked for")


class PlanBestOut(Shape):
    """The best rounds so far; once the plan is done, its answer."""

    totals = PlanTotalsOut()
    rounds = PlannedRoundOut(many=True)
    omitted = PlannedStopOut(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    roads = serializers.CharField()
    engine = serializers.CharField()
    objective = serializers.IntegerField(allow_null=True)
    lower_bound = serializers.IntegerField(allow_null=True)
    weight_costs = WeightCostOut(many=True, help_text="For every weight that is not 1, once the plan is done")


class PlanHeadOut(Shape):
    """A plan without its rounds."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    facility = serializers.CharField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    from_on = serializers.DateField()
    days = serializers.IntegerField()
    seconds = serializers.IntegerField()
    is_cancelling = serializers.BooleanField()
    error = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    based_on = serializers.CharField(allow_null=True, help_text="The plan it was changed or searched on from")


class PlanOut(PlanHeadOut):
    """A plan with its progress and the best rounds found so far."""

    searched_seconds = serializers.FloatField()
    candidate_stops = serializers.IntegerField()
    best = PlanBestOut(allow_null=True, help_text="Null before the first rounds were found")
    rounds = serializers.ListField(
        child=serializers.CharField(), help_text="References of the rounds, once confirmed"
    )
    vehicle_days = serializers.ListField(
        child=serializers.CharField(), help_text="What changes to the plan call its vehicles and days"
    )
    changes = serializers.ListField(child=serializers.CharField(), help_text="Made by hand, in order")


class PlanPage(Page):
    """A page of plans."""

    results = PlanHeadOut(many=True)


def plan_head(plan: Plan) -> dict[str, Any]:
    return {
        "reference": plan.reference,
        "state": plan.state,
        "facility": plan.facility.code,
        "requested_at": instant(plan.requested_at),
        "finished_at": instant_or_none(plan.finished_at),
        "from_on": plan.from_on.isoformat(),
        "days": plan.days,
        "seconds": plan.seconds,
        "is_cancelling": plan.state == JobState.RUNNING and plan.cancel_requested_at is not None,
        "error": plan.error,
        "confirmed_at": instant_or_none(plan.confirmed_at),
        "based_on": plan.based_on.reference if plan.based_on else None,
    }


def plan_shape(plan: Plan) -> dict[str, Any]:
    progress = plan.progress or {}
    kept = plan.answer if plan.state == JobState.DONE else progress.get("sketch")
    return plan_head(plan) | {
        "searched_seconds": progress.get("seconds", 0.0),
        "candidate_stops": progress.get("candidate_stops", 0),
        "best": answer_shape(PlanAnswer.from_json(kept)) if kept else None,
        "rounds": [each.reference for each in plan.rounds.all()],
        "vehicle_days": vehicle_day_keys(plan.problem),
        "changes": [str(each.get("words", "")) for each in plan.changes],
    }


def answer_shape(answer: PlanAnswer) -> dict[str, Any]:
    """Rounds with their stops and reasons, as the API writes them."""
    return {
        "totals": asdict(answer.totals),
        "rounds": [_round(each) for each in answer.rounds],
        "omitted": [_stop(each) for each in answer.omitted],
        "notes": list(answer.notes),
        "roads": answer.roads,
        "engine": answer.engine,
        "objective": answer.objective,
        "lower_bound": answer.lower_bound,
        "weight_costs": [asdict(each) for each in answer.weight_costs],
    }


def _round(planned: PlannedRound) -> dict[str, Any]:
    return {
        "vehicle_id": planned.vehicle_id,
        "vehicle_name": planned.vehicle_name,
        "on": planned.on.isoformat(),
        "starts_at": instant(planned.starts_at),
        "ends_at": instant(planned.ends_at),
        "distance_metres": planned.distance_metres,
        "driving_minutes": planned.driving_minutes,
        "break_minutes": planned.break_minutes,
        "cost_pence": planned.cost_pence,
        "kg": planned.kg,
        "capacity_kg": planned.capacity_kg,
        "trip_kg": list(planned.trip_kg),
        "stops": [_stop(stop) for stop in planned.stops],
        "unloadings": [
            {
                "after_stops": call.after,
                "arrives_at": instant(call.arrives_at),
                "leaves_at": instant(call.leaves_at),
            }
            for call in planned.unloadings
        ],
    }


def _stop(stop: PlannedStop) -> dict[str, Any]:
    return {
        "key": stop.key,
        "holder": stop.holder_name,
        "place_name": stop.place_name,
        "lat": stop.lat,
        "lon": stop.lon,
        "arrives_at": instant_or_none(stop.arrives_at),
        "service_minutes": stop.service_minutes,
        "kg": stop.kg,
        "magnet_grams": stop.magnet_grams,
        "saved_grams": stop.saved_grams,
        "why": stop.why,
        "lots": [
            {
                "reference": lot.reference,
                "product_name": lot.product_name,
                "quantity": lot.quantity_text,
                "gross_grams": lot.gross_grams,
                "magnet_grams": lot.magnet_grams,
                "saved_grams": lot.saved_grams,
            }
            for lot in stop.lots
        ],
    }
