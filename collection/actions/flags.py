"""Telling people about newly opened flags: recyclers who take that route and are within reach, regulators."""

import datetime as dt

from collection.actions.notifications import members_with, notify
from collection.models import Facility, Flag, Lot, Organisation
from collection.rules.geodesy import great_circle_metres
from collection.rules.roles import OrganisationKind, Role

# A day's round trip with loading: the far north of Scotland is beyond it, Great Britain's middle is not.
REACH_METRES = 500_000


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
    for flag in flags:
        people = set().union(*(members[pk] for pk in wanted[flag.pk])) if wanted[flag.pk] else set()
        _tell(flag, people, at)
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


def _tell(flag: Flag, people: set[int], at: dt.datetime) -> None:
    lot = flag.lot
    notify(
        people,
        "flag",
        f"{lot.reference}: likely to be exported",
        f"{lot.quantity_text}, {lot.product.name}, about "
        f"{lot.magnet_grams / 1000:,.1f} kg of magnets, has a {flag.p90_at_opening:.0%} chance "
        "of leaving the country within 90 days. "
        "This is an early warning, not an accusation: an offer or a booked pickup lowers it.",
        f"/lots/{lot.reference}/",
        f"flag-{flag.pk}",
        at,
    )
