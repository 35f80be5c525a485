"""A round on its day: where it is, and what to do when something goes otherwise."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.dispatching import (
    agree_to_asked_time,
    break_down,
    give_to_other_vehicle,
    move_to_another_day,
    proposal_key,
)
from collection.actions.fitting_in import fit_in
from collection.actions.proposals import keep_time, slot_of
from collection.models import HolderAnswer, Pickup, Round
from collection.queries.fitting_in import Fitting, fittings
from collection.queries.live import LIVE_STATES, RoundNow, instant_of, round_now, with_stops
from collection.queries.replanning import another_day, asked_time, breakdown_remedy, other_vehicle
from collection.rules.appointments import Slot
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.today import Placement, Unplaced
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.forms import KitForm
from collection.web.kit.numbers import pounds
from collection.web.kit.widgets import LongText

CLOSED_TODAY = "The site is closed that day."


class KeepForm(KitForm):
    why = forms.CharField(
        label="Why is the other time not possible?",
        max_length=200,
        widget=LongText(rows=2),
        help_text="The holder reads this and is asked again for the first time.",
        error_messages={"required": "Say why it is not possible"},
    )


@requires(Permission.PLAN_ROUNDS)
@require_safe
def replan(request: ViewerRequest, reference: str) -> HttpResponse:
    """The rest of the round with expected times, and what can be done about each stop."""
    context = _now(request, reference)
    could_fetch = fittings(request.viewer, context["round"], request.now) if context["now"] else []
    return render(request, "collection/planner/replan.html", context | {"fittings": _fittings(could_fetch)})


@requires(Permission.CONFIRM_PLAN)
@require_POST
def add_lots(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Have the round fetch high-risk lots that were suggested."""
    shown = _round(request, reference)
    lot_ids = frozenset(int(pk) for pk in request.POST.get("lots", "").split(",") if pk.isdecimal())
    pickup = fit_in(request.viewer, shown.pk, lot_ids, at=request.now)
    messages.success(request, f"{pickup.place_name} is added. Its holder and the driver are told.")
    return redirect("replan", reference)


@requires(Permission.PLAN_ROUNDS)
@require_safe
def round_live(request: ViewerRequest, reference: str) -> HttpResponse:
    """The part of the page that changes by itself."""
    context = _now(request, reference)
    response = render(request, "collection/planner/round_now.html", context)
    if context["now"] is None:
        response["X-Poll"] = "stop"
    return response


@requires(Permission.CONFIRM_PLAN)
@require_http_methods(["GET", "POST"])
def breakdown(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The vehicle drives no further: what would become of its stops, and doing that."""
    shown = _round(request, reference)
    if request.method == "POST":
        done = break_down(request.viewer, shown.pk, request.POST.getlist("proposal"), at=request.now)
        if done.left:
            messages.warning(request, f"{len(done.moved)} stops moved; decide about the others below.")
        else:
            messages.success(request, f"{len(done.moved)} stops moved. Their holders are told.")
        return redirect("replan", reference)
    remedy = breakdown_remedy(request.viewer, shown, request.now)
    context = {
        "round": shown,
        "placements": [(placed, proposal_key(placed), _where(placed)) for placed in remedy.placements],
        "unplaced": remedy.unplaced,
        "cost": pounds(remedy.pence),
    }
    return render(request, "collection/planner/breakdown.html", context)


@requires(Permission.CONFIRM_PLAN)
@require_safe
def stop_options(request: ViewerRequest, reference: str, sequence: int) -> HttpResponse:
    """What can be done about one stop: another vehicle today, another day."""
    stop = _stop(request, reference, sequence)
    today = other_vehicle(request.viewer, stop, request.now)
    later = another_day(request.viewer, stop, request.now)
    context = {
        "round": stop.round,
        "stop": stop,
        "slot": slot_of(stop),
        "today": _option(today),
        "later": {"day": later[0], **_option(later[1])} if later else None,
    }
    return render(request, "collection/planner/stop_options.html", context)


@requires(Permission.CONFIRM_PLAN)
@require_POST
def move_stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    stop = _stop(request, reference, sequence)
    if request.POST.get("to") == "vehicle":
        target = give_to_other_vehicle(request.viewer, stop.pk, at=request.now)
    else:
        target = move_to_another_day(request.viewer, stop.pk, why=CLOSED_TODAY, at=request.now)
    messages.success(request, f"{stop.place_name} is now on {target.reference}, {target.on:%A %-d %B}.")
    return redirect("round", target.reference)


@requires(Permission.CONFIRM_PLAN)
@require_http_methods(["GET", "POST"])
def asked(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    """The holder asks for another time: agree, or keep to the first."""
    stop = _stop(request, reference, sequence)
    if stop.answer != HolderAnswer.OTHER_TIME or stop.asked_starts_at is None or stop.asked_ends_at is None:
        messages.info(request, "The holder does not ask for another time any more.")
        return redirect("round", reference)
    form = KeepForm(request.POST if request.POST.get("what") == "keep" else None)
    if request.POST.get("what") == "agree":
        target = agree_to_asked_time(request.viewer, stop.pk, at=request.now)
        messages.success(request, f"Agreed. {stop.place_name} is on {target.reference}; the holder is told.")
        return redirect("round", target.reference)
    if form.is_valid():
        why = form.cleaned_data["why"].rstrip(".") + "."
        keep_time(request.viewer, stop.pk, why=why, at=request.now)
        messages.success(request, "The holder is told and asked again.")
        return redirect("round", reference)
    context = {
        "round": stop.round,
        "stop": stop,
        "slot": slot_of(stop),
        "wish": Slot(stop.asked_starts_at, stop.asked_ends_at),
        "option": _option(asked_time(request.viewer, stop, request.now)),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "collection/planner/asked_time.html", context, status=status)


def _option(found: Placement | Unplaced) -> dict[str, Any]:
    if isinstance(found, Unplaced):
        return {"is_possible": False, "sentence": found.sentence}
    return {"is_possible": True, "sentence": _where(found)}


def _where(found: Placement) -> str:
    """ "Lorry can be there at 10:40; the day costs £12.30 more. Late then: Govan yard." """
    arrives = timezone.localtime(instant_of(found.arrives))
    cost = f"costs {pounds(found.pence)} more" if found.pence >= 0 else f"costs {pounds(-found.pence)} less"
    late = f" After its slot then: {', '.join(found.late)}." if found.late else ""
    return f"{found.vehicle.name} can be there at {arrives:%H:%M}; the day {cost}.{late}"


def _fittings(found: list[Fitting]) -> list[dict[str, Any]]:
    return [
        {
            "fitting": each,
            "where": _where(each.placement),
            "worth": pounds(each.worth_pence),
        }
        for each in found
    ]


def _now(request: ViewerRequest, reference: str) -> dict[str, Any]:
    shown = _round(request, reference)
    now = round_now(shown, request.now) if shown.state in LIVE_STATES else None
    return {
        "round": shown,
        "now": now,
        "calls": _calls(now) if now else [],
        "done": [stop for stop in shown.pickups.all() if stop.finished_at],
        "returns": instant_of(now.table.returns) if now else None,
        "is_today": shown.on == timezone.localdate(request.now),
        "looked_at": request.now,
    }


def _calls(now: RoundNow) -> list[dict[str, Any]]:
    stops = {stop.reference: stop for stop in now.round.pickups.all()}
    # Each before the first stop of the next trip.
    unloading = {call.after_trip: instant_of(call.arrives) for call in now.table.unloadings}
    trips = [now.live.vehicle.trip, *(call.stop.trip for call in now.table.calls)]
    return [
        {
            "stop": stops[call.stop.key],
            "unloads_first": unloading.get(before) if call.stop.trip > before else None,
            "expected": instant_of(call.arrives),
            "is_late": call.is_late,
            "is_there": call.stop.arrived is not None,
        }
        for before, call in zip(trips, now.table.calls, strict=False)
    ]


def _round(request: ViewerRequest, reference: str) -> Round:
    found = with_stops(Round.objects.visible_to(request.viewer).filter(reference=reference))
    if not found:
        raise Round.DoesNotExist
    return found[0]


def _stop(request: ViewerRequest, reference: str, sequence: int) -> Pickup:
    stop: Pickup = (
        Pickup.objects.visible_to(request.viewer)
        .select_related("round__facility", "round__vehicle", "site", "holder")
        .prefetch_related("lines__lot")
        .get(round__reference=reference, sequence=sequence)
    )
    if stop.state != "scheduled":
        raise StateConflictError(f"{stop.place_name} has been recorded or called off.")
    return stop
