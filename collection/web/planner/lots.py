"""Lots that could be had, as a list and on the map."""

import dataclasses
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from collection.models import Band, Facility, Lot, Nation
from collection.queries.available import LEAVING, ORDERS, LotFilters, lots_for_map, page_of_lots
from collection.rules.geodesy import great_circle_metres
from collection.rules.planning.suitability import BOXES
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.kit.forms import KitForm
from collection.web.kit.map import MapPoint, draw
from collection.web.kit.widgets import Select, Text

MOST_ON_MAP = 300
ANY = ("", "Any")


class FilterForm(KitForm):
    q = forms.CharField(
        label="Product or reference", required=False, max_length=60, widget=Text(autocomplete="off")
    )
    band = forms.ChoiceField(
        label="Export risk",
        required=False,
        choices=[ANY, *((str(band.value), band.label) for band in reversed(Band))],
        widget=Select,
    )
    family = forms.ChoiceField(
        label="Magnets",
        required=False,
        choices=[
            ANY,
            *((name, label) for label, families in BOXES.values() for name in sorted(families)),
        ],
        widget=Select,
    )
    nation = forms.ChoiceField(label="Nation", required=False, choices=[ANY, *Nation.choices], widget=Select)

    def filters(self) -> LotFilters:
        """What was chosen; an address with a wrong value filters by nothing there."""
        self.is_valid()
        chosen: dict[str, Any] = self.cleaned_data
        return LotFilters(
            words=chosen.get("q", "").strip(),
            band=chosen.get("band", ""),
            family=chosen.get("family", ""),
            nation=chosen.get("nation", ""),
        )


@requires(Permission.PLAN_ROUNDS)
@require_safe
def available(request: ViewerRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    asked = request.GET.get("order", "")
    order = asked if asked in ORDERS else LEAVING
    page = page_of_lots(
        request.viewer,
        form.filters(),
        order,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    plant = _plant(request)
    away = _kilometres(plant, [listed.lot for listed in page.lots])
    context = {
        "form": form,
        "page": page,
        "rows": list(zip(page.lots, away, strict=True)),
        "plant": plant,
        "orders": _orders(request, order),
        "is_narrowed": any(dataclasses.astuple(form.filters())),
        "query": request.GET.urlencode(),
    }
    return render(request, "collection/planner/lots.html", context)


@requires(Permission.PLAN_ROUNDS)
@require_safe
def available_map(request: ViewerRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    plant = _plant(request)
    lots = lots_for_map(request.viewer, form.filters(), MOST_ON_MAP)
    drawn = draw(title="Lots that could be had", points=[*_plant_point(plant), *map(_lot_point, lots)])
    context = {
        "form": form,
        "map": drawn,
        "shown": len(lots),
        "is_cut": len(lots) == MOST_ON_MAP,
        "is_narrowed": any(dataclasses.astuple(form.filters())),
        "query": request.GET.urlencode(),
    }
    return render(request, "collection/planner/lots_map.html", context)


def _orders(request: ViewerRequest, chosen: str) -> list[tuple[str, str, bool]]:
    """The orders to choose from: words, address that keeps the filters, and whether it is the one shown."""
    query = request.GET.copy()
    for paging in ("before", "after"):
        query.pop(paging, None)
    choices = []
    for order, words in ORDERS.items():
        query["order"] = order
        choices.append((words, f"?{query.urlencode()}", order == chosen))
    return choices


def _plant(request: ViewerRequest) -> Facility | None:
    return Facility.objects.filter(organisation_id=request.viewer.organisation_id, accepts_lots=True).first()


def _kilometres(plant: Facility | None, lots: list[Lot]) -> list[int | None]:
    """Straight-line kilometres from the plant; None without a plant or a point."""
    return [
        round(float(great_circle_metres(plant.lat, plant.lon, lot.lat, lot.lon)) / 1000)
        if plant is not None and lot.lat is not None and lot.lon is not None
        else None
        for lot in lots
    ]


def _plant_point(plant: Facility | None) -> list[MapPoint]:
    return [MapPoint(plant.lat, plant.lon, plant.name, kind="facility")] if plant else []


def _lot_point(lot: Lot) -> MapPoint:
    score = getattr(lot, "score", None)
    risk = f"{score.get_band_display().lower()} risk" if score else "no risk score yet"
    return MapPoint(
        lot.lat or 0.0,
        lot.lon or 0.0,
        f"{lot.reference}: {mass(lot.magnet_grams)} of magnets, {risk}",
        kind="lot" if score and score.band == Band.HIGH else "site",
        href=reverse("lot", args=[lot.reference]),
        detail=lot.product.name,
    )
