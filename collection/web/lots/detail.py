"""The page of one lot."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collection.actions.evidence import may_record_evidence
from collection.actions.hold_points import may_record_hold_points
from collection.actions.labels import MAY_PRINT
from collection.actions.papers import may_keep_papers
from collection.actions.regrouping import may_regroup
from collection.models import Lot, Score
from collection.queries.lots import LotFile, lot_file, lot_of
from collection.queries.particulars import Particulars, particulars_of
from collection.queries.waste import written_code
from collection.rules.lifecycle import LotState
from collection.rules.offers import first_offer_until
from collection.rules.roles import OrganisationKind, Permission, Viewer
from collection.web.access import ViewerRequest, requires
from collection.web.kit.components import Link, SummaryRow, Task
from collection.web.lots.content_panel import content_panel
from collection.web.lots.hold_points import hold_tasks
from collection.web.lots.listing import STATE_TONES, band_of
from collection.web.lots.look_alikes import outcome, shows_other
from collection.web.lots.particulars import particular_rows
from collection.web.lots.risk_panel import risk_panel


@require_GET
@requires(Permission.SEE_LOTS)
def lot(request: ViewerRequest, reference: str) -> HttpResponse:
    """Everything about one lot that the viewer may see."""
    file = lot_file(request.viewer, reference)
    told = particulars_of(request.viewer, file.lot)
    is_own = file.lot.holder_id == request.viewer.organisation_id
    context = {
        "lot": file.lot,
        "file": file,
        "tone": STATE_TONES.get(file.lot.state, "neutral"),
        "band": band_of(file.lot) if file.score else "",
        "facts": [*_facts(file, is_own), *particular_rows(file.lot, told)],
        "told": told,
        "look_alikes": [
            (pair, shows_other(request.viewer, pair), outcome(pair)) for pair in told.look_alikes
        ],
        "holds": _holds(request.viewer, file.lot, told),
        "content": content_panel(file.lot, file.estimate) if file.estimate else None,
        "risk": risk_panel(file.lot, file.score, at=request.now),
        "may_record": may_record_evidence(request.viewer, file.lot),
        "is_own": is_own,
        "may_override": file.score is not None and request.viewer.may(Permission.OVERRIDE_RISK),
        "first_offer_until": first_offer_until(file.open_flag.opened_at) if file.open_flag else None,
        "is_new": is_own and request.GET.get("logged") == "yes",
        "actions": _actions(request.viewer, file.lot, is_own),
    }
    return render(request, "collection/lots/lot.html", context)


@require_GET
@requires(Permission.SEE_LOTS)
def risk(request: ViewerRequest, reference: str) -> HttpResponse:
    """The risk part of the page alone, for polling until the score is there."""
    found = lot_of(request.viewer, reference)
    panel = risk_panel(found, Score.objects.filter(lot=found).select_related("model").first(), at=request.now)
    response = render(request, "collection/lots/risk.html", {"risk": panel, "lot": found})
    if not panel.is_waiting:
        response["X-Poll"] = "stop"
    return response


def _facts(file: LotFile, is_own: bool) -> list[SummaryRow]:
    found = file.lot
    rows = [
        SummaryRow("Product", found.product.name),
        SummaryRow("How much", found.quantity_text),
        SummaryRow("Comes from", found.get_source_kind_display()),
        SummaryRow("State", _condition(found)),
        SummaryRow("Where", _place(found)),
        SummaryRow("May be fetched", f"From {found.available_from_on:%-d %B %Y}"),
        SummaryRow("Intention", found.get_intent_display()),
    ]
    if not is_own:
        rows.insert(0, SummaryRow("Holder", found.holder.name))
    if found.ewc_code:
        rows.append(SummaryRow("Waste code", written_code(found.ewc_code)))
    if found.note:
        rows.append(SummaryRow("Note", found.note))
    logged_by = f" by {found.logged_by.name}" if found.logged_by and is_own else ""
    rows.append(SummaryRow("Logged", f"{timezone.localtime(found.logged_at):%-d %B %Y}{logged_by}"))
    return rows


def _holds(viewer: Viewer, found: Lot, told: Particulars) -> list[Task]:
    """The hold points of a defence lot as a task list."""
    if not found.is_defence:
        return []
    return hold_tasks(found, list(told.hold_points), may_record_hold_points(viewer, found))


def _condition(found: Lot) -> list[str]:
    lines = [found.get_condition_display()]
    if found.build_year:
        lines.append(f"Built in {found.build_year}")
    if found.is_magnetised is not None:
        lines.append("Still magnetised" if found.is_magnetised else "Not magnetised any more")
    return lines


def _place(found: Lot) -> list[str]:
    region = found.region.name if found.region else found.nation
    if found.site is not None:
        lines = [found.site.name, *([found.site.postcode] if found.site.postcode else [])]
    else:
        lines = [found.outcode or "Not known"]
    if region:
        lines.append(region)
    if found.lat is None:
        lines.append("Not on the map yet")
    return lines


def _actions(viewer: Viewer, found: Lot, is_own: bool) -> list[Link]:
    """What this viewer may do with the lot now. Only a held lot can leave."""
    address = f"/lots/{found.reference}"
    actions: list[Link] = []
    if is_own and viewer.may(Permission.CHANGE_OWN_LOT):
        actions.append(Link("Add photos", f"{address}/photos/"))
    if is_own and viewer.may(Permission.LOG_LOT):
        actions.append(Link("Save as a template", f"{address}/template/"))
    if may_keep_papers(viewer, found):
        actions.append(Link("Add papers: tickets, certificates, notes", f"{address}/papers/"))
    if any(viewer.may(permission) for permission in MAY_PRINT):
        actions.append(Link("Print labels", f"{address}/labels/"))
    if may_record_evidence(viewer, found):
        actions.append(Link("Record what was weighed or measured", f"{address}/evidence/"))
    if is_own and may_record_evidence(viewer, found):
        actions.append(Link("Write down a weighing", f"{address}/weigh/"))
    if may_regroup(viewer, found):
        actions += [
            Link("Split", f"{address}/split/"),
            Link("Merge with other lots", f"{address}/merge/"),
            Link("Record that it was taken apart", f"{address}/take-apart/"),
        ]
    if found.state != LotState.HELD:
        return actions
    if viewer.organisation_kind == OrganisationKind.RECYCLER and viewer.may(Permission.MAKE_OFFER):
        actions.append(Link("Make an offer", f"{address}/offers/new/"))
    if (is_own and viewer.may(Permission.RECORD_EXPORT)) or viewer.may(Permission.RECORD_OUTCOME):
        actions.append(Link("Report an export bid", f"{address}/bids/new/"))
        actions.append(Link("Record an export", f"{address}/export/"))
        actions.append(Link("Record a loss", f"{address}/loss/"))
    if is_own and viewer.may(Permission.CHANGE_OWN_LOT):
        actions.append(Link("Withdraw: logged in error", f"{address}/withdraw/"))
    return actions
