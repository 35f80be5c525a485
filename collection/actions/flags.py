"""Telling people about newly opened flags: recyclers who take that route and are within reach, regulators."""

import datetime as dt
from zoneinfo import ZoneInfo

from collection.actions.notifications import members_with, notify
from collection.models import Band, Facility, Flag, Lot, Organisation, RiskOverride
from collection.rules.geodesy import great_circle_metres
from collection.rules.roles import OrganisationKind, Role

# A day's round trip with loading: the far north of Scotland is beyond it, Great Britain's middle is not.
REACH_METRES = 500_000
LONDON = ZoneInfo("Europe/London")


def announce_open_flags(*, at: dt.datetime, limit: int = 500) -> int:
    """Tell the people concerned about every flag not yet announced; safe to run twice and at once.

    The notification's own key makes it once per person and opening, so a flag is marked after it was told.
    """
    flags = list(
        Flag.objects.filter(closed_at=None, announced_at=None)
        .select_related("lot__product", "lot__holder")
        .order_by("pk")[:limit]
    )
    if not flags:
        return 0
    plants = list(Facility.objects.filter(accepts_lots=True, organisation__isnull=False))
    regulators = list(Organisation.objects.filter(kind=OrganisationKind.REGULATOR))
    routes = dict(
        Lot.unscoped.filter(pk__in=[f.lot_id for f in flags], estimates__is_current=True).values_list(
            "pk", "estimates__route_code"
        )
    )
    cleared = set(Organisation.objects.filter(is_defence_cleared=True).values_list("pk", flat=True))
    wanted = {
        flag.pk: _organisations_to_tell(flag.lot, routes.get(flag.lot_id, ""), plants, regulators, cleared)
        for flag in flags
    }
    members = members_with(set().union(*wanted.values()), [Role.PLANNER, Role.REGULATOR])
    overrides = {
        override.lot_id: override
        for override in RiskOverride.objects.filter(lot__in=[f.lot_id for f in flags], ended_at=None)
    }
    for flag in flags:
        people = set().union(*(members[pk] for pk in wanted[flag.pk])) if wanted[flag.pk] else set()
        _tell(flag, overrides.get(flag.lot_id), people, at)
    Flag.objects.filter(pk__in=[flag.pk for flag in flags], announced_at=None).update(announced_at=at)
    return len(flags)


def _organisations_to_tell(
    lot: Lot, route_code: str, plants: list[Facility], regulators: list[Organisation], cleared: set[int]
) -> set[int]:
    takers = {
        plant.organisation_id
        for plant in plants
        if plant.organisation_id is not None and _takes(plant, route_code) and _within_reach(plant, lot)
    }
    overseers = {body.pk for body in regulators if body.nation in ("", lot.nation)}
    told = takers | overseers
    return told & cleared if lot.is_defence else told


def _takes(plant: Facility, route_code: str) -> bool:
    """Material that must be opened first, or that may be re-melted, goes to the short-loop plant's gate."""
    gate = {"hpms_remelt": "short_loop_hpms", "direct_reuse": "short_loop_hpms", "preprocess_first": "any"}
    wanted = gate.get(route_code, route_code)
    return wanted == "any" or plant.route_code == wanted


def _within_reach(plant: Facility, lot: Lot) -> bool:
    if lot.lat is None or lot.lon is None:
        return True
    return bool(great_circle_metres(plant.lat, plant.lon, lot.lat, lot.lon) <= REACH_METRES)


def _tell(flag: Flag, override: RiskOverride | None, people: set[int], at: dt.datetime) -> None:
    lot = flag.lot
    what = f"{lot.quantity_text}, {lot.product.name}, about {lot.magnet_grams / 1000:,.1f} kg of magnets"
    title, why = _warning(flag, override)
    notify(
        people,
        "flag",
        f"{lot.reference}: {title}",
        f"{what}: {why} "
        "This is an early warning, not an accusation: an offer or a booked pickup lowers the risk.",
        f"/lots/{lot.reference}/",
        f"flag-{flag.pk}",
        at,
    )


def _warning(flag: Flag, override: RiskOverride | None) -> tuple[str, str]:
    """The title and the reason: a person's band says so, since the model may have thought otherwise."""
    chance = f"{flag.p90_at_opening:.0%}"
    if override is None or override.band != Band.HIGH:
        return (
            "likely to be exported",
            f"the risk model gives it a {chance} chance of leaving the country within 90 days.",
        )
    until = f"{override.expires_at.astimezone(LONDON):%-d %B %Y}"
    return (
        "set to high risk of export by a person",
        f"a person set its risk of export to high until {until}. Reason given: {override.get_reason_display()}. "
        f"The risk model gave it a {chance} chance of leaving the country within 90 days.",
    )
