"""Where the line for a flag is drawn: from what vans can fetch or what a visit costs, never by hand."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collection.actions.risk import ensure_thresholds
from collection.actions.risk_cuts import set_thresholds
from collection.models import RiskThresholds
from collection.queries.risk_cuts import HeldScores, held_scores
from collection.rules.risk import catch_curve
from collection.rules.risk_cuts import Cuts, by_capacity, by_cost
from collection.rules.roles import Permission, require
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Chart, Series, lines
from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.numbers import counted, percent
from collection.web.kit.widgets import Number, Radios

POINTS_DRAWN = 12
EARLIER_SHOWN = 10


class CutsForm(KitForm):
    way = forms.ChoiceField(
        label="What is short",
        choices=[("capacity", "Our vans can fetch so many lots"), ("cost", "A visit costs money")],
        widget=Radios(reveals={"capacity": "lots_a_week", "cost": "cost_per_visit"}),
        error_messages={"required": "Choose what is short"},
    )
    lots_a_week = forms.IntegerField(
        label="Lots a week",
        required=False,
        min_value=1,
        max_value=100_000,
        widget=Number(whole=True, width=5),
    )
    cost_per_visit = NumberField(
        label="Cost of a visit",
        required=False,
        min_value=0,
        max_value=100_000,
        widget=Number(prefix="£", width=5),
    )
    value_per_kg = NumberField(
        label="Worth of a kilogram of magnets kept in the country",
        help_text="Used with the cost of a visit.",
        min_value=0,
        max_value=100_000,
        initial=Decimal(20),
        widget=Number(prefix="£", suffix="per kg", width=5),
    )

    def clean(self) -> dict[str, object]:
        answers = super().clean() or {}
        needed = {"capacity": "lots_a_week", "cost": "cost_per_visit"}.get(str(answers.get("way")))
        if needed and needed not in self.errors and answers.get(needed) is None:
            said = "how many lots a week" if needed == "lots_a_week" else "what a visit costs"
            self.add_error(needed, f"Enter {said}")
        return answers

    def proposal(self, held: HeldScores) -> tuple[Cuts, str]:
        """The cuts and the sentence they come from."""
        answers = self.cleaned_data
        if answers["way"] == "capacity":
            lots = answers["lots_a_week"]
            return by_capacity(held.p90, lots), f"Our vans can fetch {counted(lots, 'lot')} a week"
        cost, worth = answers["cost_per_visit"], answers["value_per_kg"]
        cuts = by_cost(held.p90, held.magnet_kg, cost_per_visit=float(cost), value_per_kg=float(worth))
        return cuts, f"A visit costs £{cost} and a kilogram kept is worth £{worth}"


@requires(Permission.OVERRIDE_RISK, Permission.ADMINISTER)
@require_http_methods(["GET", "POST"])
def thresholds_page(request: ViewerRequest) -> HttpResponseBase:
    """GET with answers shows what they would mean; POST of the same answers puts it in force."""
    may_change, held = request.viewer.may(Permission.ADMINISTER), held_scores(request.viewer)
    answers = request.POST if request.method == "POST" else request.GET
    # A browser does not send a question of which nothing was chosen: any other answer shows that it was asked.
    form = CutsForm(answers if CutsForm.base_fields.keys() & answers.keys() else None)
    context = {
        "current": ensure_thresholds(at=request.now),
        "earlier": RiskThresholds.objects.filter(is_current=False)
        .select_related("set_by")
        .order_by("-pk")[:EARLIER_SHOWN],
        "form": form,
        "may_change": may_change,
        "chart": _curve(held),
        "nation": request.viewer.nation,
    }
    if request.method == "POST":
        require(request.viewer, Permission.ADMINISTER)
    if form.is_bound and form.is_valid() and len(held.p90):
        cuts, basis = form.proposal(held)
        if request.method == "POST":
            set_thresholds(request.viewer, cuts, basis=basis, at=request.now)
            messages.success(request, "The new line is in force. Every open lot is being looked at anew.")
            return redirect("risk-thresholds")
        context |= {"proposal": _meaning(cuts, held), "basis": basis, "answers": list(answers.items())}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "collection/risk/thresholds.html", context, status=status)


def _meaning(cuts: Cuts, held: HeldScores) -> list[tuple[str, str]]:
    high, medium = held.p90 >= cuts.high_from, held.p90 >= cuts.medium_from
    caught = round(float((held.p90 * held.magnet_kg)[high].sum()) * 1000)
    return [
        (
            "High from",
            f"{percent(cuts.high_from, 1)} within 90 days: {counted(int(high.sum()), 'lot')} flagged",
        ),
        (
            "Medium from",
            f"{percent(cuts.medium_from, 1)}: {counted(int((medium & ~high).sum()), 'lot')} more",
        ),
        ("Expected to leave from the flagged lots", f"{mass(caught)} of magnets"),
    ]


def _curve(held: HeldScores) -> Chart | None:
    """Mass caught against lots visited, the likeliest first, at evenly spaced numbers of visits."""
    if not len(held.p90):
        return None
    curve = catch_curve(held.p90, held.magnet_kg, by_mass=True)
    step = max(1, -(-len(curve.visits) // POINTS_DRAWN))
    places = sorted({*range(step - 1, len(curve.visits), step), len(curve.visits) - 1})
    return lines(
        title="Magnets caught against lots visited",
        summary="If the likeliest lots are visited first, this much of what would leave is reached.",
        labels=[f"{int(curve.visits[place]):,}" for place in places],
        series=[Series("Expected to be caught", [float(curve.kg_caught[place]) for place in places])],
        text=lambda kg: mass(round(kg * 1000)),
        labels_title="Lots visited",
    )
