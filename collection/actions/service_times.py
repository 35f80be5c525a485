"""Learning how long stops take from stops that were recorded; a version a fit, one in use."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.db.models import Max

from collection.models import Organisation, ServiceTimes
from collection.queries.service_times import service_model_of, timed_stops
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.service_times import Fit, fit_service_times
from collection.rules.roles import OrganisationKind, Permission, Viewer, require


def fit_all_service_times(*, now: dt.datetime) -> int:
    """Fit every recycler that has stops the last fit did not see; how many were fitted."""
    recyclers = Organisation.objects.filter(kind=OrganisationKind.RECYCLER.value)
    return sum(
        fit_one(pk, now=now) is not None for pk in recyclers.order_by("pk").values_list("pk", flat=True)
    )


def fit_one(organisation_id: int, *, now: dt.datetime) -> ServiceTimes | None:
    """A new version where there is something new to learn; used at once where the change is small.

    A change beyond the bounds (`Fit.may_be_used`) waits for a planner. None when nothing new was recorded.
    """
    stops = timed_stops(organisation_id, now)
    last = ServiceTimes.unscoped.filter(organisation_id=organisation_id).order_by("-version").first()
    if not stops or (last is not None and max(stop.at for stop in stops) <= last.fitted_at):
        return None
    present = service_model_of(organisation_id)
    fit = fit_service_times(stops, present)
    if fit is None:
        return None
    with transaction.atomic():
        # Two workers at once: the second waits here, then finds the first one's version.
        Organisation.objects.select_for_update().get(pk=organisation_id)
        newest = ServiceTimes.unscoped.filter(organisation_id=organisation_id).aggregate(last=Max("version"))
        if newest["last"] != (last.version if last else None):
            return None
        row = _written(organisation_id, (newest["last"] or 0) + 1, fit, now)
        if fit.may_be_used(present):
            _activate(row, now, None)
    return row


def activate_service_times(viewer: Viewer, version: int, *, at: dt.datetime) -> None:
    """Plan with this version from now on; an older one too, to go back. Raises StateConflictError."""
    require(viewer, Permission.PLAN_ROUNDS)
    with transaction.atomic():
        row = ServiceTimes.objects.visible_to(viewer).get(
            organisation_id=viewer.organisation_id, version=version
        )
        if row.state == ServiceTimes.State.ACTIVE:
            raise StateConflictError(f"Version {version} is in use already.")
        _activate(row, at, viewer.user_id)


def _activate(row: ServiceTimes, at: dt.datetime, user_id: int | None) -> None:
    own = ServiceTimes.unscoped.filter(organisation_id=row.organisation_id)
    own.filter(state=ServiceTimes.State.ACTIVE).update(state=ServiceTimes.State.RETIRED)
    own.filter(pk=row.pk).update(state=ServiceTimes.State.ACTIVE, activated_at=at, activated_by_id=user_id)


def _written(organisation_id: int, version: int, fit: Fit, now: dt.datetime) -> ServiceTimes:
    figures = {name: value for name, value in asdict(fit).items() if name not in ("model", "stops")}
    return ServiceTimes.unscoped.create(
        organisation_id=organisation_id,
        version=version,
        fitted_at=now,
        stops=fit.stops,
        stop_minutes=fit.model.stop_minutes,
        minutes_per_tonne=fit.model.minutes_per_tonne,
        site_minutes={str(site): round(minutes, 2) for site, minutes in fit.model.site_minutes.items()},
        figures=figures,
    )
