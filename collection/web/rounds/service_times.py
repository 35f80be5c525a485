"""How long stops take: what was learnt, how sure it is, and which version plans use."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collection.actions.service_times import activate_service_times, fit_one
from collection.models import ServiceTimes, Site
from collection.queries.service_times import service_model_of
from collection.rules.planning.service_times import FEWEST_STOPS, MOST_CHANGE, USUAL
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.components import SummaryRow

RECENT = 10
MOST_SITES = 12


@requires(Permission.PLAN_ROUNDS)
@require_safe
def service_times(request: ViewerRequest) -> HttpResponse:
    versions = list(ServiceTimes.objects.visible_to(request.viewer)[:RECENT])
    in_use = next((each for each in versions if each.state == ServiceTimes.State.ACTIVE), None)
    model = service_model_of(request.viewer.organisation_id)
    unusual = sorted(model.site_minutes.items(), key=lambda each: -abs(each[1]))[:MOST_SITES]
    names = dict(Site.unscoped.filter(pk__in=[pk for pk, _ in unusual]).values_list("pk", "name"))
    context = {
        "versions": versions,
        "in_use": in_use,
        "rows": [
            SummaryRow("Every stop", f"{model.stop_minutes:.1f} minutes"),
            SummaryRow("Each tonne loaded", f"{model.minutes_per_tonne:.1f} minutes more"),
            SummaryRow("Learnt from", f"{in_use.stops} stops" if in_use else "Nothing yet: judgement"),
        ],
        "sites": [(names.get(pk, "A place that is gone"), minutes) for pk, minutes in unusual],
        "usual": USUAL,
        "fewest": FEWEST_STOPS,
        "most_change": MOST_CHANGE,
    }
    return render(request, "collection/rounds/service_times.html", context)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def activate(request: ViewerRequest, version: int) -> HttpResponseBase:
    activate_service_times(request.viewer, version, at=request.now)
    messages.success(request, f"New plans use version {version}.")
    return redirect("service-times")


@requires(Permission.PLAN_ROUNDS)
@require_POST
def learn(request: ViewerRequest) -> HttpResponseBase:
    """Learn now instead of at the next of the day's four times."""
    found = fit_one(request.viewer.organisation_id, now=request.now)
    if found is None:
        messages.info(request, "There is no stop the last version did not know.")
    else:
        messages.success(request, f"Version {found.version} is made from {found.stops} stops.")
    return redirect("service-times")
