"""What a holder sees of pickups: when who comes for what, and the calendar feed."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collection.actions.calendars import renew_organisation_calendar
from collection.actions.proposals import slot_of
from collection.models import Organisation, Pickup, PickupState, Site
from collection.queries.calendars import site_seal
from collection.rules.appointments import Slot
from collection.rules.roles import Permission
from collection.rules.signature import path_of
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
    sites = Site.objects.visible_to(request.viewer).filter(is_active=True).order_by("name", "pk")
    context = {
        "coming": coming,
        "sic_code": organisation.sic_code,
        "past": past,
        "feed": request.build_absolute_uri(feed),
        "site_feeds": [
            (site.name, request.build_absolute_uri(_site_feed(organisation, site))) for site in sites
        ],
    }
    return render(request, "collection/pickups/pickups.html", context)


@requires(Permission.LOG_LOT)
@require_safe
def pickup_page(request: ViewerRequest, reference: str) -> HttpResponse:
    pickup = _pickup(request, reference)
    point = MapPoint(pickup.lat, pickup.lon, pickup.place_name)
    context = _context(pickup) | {"map": draw(title="Where", points=[point], zoom_to_points=True)}
    return render(request, "collection/pickups/pickup.html", context)


@requires(Permission.LOG_LOT)
@require_safe
def pickup_live(request: ViewerRequest, reference: str) -> HttpResponse:
    """The part of the page that changes on the day: where the vehicle is and when it comes."""
    pickup = _pickup(request, reference)
    response = render(request, "collection/pickups/pickup_now.html", _context(pickup))
    if pickup.state != PickupState.SCHEDULED:
        # Recorded meanwhile: the page has more to say now.
        response["X-Poll-Location"] = f"/pickups/{pickup.reference}/"
    return response


def _pickup(request: ViewerRequest, reference: str) -> Pickup:
    pickup: Pickup = (
        Pickup.objects.visible_to(request.viewer)
        .select_related("round__facility", "round__vehicle", "round__driver", "site")
        .prefetch_related("lines__lot__product", "photos")
        .get(reference=reference)
    )
    return pickup


def _context(pickup: Pickup) -> dict[str, object]:
    is_open = pickup.state == PickupState.SCHEDULED
    before = Pickup.unscoped.filter(
        round=pickup.round, state=PickupState.SCHEDULED, sequence__lt=pickup.sequence
    )
    return {
        "pickup": pickup,
        "slot": slot_of(pickup),
        "asked": Slot(pickup.asked_starts_at, pickup.asked_ends_at)
        if pickup.asked_starts_at and pickup.asked_ends_at
        else None,
        "may_answer": is_open and pickup.arrived_at is None,
        "is_on_its_way": is_open and pickup.round.left_at is not None,
        "stops_before": before.count() if is_open else 0,
        "is_late": bool(
            is_open
            and pickup.expected_arrival_at
            and pickup.slot_ends_at
            and pickup.expected_arrival_at > pickup.slot_ends_at
        ),
        "signature": path_of(pickup.signature),
    }


@requires(Permission.LOG_LOT)
@require_POST
def renew_calendar(request: ViewerRequest) -> HttpResponseBase:
    """Give the feed a new secret address; the old one stops working at once."""
    renew_organisation_calendar(request.viewer)
    messages.success(request, "Your calendar has a new address. The old one no longer works.")
    return redirect("pickups")


def _site_feed(organisation: Organisation, site: Site) -> str:
    seal = site_seal(organisation, site.pk)
    return reverse("site-calendar", args=[site.pk, seal])
