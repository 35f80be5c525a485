"""What waits for a planner today, in a handful of aggregates."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Sum

from collection.models import (
    Facility,
    Flag,
    HolderAnswer,
    JobState,
    Lot,
    Pickup,
    PickupState,
    Plan,
    Round,
    Score,
    Vehicle,
)
from collection.queries.content_sums import magnet_interval
from collection.queries.flags import count_up_to, flags_of
from collection.queries.receiving import loads_in_transit, receipts_to_process
from collection.queries.rounds import rounds_from
from collection.rules.content import Spread
from collection.rules.lifecycle import LotState
from collection.rules.roles import Viewer

FLAGS_SHOWN = 5
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerDay:
    """Figures and short lists of the planner's home page. Masses are grams of magnet; flags are counted up to
    MOST_COUNTED."""

    has_plant: bool
    has_vehicle: bool
    held: Spread
    at_risk_grams: int
    flags: list[Flag]
    flag_count: int
    plans_under_way: int
    plans_to_confirm: list[Plan]
    rounds: list[Round]
    rounds_today: int
    stops_asking: int
    stops_late: int
    loads_to_weigh_in: int
    loads_to_process: int


def planner_day(viewer: Viewer, today: dt.date) -> PlannerDay:
    """Everything the home page shows; the number of queries does not depend on the data."""
    held = Lot.objects.visible_to(viewer).filter(state=LotState.HELD)
    scores = Score.objects.filter(lot__in=held.order_by().values("pk"))
    flags = flags_of(viewer).filter(closed_at__isnull=True, lot__state=LotState.HELD)
    plans = Plan.objects.visible_to(viewer)
    rounds = list(rounds_from(viewer, today, 7))
    stops = Pickup.objects.visible_to(viewer).filter(state=PickupState.SCHEDULED).order_by()
    return PlannerDay(
        has_plant=Facility.objects.filter(organisation_id=viewer.organisation_id, accepts_lots=True).exists(),
        has_vehicle=Vehicle.objects.visible_to(viewer).filter(is_active=True).exists(),
        held=magnet_interval(held),
        at_risk_grams=scores.aggregate(grams=Sum("expected_export_grams"))["grams"] or 0,
        flags=list(flags.order_by("-opened_at", "-pk")[:FLAGS_SHOWN]),
        flag_count=count_up_to(flags, MOST_COUNTED),
        plans_under_way=plans.filter(state__in=[JobState.WAITING, JobState.RUNNING]).count(),
        plans_to_confirm=list(
            plans.filter(state=JobState.DONE, confirmed_at__isnull=True, from_on__gte=today)
            .filter(answer__totals__rounds__gt=0)
            .select_related("facility")
            .order_by("-pk")[:5]
        ),
        rounds=rounds,
        rounds_today=sum(each.on == today for each in rounds),
        stops_asking=stops.filter(answer=HolderAnswer.OTHER_TIME).count(),
        stops_late=stops.filter(round__on=today, expected_arrival_at__gt=F("slot_ends_at")).count(),
        loads_to_weigh_in=loads_in_transit(viewer).order_by().count(),
        loads_to_process=receipts_to_process(viewer).order_by().count(),
    )
