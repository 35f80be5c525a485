"""High-risk lots that a round of today could still fetch, every promise kept."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Band, Plan, Round, Score
from collection.queries.duties import findings_of_added
from collection.queries.live import LIVE_STATES, open_stops, plant_on, round_now
from collection.queries.pickups import collectable
from collection.queries.service_times import service_model_of
from collection.rules.appointments import LONDON
from collection.rules.planning.brief import StopGroup, kind_of_group, skills_of_group
from collection.rules.planning.candidates import Candidate, Plant, quarter_pallets
from collection.rules.planning.expected import LiveStop
from collection.rules.planning.today import Placement, fitted_in
from collection.rules.roles import Viewer
from collection.rules.waste_codes import spaced_codes

# What a vehicle that is out already may go round by; and how many places are tried, the most valuable first.
REACH_KM = 150
MOST_TRIED = 6


@dataclass(frozen=True, slots=True)
class Fitting:
    """Lots of one holder at one place, and where in the round they would be fetched.

    `worth_pence` is what keeping them is worth by the weights of the round's plan.
    """

    group: StopGroup
    placement: Placement
    worth_pence: int

    @property
    def lots(self) -> Sequence[Candidate]:
        return self.group.lots

    @property
    def lot_ids(self) -> str:
        """The ids of the lots as a form sends them."""
        return ",".join(str(lot.lot_id) for lot in self.lots)


def fittings(viewer: Viewer, chosen: Round, now: dt.datetime) -> list[Fitting]:
    """What the round could fetch besides, the most worth first. `chosen` comes from `queries.live.with_stops`.

    Only lots in the highest band, of the magnet family the round fetches, whose worth exceeds the extra
    cost; none that would make another stop late, that the plant has no permit or room for, or that the law
    keeps from this vehicle.
    """
    today = now.astimezone(LONDON).date()
    if chosen.on != today or chosen.state not in LIVE_STATES or chosen.broken_down_at is not None:
        return []
    # Not the plan itself: what it was made from is heavy.
    wishes = Plan.unscoped.values_list("settings", flat=True).get(pk=chosen.plan_id)
    weight = float(wishes.get("saving_weight", 1.0))
    plant = plant_on(chosen.facility, today, open_stops(chosen))
    found = []
    for group in _groups(viewer, chosen, plant, wishes.get("box", "ndfeb"), today)[:MOST_TRIED]:
        placement = _placement(chosen, plant, group, now)
        worth = round(group.prize_pence * weight)
        if placement is not None and not placement.late and worth > placement.pence:
            found.append(Fitting(group, placement, worth))
    return [each for each in found if not _is_unlawful(chosen, each)]


def fitting_of(viewer: Viewer, chosen: Round, lot_ids: frozenset[int], now: dt.datetime) -> Fitting | None:
    """The suggestion of exactly these lots, as the day stands now."""
    return next(
        (
            each
            for each in fittings(viewer, chosen, now)
            if frozenset(lot.lot_id for lot in each.lots) == lot_ids
        ),
        None,
    )


def _groups(viewer: Viewer, chosen: Round, plant: Plant, box: str, today: dt.date) -> list[StopGroup]:
    lots = collectable(viewer, chosen.facility, today, 1, box=box, reach_km=REACH_KM)
    high = set(
        Score.objects.filter(lot__in=[lot.lot_id for lot in lots], band=Band.HIGH).values_list(
            "lot", flat=True
        )
    )
    service = service_model_of(chosen.organisation_id)
    together: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for lot in lots:
        # Defence loads travel alone, so one is never added to a round.
        is_fit = not lot.is_defence and plant.may_take(lot.ewc_code)
        if lot.lot_id in high and lot.is_open_on(today) and is_fit:
            together[lot.holder_id, lot.site_id or (lot.lat, lot.lon), lot.is_hazardous].append(lot)
    groups = [StopGroup(each[0].place_name, tuple(each), service) for each in together.values()]
    return sorted(groups, key=lambda group: (-group.prize_pence, group.key))


def _placement(chosen: Round, plant: Plant, group: StopGroup, now: dt.datetime) -> Placement | None:
    midnight = dt.datetime.combine(chosen.on, dt.time(), tzinfo=LONDON)
    live = round_now(chosen, now).live
    stop = _live_stop(group, chosen.on)
    found = fitted_in([live], plant, stop, midnight=round(midnight.timestamp()), now=round(now.timestamp()))
    return found if isinstance(found, Placement) else None


def _live_stop(group: StopGroup, day: dt.date) -> LiveStop:
    place, service_s = group.place, group.service_minutes * 60
    opens = round(dt.datetime.combine(day, place.opens_at, tzinfo=LONDON).timestamp())
    closes = round(dt.datetime.combine(day, place.closes_at, tzinfo=LONDON).timestamp()) - service_s
    return LiveStop(
        key=f"lots-{min(lot.lot_id for lot in group.lots)}",
        place_name=place.place_name,
        lat=place.lat,
        lon=place.lon,
        service_s=service_s,
        opens=opens,
        closes=max(opens, closes),
        slot_starts=opens,
        slot_ends=max(opens, closes),
        kg=group.kg,
        quarter_pallets=quarter_pallets(group.kg),
        skills=skills_of_group(group),
        codes=spaced_codes(lot.ewc_code for lot in group.lots),
        kept_apart=kind_of_group(group),
    )


def _is_unlawful(chosen: Round, fitting: Fitting) -> bool:
    return any(finding.blocks for finding in findings_of_added(chosen, fitting.lots))
