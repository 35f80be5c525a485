"""Plan rounds on the register from the command line; nothing is booked."""

import datetime as dt
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collection.actions.planning import run_next_plan
from collection.actions.plans import PlanRefusedError, PlanRequest, request_plan
from collection.models import Facility, JobState, Membership, Plan, Vehicle
from collection.queries.people import viewer_for
from collection.rules.planning.answer import PlanAnswer
from collection.rules.roles import Role, Viewer


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day. Write it as 2026-12-02.") from None


class Command(BaseCommand):
    help = "Plans rounds for a plant as its planner would, and prints them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--facility", required=True, help="code of the plant")
        parser.add_argument("--from", dest="from_on", required=True, type=_day)
        parser.add_argument("--days", type=int, default=5)
        parser.add_argument("--seconds", type=int, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--box", default="ndfeb")
        parser.add_argument("--reach-km", type=int, default=400)
        parser.add_argument(
            "--saving-weight", type=float, default=1.0, help="worth of a saved kilogram, times market value"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        facility = Facility.objects.filter(code=options["facility"]).first()
        if facility is None:
            known = ", ".join(Facility.objects.filter(accepts_lots=True).values_list("code", flat=True))
            raise CommandError(f"There is no plant “{options['facility']}”. Plants: {known}.")
        viewer = _planner_of(facility)
        vehicles = Vehicle.objects.visible_to(viewer).filter(depot=facility, is_active=True)
        request = PlanRequest(
            facility_id=facility.pk,
            from_on=options["from_on"],
            days=options["days"],
            vehicle_ids=list(vehicles.values_list("pk", flat=True)),
            box=options["box"],
            reach_km=options["reach_km"],
            saving_weight=options["saving_weight"],
            seconds=options["seconds"],
            seed=options["seed"],
        )
        try:
            plan = request_plan(viewer, request, at=timezone.now())
        except PlanRefusedError as refusal:
            option = "from" if refusal.field == "from_on" else refusal.field.replace("_", "-")
            raise CommandError(f"--{option}: {refusal.message}") from refusal
        self._wait_for(plan)
        self._print(plan)

    def _wait_for(self, plan: Plan) -> None:
        # A worker may have taken it already; whoever is first does the work.
        while plan.state in (JobState.WAITING, JobState.RUNNING):
            if not run_next_plan(timezone.now):
                time.sleep(0.5)
            plan.refresh_from_db()

    def _print(self, plan: Plan) -> None:
        if plan.state != JobState.DONE:
            raise CommandError(f"{plan.reference} is {plan.get_state_display().lower()}. {plan.error}")
        answer = PlanAnswer.from_json(plan.answer)
        totals = answer.totals
        self.stdout.write(
            f"{plan.reference}: {totals.rounds} rounds, {totals.stops} stops, {totals.lots} lots, "
            f"{totals.saved_grams / 1000:,.1f} kg of {totals.magnet_grams / 1000:,.1f} kg magnets kept, "
            f"{totals.distance_metres / 1000:,.0f} km, £{totals.cost_pence / 100:,.2f}"
        )
        for each in answer.rounds:
            self.stdout.write(f"\n{each.vehicle_name}, {each.on:%a %-d %b}, {each.kg:,} kg")
            for stop in each.stops:
                arrives = f"{timezone.localtime(stop.arrives_at):%H:%M}" if stop.arrives_at else "--:--"
                self.stdout.write(f"  {arrives} {stop.place_name}: {stop.why}")
        for stop in answer.omitted:
            self.stdout.write(f"left out {stop.place_name}: {stop.why}")


def _planner_of(facility: Facility) -> Viewer:
    planners = Membership.objects.filter(role=Role.PLANNER.value, organisation__facilities=facility)
    member = planners.select_related("user").order_by("pk").first()
    viewer = viewer_for(member.user, member.organisation_id) if member else None
    if viewer is None:
        raise CommandError(f"{facility.name} has nobody who may plan rounds. Add a planner first.")
    return viewer
