"""The solver's plan in the planner's words: rounds on real days, marginal costs, reasons."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from collection.rules.planning.answer import (
    PlanAnswer,
    PlannedLot,
    PlannedRound,
    PlannedStop,
    PlannedUnloading,
    PlanTotals,
)
from collection.rules.planning.brief import DAY_S, MILLIPENCE, Brief, StopGroup
from collection.rules.planning.worth import ALIKE
from collection.rules.routing.diagnosis import diagnose
from collection.rules.routing.evaluation import RouteEvaluation, evaluate_route
from collection.rules.routing.problem import Plan, Route, Window
from collection.rules.spoken_mass import mass

LONDON = ZoneInfo("Europe/London")


def answer_of(brief: Brief, plan: Plan) -> PlanAnswer:
    """The whole plan, with the reason for every stop fetched and every stop left out."""
    rounds = tuple(_planned_round(brief, route, with_reasons=True) for route in plan.routes)
    omitted = tuple(
        planned_stop(brief.groups[omission.id], None, omission.reason) for omission in plan.omitted
    )
    answer = PlanAnswer(
        totals=_totals(brief, plan, rounds),
        rounds=tuple(sorted(rounds, key=lambda each: (each.on, each.vehicle_name))),
        omitted=tuple(sorted(omitted, key=lambda each: -each.saved_grams)),
        notes=(*diagnose(brief.problem), *_notes(brief)),
        roads=brief.roads,
        engine=plan.engine,
        objective=plan.objective,
        lower_bound=plan.lower_bound,
        expected_bound=plan.expected_bound,
    )
    return replace(answer, notes=(*answer.notes, answer.waiting_words)) if answer.waiting_words else answer


def sketch_of(brief: Brief, plan: Plan) -> PlanAnswer:
    """The plan as far as it is found, without reasons: quick enough for every progress report."""
    rounds = tuple(_planned_round(brief, route, with_reasons=False) for route in plan.routes)
    return PlanAnswer(totals=_totals(brief, plan, rounds), rounds=rounds, objective=plan.objective)


def _planned_round(brief: Brief, route: Route, *, with_reasons: bool) -> PlannedRound:
    vehicle_day = brief.vehicle_days[route.vehicle]
    judged = evaluate_route(brief.problem, route)
    groups = [brief.groups[key] for key in route.stops]
    earlier = _seconds_earlier(brief, judged)
    arrivals = {visit.stop: visit.arrives - earlier for visit in judged.visits}
    return PlannedRound(
        vehicle_id=vehicle_day.vehicle.vehicle_id,
        vehicle_name=vehicle_day.vehicle.name,
        on=vehicle_day.on,
        starts_at=_instant(brief, judged.leaves - earlier),
        ends_at=_instant(brief, judged.returns - earlier),
        distance_metres=judged.distance_m,
        driving_minutes=round(judged.drive_s / 60),
        break_minutes=round(judged.break_s / 60),
        cost_pence=round(judged.cost / MILLIPENCE),
        kg=sum(group.kg for group in groups),
        capacity_kg=vehicle_day.vehicle.capacity_kg,
        stops=tuple(
            planned_stop(
                group,
                _instant(brief, arrivals[group.key]) if group.key in arrivals else None,
                _why_fetched(brief, route, judged, group) if with_reasons else "",
            )
            for group in groups
        ),
        unloadings=tuple(
            PlannedUnloading(
                after=place,
                arrives_at=_instant(brief, call.arrives - earlier),
                leaves_at=_instant(brief, call.leaves - earlier),
            )
            for place, call in zip(route.reloads, judged.unloadings, strict=False)
        ),
    )


def _seconds_earlier(brief: Brief, judged: RouteEvaluation) -> int:
    """By how much the whole round can start sooner, changing nothing else.

    The judge times a round as late as it may be; people would rather be back early.
    """
    problem = brief.problem
    vehicle = problem.vehicles[problem.vehicle_index_of[judged.vehicle]]
    depot = problem.depots[problem.depot_node_of[vehicle.depot]]
    slack = [judged.leaves - vehicle.shift[0], judged.leaves - _opened(depot.open, judged.leaves)]
    # Unloading between two trips sets no limit: the plant was open when the vehicle left it.
    for visit in judged.visits:
        stop = problem.stops[problem.stop_index_of[visit.stop]]
        # Whoever waits at a gate already cannot come sooner without waiting longer.
        slack.append(
            0 if visit.starts > visit.arrives else visit.starts - _opened(stop.windows, visit.starts)
        )
    return max(0, min(slack))


def _opened(windows: tuple[Window, ...], moment: int) -> int:
    return max(opens for opens, closes in windows if opens <= moment <= closes)


def planned_stop(group: StopGroup, arrives_at: dt.datetime | None, why: str) -> PlannedStop:
    """One pickup to be, of these lots; `why` is the reason shown to planner and holder."""
    place = group.place
    return PlannedStop(
        key=group.key,
        holder_id=place.holder_id,
        holder_name=place.holder_name,
        site_id=place.site_id,
        place_name=place.place_name,
        lat=place.lat,
        lon=place.lon,
        arrives_at=arrives_at,
        service_minutes=group.service_minutes,
        kg=group.kg,
        magnet_grams=group.magnet_grams,
        saved_grams=group.saved_grams,
        why=why,
        lots=tuple(
            PlannedLot(
                lot_id=lot.lot_id,
                reference=lot.reference,
                product_name=lot.product_name,
                quantity_text=lot.quantity_text,
                gross_grams=lot.gross_grams,
                magnet_grams=lot.magnet_grams,
                saved_grams=lot.saved_grams,
            )
            for lot in group.lots
        ),
    )


def _why_fetched(brief: Brief, route: Route, judged: RouteEvaluation, group: StopGroup) -> str:
    """What the stop saves, against what it adds to its round (exact: the round without it, costed anew)."""
    without = route.without({group.key})
    if without.stops:
        rest = evaluate_route(brief.problem, without)
        extra_pence = round((judged.cost - rest.cost) / MILLIPENCE)
        extra_km = (judged.distance_m - rest.distance_m) / 1000
        cost = f"the round is {_pounds(extra_pence)} and {extra_km:,.0f} km longer for it"
    else:
        cost = (
            f"the whole round is for it: {_pounds(round(judged.cost / MILLIPENCE))}, "
            f"{judged.distance_m / 1000:,.0f} km"
        )
    weight = brief.wishes.saving_weight
    worth = _pounds(round(group.prize_pence * weight))
    if brief.wishes.element_weights != ALIKE:
        worth += " (as you weigh its elements)"
    elif weight != 1:
        worth += f" (at {weight:g} times market value)"
    return (
        f"{mass(group.saved_grams)} of its {mass(group.magnet_grams)} of magnets would "
        f"probably leave the country; keeping them is worth {worth}, and {cost}."
    )


def _totals(brief: Brief, plan: Plan, rounds: tuple[PlannedRound, ...]) -> PlanTotals:
    served = [brief.groups[key] for route in plan.routes for key in route.stops]
    ndpr, dy, tb = (
        sum(lot.element_grams[each] for group in served for lot in group.lots) for each in range(3)
    )
    return PlanTotals(
        rounds=len(rounds),
        stops=len(served),
        lots=sum(len(group.lots) for group in served),
        omitted_stops=len(brief.groups) - len(served),
        magnet_grams=sum(group.magnet_grams for group in served),
        saved_grams=sum(group.saved_grams for group in served),
        saved_ndpr_grams=round(ndpr),
        saved_dytb_grams=round(dy + tb),
        prize_pence=sum(group.prize_pence for group in served),
        cost_pence=sum(each.cost_pence for each in rounds),
        distance_metres=sum(each.distance_metres for each in rounds),
        driving_minutes=sum(each.driving_minutes for each in rounds),
    )


def _notes(brief: Brief) -> tuple[str, ...]:
    lots = [lot for group in brief.groups.values() for lot in group.lots]
    unweighed = sum(not lot.is_weighed for lot in lots)
    unscored = sum(not lot.is_scored for lot in lots)
    notes = []
    if brief.shut:
        places = sorted({lot.place_name for lot in brief.shut})
        some = ", ".join(places[:4]) + (" and others" if len(places) > 4 else "")
        notes.append(f"Closed on all of these days, so not looked at: {some}.")
    if unweighed:
        notes.append(
            f"{unweighed} of {len(lots)} lots were never weighed; their load is judged from the usual "
            "weight of the product."
        )
    if unscored:
        notes.append(
            f"{unscored} of {len(lots)} lots have no export risk yet and count at the average of the rest."
        )
    return tuple(notes)


def _instant(brief: Brief, second: int) -> dt.datetime:
    """The moment `second` seconds of wall-clock time after midnight of the first day."""
    days, rest = divmod(second, DAY_S)
    day = brief.wishes.from_on + dt.timedelta(days=days)
    local = dt.datetime.combine(day, dt.time(rest // 3600, rest % 3600 // 60), tzinfo=LONDON)
    return local.astimezone(dt.UTC)


def _pounds(pence: int) -> str:
    pounds = pence / 100
    return f"£{pounds:,.0f}" if abs(pounds) >= 20 else f"£{pounds:,.2f}"
