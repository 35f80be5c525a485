"""Rounds that will be driven: confirming a plan, naming a driver, unloading."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from django.db import IntegrityError, transaction

from collection.actions.booking import Booking, book_stops
from collection.actions.custody import LONDON
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.notifications import Notice, members_with, notify, notify_all
from collection.actions.references import next_references
from collection.models import (
    Facility,
    JobState,
    Lot,
    Membership,
    Pickup,
    PickupLot,
    PickupState,
    Plan,
    Round,
    RoundState,
    Unloading,
)
from collection.queries.duties import duty_findings
from collection.rules.appointments import Slot
from collection.rules.lifecycle import (
    RESERVE,
    STATE_LABELS,
    LotState,
    StateConflictError,
    Verb,
)
from collection.rules.planning.answer import PlanAnswer, PlannedRound, PlannedStop
from collection.rules.roles import Permission, Role, Viewer, require

HOLDERS_PEOPLE = (Role.COLLECTOR, Role.ORGANISATION_ADMIN)


class PlanTakenError(StateConflictError):
    """Some of the plan's lots or vehicles were taken meanwhile; nothing was reserved. Says exactly which."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.taken = list(taken)
        super().__init__(f"Nothing was booked: {'; '.join(self.taken)}. Plan again without them.")


class DutyError(StateConflictError):
    """The law does not let these rounds run as they are; nothing was reserved. Says what to put right."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = list(sentences)
        super().__init__(f"Nothing was booked. {' '.join(self.sentences)}")


def confirm_plan(viewer: Viewer, plan_id: int, *, at: dt.datetime) -> list[Round]:
    """Reserve every lot of the plan and make its rounds, all or nothing, and tell the holders.

    Confirming twice answers with the rounds made the first time. Raises PlanTakenError or DutyError.
    """
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        plan = Plan.objects.visible_to(viewer).select_related("facility").get(pk=plan_id)
        answer = _answer_to_confirm(plan, at)
        first = Plan.unscoped.filter(pk=plan.pk, state=JobState.DONE, confirmed_at__isnull=True).update(
            confirmed_at=at, confirmed_by_id=viewer.user_id
        )
        if not first:
            return list(Round.unscoped.filter(plan=plan))
        _check_duties(plan.facility_id, answer)
        reserve_lots(viewer, answer.lot_ids(), plan.reference, at)
        try:
            with transaction.atomic():
                rounds = _make_rounds(plan, answer.rounds, at)
        except IntegrityError as error:
            raise PlanTakenError(_vehicles_taken(answer.rounds)) from error
        pickups = book_stops(
            [
                Booking(made, number, stop, trip)
                for made, planned in zip(rounds, answer.rounds, strict=True)
                for number, (trip, stop) in enumerate(_by_trip(planned), start=1)
            ],
            at,
        )
        _tell_holders(pickups, plan, at)
    return rounds


def _check_duties(facility_id: int, answer: PlanAnswer) -> None:
    # The plant's row is held, so that two plans cannot both fit into the last of its tonnes.
    facility = Facility.objects.select_for_update().get(pk=facility_id)
    stops = [finding.sentence for finding in duty_findings(facility, answer.rounds) if finding.blocks]
    if stops:
        raise DutyError(stops)


def _answer_to_confirm(plan: Plan, at: dt.datetime) -> PlanAnswer:
    answer = PlanAnswer.from_json(plan.answer)
    if plan.state != JobState.DONE or not answer.rounds:
        raise StateConflictError(f"{plan.reference} has no rounds to confirm.")
    if plan.confirmed_at is None and min(each.starts_at for each in answer.rounds) < at:
        raise StateConflictError(
            f"{plan.reference} has a round that should have left by now. Plan again from a later day."
        )
    return answer


def reserve_lots(viewer: Viewer, lot_ids: list[int], words: str, at: dt.datetime) -> None:
    """All of these lots or none, for the viewer's organisation; `words` say in their history what for.

    Raises PlanTakenError. The caller holds a transaction.
    """
    # In one order, so that two planners wait for each other instead of locking each other out.
    lots = Lot.unscoped.filter(pk__in=lot_ids).order_by("pk").select_for_update()
    rows = list(lots.values_list("pk", "reference", "state"))
    own = Lot.objects.visible_to(viewer).filter(pk__in=lot_ids)
    visible = set(own.values_list("pk", flat=True))
    free = set(own.collectable().values_list("pk", flat=True))
    taken = [
        f"{reference} {_why_not(state, is_visible=pk in visible)}"
        for pk, reference, state in rows
        if pk not in free
    ]
    if taken:
        raise PlanTakenError(taken)
    move(lot_ids, RESERVE, at=at, reserved_by=viewer.organisation_id)
    record_events(lot_ids, Verb.RESERVED, at=at, recorded_at=at, viewer=viewer, words=words)
    mark_due(lot_ids, at=at)
    nudge(ASSESS_DUE)


def _why_not(state: str, *, is_visible: bool) -> str:
    if state != LotState.HELD:
        return f"is {STATE_LABELS[LotState(state)].lower()}"
    return "has hold points still open" if is_visible else "is not open to you any more"


def _make_rounds(plan: Plan, planned: Sequence[PlannedRound], at: dt.datetime) -> list[Round]:
    references = next_references("RND", at, len(planned))
    rounds = Round.unscoped.bulk_create(
        [
            Round(
                reference=reference,
                plan=plan,
                organisation_id=plan.organisation_id,
                facility_id=plan.facility_id,
                vehicle_id=each.vehicle_id,
                on=each.on,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                distance_metres=each.distance_metres,
                driving_minutes=each.driving_minutes,
                cost_pence=each.cost_pence,
            )
            for reference, each in zip(references, planned, strict=True)
        ]
    )
    Unloading.objects.bulk_create(
        Unloading(round=made, after_trip=number, planned_arrival_at=call.arrives_at)
        for made, each in zip(rounds, planned, strict=True)
        for number, call in enumerate(each.unloadings, start=1)
    )
    return rounds


def _by_trip(planned: PlannedRound) -> list[tuple[int, PlannedStop]]:
    return [(number, stop) for number, trip in enumerate(planned.trips, start=1) for stop in trip]


def _vehicles_taken(planned: Sequence[PlannedRound]) -> list[str]:
    taken = []
    for each in planned:
        rounds = Round.unscoped.filter(vehicle_id=each.vehicle_id, on=each.on)
        if rounds.exclude(state=RoundState.CANCELLED).exists():
            taken.append(f"{each.vehicle_name} has another round on {each.on:%-d %B}")
    return taken


def _tell_holders(pickups: Sequence[Pickup], plan: Plan, at: dt.datetime) -> None:
    def notice(pickup: Pickup, people: set[int]) -> Notice:
        slot = Slot(pickup.slot_starts_at or at, pickup.slot_ends_at or at).words
        when = f"{pickup.planned_arrival_at.astimezone(LONDON):%A %-d %B}"
        return Notice(
            user_ids=people,
            kind="pickup_booked",
            title=f"Pickup proposed for {when} at {pickup.place_name}",
            body=f"{plan.facility.name} proposes to fetch lots from {pickup.place_name} on {slot}. "
            "Please accept, ask for another time, or refuse.",
            url=f"/pickups/{pickup.reference}/",
            dedupe_key=f"booked {pickup.reference}",
        )

    tell_holders(pickups, notice, at)


def tell_holders(
    pickups: Sequence[Pickup], notice: Callable[[Pickup, set[int]], Notice], at: dt.datetime
) -> None:
    """Tell the people of each stop's holder something, once per notice's `dedupe_key`."""
    people = members_with({pickup.holder_id for pickup in pickups}, HOLDERS_PEOPLE)
    notify_all([notice(pickup, people[pickup.holder_id]) for pickup in pickups], at)


def assign_driver(viewer: Viewer, round_id: int, driver_id: int | None, *, at: dt.datetime) -> None:
    """Name who drives a round; nobody when `driver_id` is None. Raises StateConflictError."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        chosen = Round.objects.visible_to(viewer).select_related("vehicle").get(pk=round_id)
        if (
            driver_id is not None
            and not Membership.objects.filter(
                user_id=driver_id, organisation_id=chosen.organisation_id, role=Role.DRIVER.value
            ).exists()
        ):
            raise StateConflictError("Choose one of your own drivers.")
        changed = Round.unscoped.filter(
            pk=round_id, state__in=[RoundState.CONFIRMED, RoundState.UNDER_WAY]
        ).update(driver_id=driver_id)
        if not changed:
            raise StateConflictError(f"{chosen.reference} is over.")
        if driver_id is not None and driver_id != chosen.driver_id:
            notify(
                [driver_id],
                "round_assigned",
                f"You drive {chosen.reference} on {chosen.on:%A %-d %B}",
                f"Vehicle {chosen.vehicle.name}. The stops are on your round page.",
                f"/driving/{chosen.reference}/",
                f"assigned {chosen.reference} {at.isoformat()}",
                at,
            )


def close_unloaded_rounds(lot_ids: Iterable[int]) -> None:
    """A round is unloaded once no stop is open and none of its lots is on the road any more."""
    rounds = Round.unscoped.filter(
        state=RoundState.UNDER_WAY, pickups__lines__lot__in=list(lot_ids)
    ).distinct()
    for each in rounds:
        still_open = each.pickups.filter(state=PickupState.SCHEDULED).exists()
        on_board = PickupLot.objects.filter(
            pickup__round=each, state=PickupLot.State.COLLECTED, lot__state=LotState.IN_TRANSIT
        ).exists()
        if not still_open and not on_board:
            Round.unscoped.filter(pk=each.pk, state=RoundState.UNDER_WAY).update(state=RoundState.UNLOADED)
