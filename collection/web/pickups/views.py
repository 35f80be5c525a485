"""What a holder sees of pickups: when who comes for what, and the calendar feed."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collection.actions.calendars import renew_organisation_calendar
from collection.models import Organisation, Pickup, PickupState
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.map import MapPoint, draw

RECENT = 50


@requires(Permission.LOG_LOT)
@require_safe
def my_pickups(request: ViewerRequest) -> HttpResponse:
    pickups = Pickup.objects.visible_to(request.viewer).select_related("round__facility")
    coming = pickups.filter(state=PickupState.SCHEDULED).order_by("planned_arrival_at", "pk")
    past = pickups.exclude(state=PickupState.SCHEDULED).order_by("-planned_arrival_at", "-pk")[:RECENT]
    organisation = Organisation.objects.get(pk=request.viewer.organisation_id)
    feed = reverse("organisation-calendar", args=[organisation.calendar_token])
    context = {"coming": coming, "past": past, "feed": request.build_absolute_uri(feed)}
    return render(request, "collection/pickups/pickups.html", context)


@requires(Permission.LOG_LOT)
@require_safe
def pickup_page(request: ViewerRequest, reference: str) -> HttpResponse:
    pickup = (
        Pickup.objects.visible_to(request.viewer)
        .select_related("round__facility", "round__vehicle", "round__driver", "site")
        .prefetch_related("lines__lot__product")
        .get(reference=reference)
    )
    point = MapPoint(pickup.lat, pickup.lon, pickup.place_name)
    context = {"pickup": pickup, "map": draw(title="Where", points=[point], zoom_to_points=True)}
    return render(request, "collection/pickups/pickup.html", context)


@requires(Permission.LOG_LOT)
@require_POST
def renew_calendar(request: ViewerRequest) -> HttpResponseBase:
    """Give the feed a new secret address; the old one stops working at once."""
    renew_organisation_calendar(request.viewer)
    messages.success(request, "Your calendar has a new address. The old one no longer works.")
    return redirect("pickups")
