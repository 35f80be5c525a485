"""A plan as its page shows it: figures, a map, the rounds and what was left out."""

from collections.abc import Sequence
from typing import Any

from collection.actions.plans import wishes_of
from collection.models import Facility, JobState, Plan, Round
from collection.queries.content_sums import part_interval
from collection.queries.duties import duty_findings
from collection.rules.planning.answer import PlanAnswer, PlannedRound
from collection.rules.planning.duties import Finding
from collection.rules.planning.snapshot import kept_vehicle_days
from collection.rules.planning.suitability import BOXES
from collection.rules.spoken_mass import mass, mass_range
from collection.web.access import ViewerRequest
from collection.web.kit.components import SummaryRow, Tile
from collection.web.kit.map import DrawnMap, MapPoint, MapRoute, draw
from collection.web.kit.numbers import counted, pounds
from collection.web.planner.gantt import draw_gantt
from collection.web.planner.lettering import lettered
from collection.web.planner.weight_words import element_words, weight_rows

FIRST_OMITTED = 8


def plan_of(request: ViewerRequest, reference: str) -> Plan:
    """The viewer's plan of this reference. Raises DoesNotExist."""
    plan: Plan = (
        Plan.objects.visible_to(request.viewer)
        .select_related("facility", "requested_by", "confirmed_by", "based_on", "regular")
        .defer("based_on__problem", "based_on__answer", "based_on__progress")
        .get(reference=reference)
    )
    return plan


def plan_context(plan: Plan) -> dict[str, Any]:
    """Everything `plan.html` and its live part draw; the best found so far while the search runs."""
    is_live = plan.state in (JobState.WAITING, JobState.RUNNING)
    progress = plan.progress or {}
    data = plan.answer if plan.state == JobState.DONE else progress.get("sketch", {})
    answer = PlanAnswer.from_json(data)
    return {
        "plan": plan,
        "is_live": is_live,
        "is_waiting": plan.state == JobState.WAITING,
        "is_cancelling": is_live and plan.cancel_requested_at is not None,
        "may_confirm": plan.state == JobState.DONE and plan.confirmed_at is None and bool(answer.rounds),
        "may_change": plan.state == JobState.DONE and plan.confirmed_at is None,
        "answer": answer,
        "lettered_rounds": lettered(answer.rounds),
        "first_omitted": answer.omitted[:FIRST_OMITTED],
        "more_omitted": answer.omitted[FIRST_OMITTED:],
        "weight_rows": weight_rows(plan, answer) if plan.state == JobState.DONE else [],
        "seconds": progress.get("seconds", 0),
        "candidate_stops": progress.get("candidate_stops", 0),
        "tiles": _tiles(answer),
        "request_rows": _request_rows(plan),
        "map": rounds_map(plan.facility, answer.rounds) if answer.rounds else None,
        "rounds": list(Round.unscoped.filter(plan=plan).select_related("vehicle"))
        if plan.confirmed_at
        else [],
        "taken": [],
        "gantt": draw_gantt(answer, kept_vehicle_days(plan.problem)),
        "findings": _findings(plan, answer),
        "may_try": plan.state == JobState.DONE and plan.confirmed_at is None and bool(plan.problem),
    }


def _findings(plan: Plan, answer: PlanAnswer) -> list[Finding]:
    """What the law asks, while the plan can still be confirmed."""
    if plan.state != JobState.DONE or plan.confirmed_at is not None:
        return []
    return duty_findings(plan.facility, answer.rounds)


def rounds_map(facility: Facility, rounds: Sequence[PlannedRound]) -> DrawnMap:
    """Each round as a line from the plant and back, with numbered stops."""
    home = (facility.lat, facility.lon)
    points = [MapPoint(*home, facility.name, kind="facility")]
    routes = []
    for shown in lettered(rounds):
        each = shown.planned
        label = f"{each.vehicle_name}, {each.on:%a %-d %b}"
        way = [point for trip in each.trips for point in (home, *((stop.lat, stop.lon) for stop in trip))]
        routes.append(MapRoute([*way, home], label, shown.tone))
        points += [
            MapPoint(
                stop.lat,
                stop.lon,
                f"{label}, stop {number}: {stop.place_name}",
                kind="site",
                number=f"{shown.letter}{number}",
                layer=shown.tone,
                detail=f"{mass(stop.magnet_grams)} of magnets, {stop.kg:,} kg to load",
            )
            for number, stop in enumerate(each.stops, start=1)
        ]
    return draw(title="Rounds", points=points, routes=routes, zoom_to_points=True)


def _tiles(answer: PlanAnswer) -> list[Tile]:
    totals = answer.totals
    where = f"{counted(totals.lots, 'lot')} at {counted(totals.stops, 'stop')}"
    return [
        Tile(
            mass(totals.saved_grams),
            "of magnets kept that would probably leave",
            note=f"{mass(totals.saved_dytb_grams)} of it dysprosium and terbium"
            if totals.saved_dytb_grams
            else "",
            tone="good",
        ),
        Tile(
            mass(totals.magnet_grams),
            f"of magnets in {where}",
            note=f"{mass_range(part_interval(answer.grams_of_lots()))}, in eight cases of ten",
        ),
        Tile(pounds(totals.cost_pence), f"for {totals.distance_metres / 1000:,.0f} km on the road"),
        Tile(
            totals.rounds,
            "round" if totals.rounds == 1 else "rounds",
            note=f"{counted(totals.omitted_stops, 'stop')} left out" if totals.omitted_stops else "",
        ),
    ]


def _request_rows(plan: Plan) -> list[SummaryRow]:
    settings = wishes_of(plan)
    days = counted(plan.days, "day")
    weekends = ", weekends too" if settings["with_weekends"] else ", Monday to Friday"
    apart = "with" if settings["with_preprocessing"] else "without"
    return [
        SummaryRow("Plant", plan.facility.name),
        SummaryRow("Days", f"{days} from {plan.from_on:%A %-d %B %Y}{weekends}"),
        SummaryRow(
            "Lots",
            f"{BOXES[settings['box']][0]} within {settings['reach_km']:,} km, {apart} lots to take apart",
        ),
        SummaryRow("Worth of a saved kilogram", f"{settings['saving_weight']:g} × market value"),
        SummaryRow("Elements", element_words(settings)),
    ] + [
        SummaryRow(label, counted(len(settings[name]), "lot"))
        for label, name in (("Left out by you", "without_lot_ids"), ("Insisted on", "must_lot_ids"))
        if settings[name]
    ]
