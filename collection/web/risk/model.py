"""The model card: what the active risk model says, how good it was, what it cannot do; and its versions."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.risk import activate_model, ensure_model
from collection.models import RiskModelVersion
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.risk.card import card_of, figure_rows, versions_table


@requires(Permission.OVERRIDE_RISK, Permission.ADMINISTER)
@require_safe
def model_card(request: ViewerRequest) -> HttpResponse:
    version, model = ensure_model(at=request.now)
    versions = versions_table()
    context = {
        "card": card_of(version, model),
        "versions": versions,
        "figure_rows": figure_rows(versions),
        "may_activate": request.viewer.may(Permission.ADMINISTER),
    }
    return render(request, "collection/risk/model.html", context)


@requires(Permission.ADMINISTER)
@require_http_methods(["GET", "POST"])
def activate(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Ask first, with the figures in sight; then put the version in force."""
    version = get_object_or_404(RiskModelVersion, pk=pk)
    if request.method == "POST":
        activate_model(request.viewer, pk, at=timezone.now())
        messages.success(
            request, f"Model {version.version} is in force. Every open lot is being scored anew."
        )
        return redirect("risk-model")
    chosen = [row for row in versions_table() if row.pk == pk or row.is_active]
    context = {"version": version, "versions": chosen, "figure_rows": figure_rows(chosen)}
    return render(request, "collection/risk/activate.html", context)
