"""How many pieces to test, and from which part of a lot, for a wanted interval."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.models import Lot, Unit
from collection.queries.lots import lot_of
from collection.rules.content import ContentInputError
from collection.rules.content.sampling import SamplingPlan, SubLot, plan
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.numbers import percent
from collection.web.kit.widgets import Number, Text

MOST_PARTS = 4
USUAL_WANTED = 5
USUAL_VARIATION = 10


class SamplingForm(KitForm):
    """Up to four parts of a lot whose pieces are alike. A part counts where its pieces are given."""

    wanted = forms.FloatField(
        label="How sure should the whole lot be?",
        help_text="The figure should be right to within this much either way, four times in five. 5 is usual.",
        min_value=0.1,
        max_value=90,
        widget=Number(suffix="%"),
        error_messages={"required": "Enter how sure the figure should be, like 5"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_PARTS + 1):
            part = f"Part {number}"
            self.fields[f"name_{number}"] = forms.CharField(
                label=f"{part}: what it is",
                required=False,
                max_length=60,
                widget=Text(width=20),
                help_text="Pieces that are alike: one maker, one shape, one state" if number == 1 else "",
            )
            self.fields[f"pieces_{number}"] = forms.IntegerField(
                label=f"{part}: pieces",
                required=number == 1,
                min_value=1,
                max_value=100_000_000,
                widget=Number(whole=True),
                error_messages={"required": "Enter how many pieces the first part has"},
            )
            self.fields[f"mass_{number}"] = MassField(label=f"{part}: weight", required=number == 1)
            self.fields[f"variation_{number}"] = forms.FloatField(
                label=f"{part}: how much pieces differ",
                required=False,
                min_value=0,
                max_value=500,
                widget=Number(suffix="%"),
                help_text="Standard deviation; 10 where you do not know" if number == 1 else "",
            )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        for number in range(2, MOST_PARTS + 1):
            pieces, mass = answers.get(f"pieces_{number}"), answers.get(f"mass_{number}")
            if pieces and not mass and f"mass_{number}" not in self.errors:
                self.add_error(f"mass_{number}", f"Enter the weight of part {number}")
            if mass and not pieces and f"pieces_{number}" not in self.errors:
                self.add_error(f"pieces_{number}", f"Enter how many pieces part {number} has")
        return answers

    def plan(self) -> SamplingPlan:
        """The advice. Raises ContentInputError."""
        answers = self.cleaned_data
        parts = [
            SubLot(
                name=answers[f"name_{number}"] or f"Part {number}",
                pieces=answers[f"pieces_{number}"],
                grams=float(answers[f"mass_{number}"]),
                relative_sd=(
                    USUAL_VARIATION
                    if answers[f"variation_{number}"] is None
                    else answers[f"variation_{number}"]
                )
                / 100,
            )
            for number in range(1, MOST_PARTS + 1)
            if answers[f"pieces_{number}"]
        ]
        return plan(parts, answers["wanted"] / 100)


@require_safe
@requires(Permission.SEE_LOTS)
def sampling_page(request: ViewerRequest, reference: str) -> HttpResponse:
    """Nothing is written: the answers stand in the address, so that the advice can be kept and passed on."""
    lot = lot_of(request.viewer, reference)
    form = SamplingForm(request.GET or None, initial=_initial(lot))
    advice = None
    if form.is_bound and form.is_valid():
        try:
            advice = form.plan()
        except ContentInputError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "lot": lot,
        "form": form,
        "advice": advice,
        "reached": percent(advice.half_width, 1) if advice else "",
    }
    has_errors = form.is_bound and bool(form.errors)
    return render(request, "collection/lots/sampling.html", context, status=422 if has_errors else 200)


def _initial(lot: Lot) -> dict[str, Any]:
    """The lot as one part: its pieces, and the magnets it is believed to hold."""
    first: dict[str, Any] = {
        "wanted": USUAL_WANTED,
        "name_1": lot.product.name[:60],
        "mass_1": f"{lot.magnet_grams / 1000:.3f}".rstrip("0").rstrip("."),
        "variation_1": USUAL_VARIATION,
    }
    if lot.unit == Unit.ITEMS:
        first["pieces_1"] = int(lot.quantity)
    return first
