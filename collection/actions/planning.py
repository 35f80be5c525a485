"""Working plans off: the lease, the search, the progress on the row. Run by a worker, safe to run twice."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from collection.actions.jobs import finish, lease_next, renew
from collection.actions.plans import wishes_of
from collection.models import JobState, Plan
from collection.queries.people import viewer_for
from collection.queries.plan_snapshots import read_snapshot, snapshot_of
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import Brief
from collection.rules.planning.changes import Change, constrained
from collection.rules.planning.interpretation import answer_of, sketch_of
from collection.rules.planning.snapshot import Snapshot
from collection.rules.planning.standing import plan_standing
from collection.rules.planning.weighing import weight_costs
from collection.rules.roles import Permission, Viewer
from collection.rules.routing import NoFeasiblePlan, diagnose, solve
from collection.rules.routing.problem import Plan as RoutePlan
from collection.rules.routing.problem import Problem

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]

# A killed worker's plan is taken up by another after this long; a living one renews every second or so.
LEASE = dt.timedelta(seconds=30)
MOST_ATTEMPTS = 3
REPORT_EVERY = dt.timedelta(seconds=1)
# What a weight costs is searched for in a tenth of the plan's own time.
COMPARISONS_IN_A_SEARCH = 10
SHORTEST_COMPARISON_S = 1.0
LOOK_EVERY = dt.timedelta(milliseconds=400)


def run_next_plan(clock: Clock) -> bool:
    """Take the oldest waiting plan, or one whose worker died, and work it off. False when nothing waits."""
    plan = lease_next(Plan.unscoped.all(), now=clock(), lease=LEASE)
    if plan is None:
        return False
    run_plan(plan, clock)
    return True


def run_plan(plan: Plan, clock: Clock) -> None:
    """Work off a leased plan. Whoever lost the lease meanwhile writes nothing."""
    if plan.attempts > MOST_ATTEMPTS:
        words = "The search broke off three times. Try a smaller reach, fewer days or fewer seconds."
        finish(plan, now=clock(), state=JobState.FAILED, error=words)
        return
    viewer = viewer_for(plan.requested_by, plan.organisation_id) if plan.requested_by else None
    if viewer is None or not viewer.may(Permission.PLAN_ROUNDS):
        words = "Whoever asked for this plan may not plan rounds any more."
        finish(plan, now=clock(), state=JobState.FAILED, error=words)
        return
    snapshot = _snapshot_for(plan, viewer)
    brief = _changed(snapshot, plan)
    watch = _Watch(plan, brief, clock)
    try:
        found = solve(
            brief.problem,
            seconds=plan.seconds,
            seed=plan.seed,
            warm_start=_standing(brief, plan),
            on_progress=watch.report,
            should_stop=watch.should_stop,
        )
    except NoFeasiblePlan:
        finish(plan, now=clock(), state=JobState.FAILED, error=_why_impossible(brief))
        return
    if watch.lease_lost:
        logger.warning("%s was taken over by another worker.", plan.reference)
        return
    if watch.cancelled:
        finish(plan, now=clock(), state=JobState.CANCELLED)
        return
    answer = answer_of(brief, found)
    answer = replace(answer, weight_costs=weight_costs(brief, found, partial(_without_weight, plan, watch)))
    if watch.lease_lost:
        return
    finish(
        plan,
        now=clock(),
        state=JobState.DONE,
        problem=snapshot.as_json(),
        answer=answer.as_json(),
        progress=watch.progress(found),
    )


def _without_weight(
    plan: Plan, watch: "_Watch", problem: Problem, found: RoutePlan
) -> tuple[RoutePlan, float] | None:
    """The plan a weight kept away, looked for from the one it led to; nothing when the planner gives up."""
    seconds = max(SHORTEST_COMPARISON_S, plan.seconds / COMPARISONS_IN_A_SEARCH)
    other = solve(problem, seconds=seconds, seed=plan.seed, warm_start=found, should_stop=watch.is_given_up)
    return None if watch.cancelled or watch.lease_lost else (other, other.seconds)


def _why_impossible(brief: Brief) -> str:
    findings = diagnose(brief.problem)
    found = " ".join(findings) if findings else "No plan was found that fetches every lot you insist on."
    return f"{found} Insist on fewer, or plan with more days or vehicles."


def _snapshot_for(plan: Plan, viewer: Viewer) -> Snapshot:
    """What was kept with the plan this one changes, else the register as it stands now."""
    return snapshot_of(plan) if plan.problem else read_snapshot(plan, viewer, wishes_of(plan))


def brief_for(plan: Plan, viewer: Viewer) -> Brief:
    """What the plan is about, with every change made by hand."""
    return _changed(_snapshot_for(plan, viewer), plan)


def _changed(snapshot: Snapshot, plan: Plan) -> Brief:
    brief = snapshot.brief()
    changes = [Change.from_json(each) for each in plan.changes]
    return replace(brief, problem=constrained(brief.problem, changes))


def _standing(brief: Brief, plan: Plan) -> RoutePlan | None:
    """The plan this one goes on from, to start the search with."""
    if plan.based_on is None or not plan.based_on.answer:
        return None
    return plan_standing(brief, PlanAnswer.from_json(plan.based_on.answer))


class _Watch:
    """Between the search and the row: writes progress, keeps the lease, hears the wish to stop."""

    def __init__(self, plan: Plan, brief: Brief, clock: Clock) -> None:
        self.plan = plan
        self.brief = brief
        self.clock = clock
        self.started_at = self.reported_at = self.looked_at = clock()
        self.best: RoutePlan | None = None
        self.cancelled = False
        self.lease_lost = False
        self.is_enough = False
        self._write()

    def report(self, best: RoutePlan) -> None:
        """A better plan was found; it reaches the row at most once a second, the first one at once."""
        is_first = self.best is None
        self.best = best
        if is_first or self.clock() - self.reported_at >= REPORT_EVERY:
            self._write()

    def is_given_up(self) -> bool:
        """As `should_stop`, but not where the planner is content with the best so far."""
        self.should_stop()
        return self.cancelled or self.lease_lost

    def should_stop(self) -> bool:
        now = self.clock()
        if now - self.looked_at >= LOOK_EVERY:
            self.looked_at = now
            self._look()
            if now - self.reported_at >= REPORT_EVERY:
                self._write()
        return self.cancelled or self.lease_lost or self.is_enough

    def progress(self, best: RoutePlan | None) -> dict[str, object]:
        sketch = sketch_of(self.brief, best) if best else PlanAnswer()
        return {
            "seconds": round((self.clock() - self.started_at).total_seconds(), 1),
            "candidate_stops": len(self.brief.groups),
            "sketch": sketch.as_json(),
        }

    def _look(self) -> None:
        row = (
            Plan.unscoped.filter(pk=self.plan.pk)
            .values_list("cancel_requested_at", "lease_token", "settings")
            .get()
        )
        self.cancelled = row[0] is not None
        self.lease_lost = row[1] != self.plan.lease_token
        self.is_enough = bool(row[2].get("is_enough"))

    def _write(self) -> None:
        self.reported_at = self.clock()
        kept = renew(self.plan, now=self.reported_at, lease=LEASE, progress=self.progress(self.best))
        self.lease_lost = self.lease_lost or not kept
