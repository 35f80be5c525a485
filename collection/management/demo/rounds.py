"""Rounds of the demonstration: booked, driven, weighed in and processed by the product's own actions."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from collection.actions.booking import promised_slot
from collection.actions.collections import CollectedLine, record_collection
from collection.actions.lifecycle import move, record_events
from collection.actions.proposals import accept_pickup, ask_for_other_time, offered_slots
from collection.actions.receipts import Weighing, process, receive
from collection.actions.references import next_reference
from collection.actions.regular_rounds import RegularRoundRequest, save_regular_round
from collection.management.demo.cast import PLANTS
from collection.models import (
    Facility,
    FailureReason,
    JobState,
    Lot,
    Membership,
    Organisation,
    Pickup,
    PickupLot,
    Plan,
    Round,
    RoundState,
    Vehicle,
)
from collection.queries.people import viewer_for
from collection.rules.appointments import LONDON, USUALLY_OPENS
from collection.rules.geodesy import great_circle_metres
from collection.rules.lifecycle import RESERVE, Verb
from collection.rules.planning.expected import way_driven
from collection.rules.roles import Role, Viewer

# Who is asked and has not answered; and how a lorry gets about.
ASKED, ASKED_BY = "demo-clyde-scrap", "demo-long-loop"
ROADS_LONGER, LORRY_KMH = 1.3, 62.0
ACROSS = "Northern Ireland"
FERRY, LOADING, NO_TIME = dt.timedelta(minutes=135), dt.timedelta(minutes=30), dt.timedelta()
LONGEST_DAY = dt.timedelta(hours=9)


@dataclass(frozen=True)
class Told:
    """A lot of the story with what is to become of it, and on which day."""

    lot: Lot
    fate: str
    on: dt.datetime


def point_of(lot: Lot) -> tuple[float, float]:
    """Where a lot of the story is; every place of the cast has a point."""
    if lot.lat is None or lot.lon is None:
        raise LookupError(f"{lot.reference} has no point.")
    return lot.lat, lot.lon


def _within_a_day(start: dt.datetime, arrivals: Sequence[dt.datetime]) -> list[dt.datetime]:
    """The story's lots lie where they lie; a round of the past that took too long is told as a faster one."""
    faster = min(1.0, LONGEST_DAY / (arrivals[-1] - start))
    return [start + (arrival - start) * faster for arrival in arrivals]


def _on_the_road(here: tuple[float, float], there: tuple[float, float]) -> dt.timedelta:
    kilometres = float(great_circle_metres(*here, *there)) / 1000 * ROADS_LONGER
    return dt.timedelta(hours=kilometres / LORRY_KMH)


def _until_it_opens(lot: Lot, at: dt.datetime) -> dt.timedelta:
    """How long a vehicle that comes then waits at the gate."""
    opens = lot.site.opens_at if lot.site else USUALLY_OPENS
    return max(NO_TIME, dt.datetime.combine(at.astimezone(LONDON).date(), opens, tzinfo=LONDON) - at)


class Rounds:
    """Fetches lots of the story with the vehicles of the demonstration's plants.

    `random` is the story's own generator, so that a seed still tells one story.
    """

    def __init__(
        self,
        random: np.random.Generator,
        now: dt.datetime,
        organisations: Mapping[str, Organisation],
        holders: Sequence[Viewer],
    ) -> None:
        self.random, self.now = random, now
        self.organisations, self.holders = organisations, holders

    def collect(self, told: list[Told]) -> None:
        """Lots that are fetched go in rounds: the same plant, the same ten days, the same nation."""
        groups: dict[tuple[str, int, str], list[Told]] = defaultdict(list)
        for one in told:
            period = (self.now - one.on).days // 10
            groups[self._plant_slug(one.lot), period, one.lot.nation].append(one)
        for (slug, _, _), members in sorted(groups.items(), key=lambda item: -item[0][1]):
            for start in range(0, len(members), 6):
                self._round(slug, members[start : start + 6])

    def _plant_slug(self, lot: Lot) -> str:
        route = lot.estimates.get(is_current=True).route_code
        if route == "long_loop_hydromet" or lot.nation == "Northern Ireland":
            return "demo-long-loop" if not lot.is_defence else "demo-short-loop"
        return "demo-short-loop"

    def _round(self, slug: str, members: list[Told]) -> None:
        latest = max(one.on for one in members)
        start = latest.replace(hour=7, minute=0)
        if start + dt.timedelta(hours=10) > self.now:
            start -= dt.timedelta(days=1)
        start = max(start, *(one.lot.logged_at + dt.timedelta(hours=1) for one in members))
        planner, driver = self._staff(slug)
        facility = Facility.objects.get(code=PLANTS[slug])
        members = self._in_turn(facility, members)
        arrivals = _within_a_day(start, self._arrivals(facility, [one.lot for one in members], start))
        round_ = self._make_round(slug, facility, members, start, planner, driver, arrivals)
        if round_ is None:
            return
        for pickup in round_.pickups.order_by("sequence"):
            self._visit(pickup, driver)
        Round.unscoped.filter(pk=round_.pk).update(left_at=start, returned_at=round_.ends_at)
        self._unload(round_, facility, planner)

    def _in_turn(self, facility: Facility, members: Sequence[Told]) -> list[Told]:
        """From the plant to the nearest one, from there to the nearest one left."""
        here, waiting, found = (facility.lat, facility.lon), list(members), []
        while waiting:
            nearest = min(waiting, key=lambda one: float(great_circle_metres(*here, *point_of(one.lot))))
            waiting.remove(nearest)
            found.append(nearest)
            here = point_of(nearest.lot)
        return found

    def _make_round(
        self,
        slug: str,
        facility: Facility,
        members: list[Told],
        start: dt.datetime,
        planner: Viewer,
        driver: Viewer,
        arrivals: Sequence[dt.datetime],
    ) -> Round | None:
        """A booked round; its stops are reached at `arrivals`, of which the last is the plant again."""
        organisation = self.organisations[slug]
        taken = Round.unscoped.filter(on=start.date(), organisation=organisation).values("vehicle_id")
        vehicle = Vehicle.unscoped.filter(organisation=organisation).exclude(pk__in=taken).first()
        if vehicle is None:
            return None
        asked = min(start, self.now) - dt.timedelta(days=1)
        plan = Plan.unscoped.create(
            reference=next_reference("PLN", asked),
            organisation=organisation,
            facility=facility,
            requested_by_id=planner.user_id,
            from_on=start.date(),
            days=1,
            state=JobState.DONE,
            requested_at=asked,
            finished_at=asked,
            confirmed_at=asked,
            confirmed_by_id=planner.user_id,
        )
        plan.vehicles.add(vehicle)
        plant, ends_at = (facility.lat, facility.lon), arrivals[-1]
        way = [plant, *(point_of(one.lot) for one in members), plant]
        metres, driving_s = way_driven(way, vehicle.profile)
        hours = (ends_at - start) / dt.timedelta(hours=1)
        round_ = Round.unscoped.create(
            reference=next_reference("RND", start),
            plan=plan,
            organisation=organisation,
            facility=facility,
            vehicle=vehicle,
            driver_id=driver.user_id,
            on=start.date(),
            state=RoundState.CONFIRMED,
            starts_at=start,
            ends_at=ends_at,
            distance_metres=metres,
            driving_minutes=round(min(driving_s / 60, hours * 60)),
            cost_pence=round(
                vehicle.cost_per_day_pence
                + metres / 1000 * vehicle.cost_per_km_pence
                + hours * vehicle.cost_per_hour_pence
            ),
        )
        lot_ids = [one.lot.pk for one in members]
        booked = min(start, self.now)
        move(lot_ids, RESERVE, at=booked, reserved_by=organisation.pk)
        words = round_.reference
        record_events(lot_ids, Verb.RESERVED, at=booked, recorded_at=booked, viewer=planner, words=words)
        for sequence, (one, arrival) in enumerate(zip(members, arrivals[:-1], strict=True), start=1):
            self._make_pickup(round_, sequence, one, arrival)
        return round_

    def book_next_days(self, waiting: list[Told]) -> None:
        """A round today and one tomorrow for each plant, so that drivers and yards have work; a proposal that
        waits for the collector's answer; and a round that comes again every week."""
        ready = [one for one in waiting if not one.lot.is_defence or one.lot.holds_cleared_at]
        booked: set[int] = set()
        for slug in PLANTS:
            facility = Facility.objects.get(code=PLANTS[slug])
            suitable = self._nearest(facility, [one for one in ready if self._plant_slug(one.lot) == slug])
            for day in range(2):
                members = suitable[day * 4 : day * 4 + 4]
                booked |= {one.lot.pk for one in members}
                round_ = self._book(slug, facility, members, day)
                if round_ is not None:
                    self._answer(round_)
            if slug == "demo-short-loop":
                self._come_every_week(slug, facility, [one.lot for one in suitable])
        self._propose([one for one in ready if one.lot.pk not in booked])

    def _propose(self, free: list[Told]) -> None:
        """Left without an answer: the collector of the sign-ins finds it on the home page. The plant across
        the sea leaches any neodymium magnet, and is the nearest one whose lorry is there and back in a day."""
        holder = self.organisations[ASKED].pk
        asked = [one for one in free if one.lot.holder_id == holder and one.lot.magnet_family == "NdFeB"]
        facility = Facility.objects.get(code=PLANTS[ASKED_BY])
        self._book(ASKED_BY, facility, self._nearest(facility, asked)[:2], 2)

    def _nearest(self, facility: Facility, told: list[Told]) -> list[Told]:
        return sorted(told, key=lambda one: self._metres(facility, one.lot))

    def _book(self, slug: str, facility: Facility, members: list[Told], days_ahead: int) -> Round | None:
        if not members:
            return None
        planner, driver = self._staff(slug)
        day = self.now + dt.timedelta(days=days_ahead)
        while days_ahead > 1 and day.weekday() > 4:
            day += dt.timedelta(days=1)
        start = day.replace(hour=7, minute=0, second=0, microsecond=0)
        arrivals = self._arrivals(facility, [one.lot for one in members], start)
        # It leaves so late that no yard is still closed when it comes.
        later = max(_until_it_opens(one.lot, at) for one, at in zip(members, arrivals, strict=False))
        arrivals = [at + later for at in arrivals]
        return self._make_round(slug, facility, members, start + later, planner, driver, arrivals)

    def _arrivals(self, facility: Facility, lots: Sequence[Lot], start: dt.datetime) -> list[dt.datetime]:
        """When each stop is reached, and last of all the plant again; half an hour at every stop."""
        places = [(facility.lat, facility.lon), *map(point_of, lots), (facility.lat, facility.lon)]
        nations = [facility.nation, *(lot.nation for lot in lots), facility.nation]
        at, arrivals = start, []
        for (here, there), (left, reached) in zip(pairwise(places), pairwise(nations), strict=True):
            at += _on_the_road(here, there) + (FERRY if (left == ACROSS) != (reached == ACROSS) else NO_TIME)
            arrivals.append(at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0))
            at += LOADING
        return arrivals

    def _come_every_week(self, slug: str, facility: Facility, lots: Sequence[Lot]) -> None:
        sites = list(dict.fromkeys(lot.site_id for lot in lots if lot.site_id))[:4]
        vehicle = Vehicle.unscoped.filter(organisation=self.organisations[slug], profile="van").first()
        if not sites or vehicle is None:
            return
        wanted = RegularRoundRequest(
            name="Nearest yards on Thursdays",
            facility_id=facility.pk,
            vehicle_id=vehicle.pk,
            site_ids=sites,
            weekdays=[3],
            starts_on=self.now.date(),
        )
        save_regular_round(self._staff(slug)[0], wanted)

    def _answer(self, round_: Round) -> None:
        """Most holders have answered; one would rather have another time."""
        pickups = list(round_.pickups.select_related("round__facility", "site").order_by("sequence"))
        for number, pickup in enumerate(pickups):
            viewer = next(v for v in self.holders if v.organisation_id == pickup.holder_id)
            offered = offered_slots(pickup, self.now)
            if number == 1 and offered and pickup.planned_arrival_at > self.now:
                ask_for_other_time(
                    viewer, pickup.pk, offered[-1], words="The weighbridge is booked", at=self.now
                )
            elif number != 2:
                accept_pickup(viewer, pickup.pk, at=self.now)

    def _metres(self, facility: Facility, lot: Lot) -> float:
        lat, lon = point_of(lot)
        return float(great_circle_metres(facility.lat, facility.lon, lat, lon))

    def _make_pickup(self, round_: Round, sequence: int, one: Told, arrival: dt.datetime) -> None:
        lot = one.lot
        slot = promised_slot(arrival, lot.site)
        pickup = Pickup.unscoped.create(
            reference=next_reference("PUP", arrival),
            round=round_,
            sequence=sequence,
            holder_id=lot.holder_id,
            site_id=lot.site_id,
            place_name=lot.site.name if lot.site else lot.outcode,
            lat=point_of(lot)[0],
            lon=point_of(lot)[1],
            planned_arrival_at=arrival,
            service_minutes=25,
            slot_starts_at=slot.starts_at,
            slot_ends_at=slot.ends_at,
        )
        PickupLot.objects.create(
            pickup=pickup,
            lot=lot,
            planned_gross_grams=self._gross(lot),
            planned_magnet_grams=lot.magnet_grams,
            planned_saved_grams=round(lot.magnet_grams * 0.4),
        )

    def _gross(self, lot: Lot) -> int:
        return lot.gross_grams or lot.magnet_grams * 8

    def _visit(self, pickup: Pickup, driver: Viewer) -> None:
        lines = []
        for line in pickup.lines.select_related("lot"):
            luck = self.random.random()
            quantity, reason = line.lot.quantity, ""
            if luck < 0.04:
                quantity, reason = Decimal(0), FailureReason.NOT_READY.value
            elif luck < 0.10 and line.lot.unit == "items" and quantity > 4:
                quantity = Decimal(int(quantity * Decimal("0.7")))
            weighed = int(
                self._gross(line.lot) * self.random.uniform(0.98, 1.02) * float(quantity / line.lot.quantity)
            )
            lines.append(
                CollectedLine(
                    lot_id=line.lot_id, quantity=quantity, gross_grams=weighed or None, failure_reason=reason
                )
            )
        record_collection(
            driver,
            pickup.pk,
            lines,
            submission_id=uuid.UUID(bytes=self.random.bytes(16), version=4),
            at=pickup.planned_arrival_at,
            arrived_at=pickup.planned_arrival_at - self._minutes_at(pickup),
            signed_by="Demonstration signature",
        )

    def _minutes_at(self, pickup: Pickup) -> dt.timedelta:
        """Papers, then handling by weight, some yards slower than others, never twice the same."""
        kg = sum(line.planned_gross_grams for line in pickup.lines.all()) / 1000
        slow = 1 + (pickup.site_id or 0) % 5
        minutes = 9 + slow + 16 * min(kg, 4000) / 1000 + float(self.random.normal(0, 3))
        return dt.timedelta(minutes=max(4.0, minutes))

    def _unload(self, round_: Round, facility: Facility, planner: Viewer) -> None:
        """Most loads are weighed in the same day and processed within weeks; the newest still stand about."""
        collected = PickupLot.objects.filter(pickup__round=round_, state=PickupLot.State.COLLECTED)
        age = (self.now - round_.ends_at).days
        for line in collected.select_related("lot"):
            if age < 2 and self.random.random() < 0.6:
                continue
            self._receive(line, facility, planner, round_.ends_at)
            if age > 14 and self.random.random() < 0.92:
                self._process(
                    line.lot, planner, round_.ends_at + dt.timedelta(days=float(self.random.uniform(2, 13)))
                )
        if not Lot.unscoped.filter(pickup_lots__pickup__round=round_, state="in_transit").exists():
            Round.unscoped.filter(pk=round_.pk).update(state=RoundState.UNLOADED)

    def _receive(self, line: PickupLot, facility: Facility, planner: Viewer, at: dt.datetime) -> None:
        lot = line.lot
        net = line.collected_gross_grams or self._gross(lot)
        tare = int(self.random.integers(15_000, 40_000))
        magnets = None
        if self.random.random() < 0.45:
            estimate = lot.estimates.get(is_current=True)
            spread = max(0.05, (estimate.magnet_high_grams / max(estimate.magnet_central_grams, 1) - 1) / 2)
            magnets = min(int(lot.magnet_grams * float(np.exp(self.random.normal(-0.02, spread)))), net)
        receive(
            planner,
            lot.pk,
            Weighing(gross_grams=net + tare, tare_grams=tare, magnet_grams=magnets),
            facility_id=facility.pk,
            submission_id=uuid.UUID(bytes=self.random.bytes(16), version=4),
            at=at,
        )

    def _process(self, lot: Lot, planner: Viewer, at: dt.datetime) -> None:
        lot.refresh_from_db()
        process(
            planner,
            lot.pk,
            retained_grams=int(lot.magnet_grams * self.random.uniform(0.86, 0.97)),
            batch=f"DEMO-{at:%y%m%d}-{lot.pk}",
            route_code=lot.estimates.get(is_current=True).route_code,
            submission_id=uuid.UUID(bytes=self.random.bytes(16), version=4),
            at=at,
        )

    def _staff(self, slug: str) -> tuple[Viewer, Viewer]:
        members = Membership.objects.filter(organisation=self.organisations[slug])
        planner = members.filter(role=Role.PLANNER.value).select_related("user").first()
        driver = members.filter(role=Role.DRIVER.value).select_related("user").first()
        if planner is None or driver is None:
            raise LookupError(f"{slug} has no planner or no driver.")
        found = viewer_for(planner.user), viewer_for(driver.user)
        if found[0] is None or found[1] is None:
            raise LookupError(f"{slug} has no planner or no driver.")
        return found[0], found[1]
