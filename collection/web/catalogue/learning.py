"""What weighed lots taught about the catalogue, and a person's decision to bring a refit into force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.learning import activate_refit
from collection.models import ProductCoefficient
from collection.queries.learning import Lesson, lessons
from collection.queries.reference import current_catalogue
from collection.rules.content import Spread
from collection.rules.content.learning import PRIOR_LOTS, Accuracy, Coverage
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.catalogue.products import PER_UNIT, grams_of
from collection.web.catalogue.ratios import ratio_strip
from collection.web.kit.forms import KitForm
from collection.web.kit.numbers import percent
from collection.web.kit.widgets import LongText


class ActivateForm(KitForm):
    """What the reviewer saw travels with the decision, so that nobody activates figures they have not read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    lots = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why it should come into force",
        help_text="Kept with your name beside the version. For example: 40 lots of three yards agree.",
        max_length=300,
        widget=LongText(rows=3),
        error_messages={"required": "Say why it should come into force"},
    )


@require_safe
@requires(Permission.SEE_LOTS)
def learning(request: ViewerRequest) -> HttpResponse:
    """Bias, spread and coverage of every product's coefficient, and whether the intervals are honest."""
    learnt = lessons()
    known = current_catalogue().products
    context = {
        "overall": learnt.overall,
        "rows": [
            _row(lesson, known[code].name) for code, lesson in learnt.by_product.items() if code in known
        ],
        "prior_lots": int(PRIOR_LOTS),
    }
    return render(request, "collection/catalogue/learning.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_LOTS)
def lesson(request: ViewerRequest, code: str) -> HttpResponseBase:
    """What was learnt of one product; an administrator may bring the proposal into force."""
    found = lessons().by_product.get(code)
    product = current_catalogue().products.get(code)
    if found is None or product is None:
        raise Http404("Nothing has been learnt of this product yet.")
    form = ActivateForm(
        request.POST if request.method == "POST" else None,
        initial={"version": found.in_force.version, "lots": found.accuracy.count},
    )
    if request.method == "POST" and form.is_valid():
        version = activate_refit(
            request.viewer,
            code,
            reviewed_version=form.cleaned_data["version"],
            reviewed_lots=form.cleaned_data["lots"],
            reason=form.cleaned_data["reason"],
            at=request.now,
        )
        messages.success(
            request,
            f"Version {version.version} is in force for {product.name}. Lots logged from now on use it; "
            "estimates made before keep theirs.",
        )
        return redirect("catalogue-lesson", code)
    context = {
        "product": product,
        "unit": PER_UNIT[product.unit],
        "form": form,
        "may_activate": request.viewer.may(Permission.ADMINISTER) and found.is_news,
        **_lesson_context(found),
    }
    return render(request, "collection/catalogue/lesson.html", context, status=422 if form.is_bound else 200)


def _lesson_context(found: Lesson) -> dict[str, Any]:
    in_force = found.in_force
    central = float(in_force.magnet_kg_central)
    return {
        "lesson": found,
        "coverage": found.coverage,
        "figures": _figures(found.accuracy, found.coverage),
        "strip": ratio_strip(
            found.ratios, float(in_force.magnet_kg_low) / central, float(in_force.magnet_kg_high) / central
        ),
        "versions": [
            (version, _figures(accuracy, covered)) for version, accuracy, covered in found.by_version
        ],
        "in_force": _kilograms(_spread(in_force)),
        "base": _kilograms(_spread(found.base)),
        "is_refitted": in_force.pk != found.base.pk,
        "proposed": _kilograms(found.proposal.proposed) if found.proposal else "",
        "finding": found.proposal.finding.replace("-", "−") if found.proposal else "",
    }


def _row(found: Lesson, name: str) -> dict[str, Any]:
    return {
        "code": found.product_code,
        "name": name,
        "proposed": _change(found) if found.is_news else "",
        **_figures(found.accuracy, found.coverage),
    }


def _figures(accuracy: Accuracy, coverage: Coverage) -> dict[str, Any]:
    """Counts, bias, spread and coverage in words. A spread needs two lots."""
    low, high = coverage.interval
    return {
        "count": accuracy.count,
        "bias": _signed(accuracy.bias),
        "spread": percent(accuracy.spread) if accuracy.spread is not None else "one lot only",
        "inside": f"{coverage.inside} of {coverage.count}",
        "share": percent(coverage.share or 0.0),
        "believable": f"{percent(low)} to {percent(high)}",
        "verdict": coverage.verdict,
    }


def _change(found: Lesson) -> str:
    """How far the proposal would move the centre now in force."""
    if found.proposal is None:
        return ""
    return _signed(found.proposal.proposed.central / float(found.in_force.magnet_kg_central) - 1)


def _signed(share: float) -> str:
    text = percent(abs(share))
    return text if text == "0%" else f"{'+' if share > 0 else '−'}{text}"


def _spread(coefficient: ProductCoefficient) -> Spread:
    return Spread(
        float(coefficient.magnet_kg_low),
        float(coefficient.magnet_kg_central),
        float(coefficient.magnet_kg_high),
    )


def _kilograms(spread: Spread) -> str:
    return f"{grams_of(spread.central)} ({grams_of(spread.low)} to {grams_of(spread.high)})"
