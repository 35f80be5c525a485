"""Watched sources: noted, changed, closed; become lots; their holders reminded."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from collection.actions.drafts import Pages
from collection.actions.notifications import Notice, members_with, notify_all
from collection.actions.references import next_reference
from collection.models import (
    Arrival,
    Lot,
    LotDraft,
    Organisation,
    ProductType,
    Region,
    Site,
    Source,
    WatchedSource,
    WatchState,
)
from collection.queries.reference import current_catalogue, locate_postcode
from collection.rules.answer_checks import check_most
from collection.rules.answers import RefusedAnswerError, error
from collection.rules.content import ContentInputError, LotInput, estimate
from collection.rules.lifecycle import StateConflictError
from collection.rules.new_lot import Unit
from collection.rules.roles import Permission, Role, Viewer, require
from collection.rules.spoken_mass import mass
from collection.rules.watching import Window, next_reminder, reminder_words

REMINDED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatched:
    """Something that will become lots. It is at a saved place, a source of a register, or a postcode."""

    submission_id: uuid.UUID
    name: str
    source_kind: str
    product_code: str
    quantity: Decimal
    unit: str
    window: Window
    source_id: int | None = None
    site_id: int | None = None
    postcode: str = ""
    build_year: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WatchResult:
    watched: WatchedSource
    is_new: bool


def watch_source(viewer: Viewer, new: NewWatched, *, at: dt.datetime) -> WatchResult:
    """Note a source, once per `submission_id`. Raises RefusedAnswerError naming the field."""
    require(viewer, Permission.LOG_LOT)
    earlier = _noted_before(viewer, new.submission_id)
    if earlier is not None:
        return WatchResult(earlier, is_new=False)
    columns = _columns(viewer, new, at)
    holder = Organisation.objects.get(pk=viewer.organisation_id)
    try:
        with transaction.atomic():
            watched = WatchedSource.unscoped.create(
                reference=next_reference("WCH", at),
                submission_id=new.submission_id,
                organisation=holder,
                is_demonstration=holder.is_demonstration,
                state_at=at,
                logged_at=at,
                logged_by_id=viewer.user_id,
                **columns,
            )
    except IntegrityError:
        # Two requests with one submission at the same moment: the other one won.
        earlier = _noted_before(viewer, new.submission_id)
        if earlier is None:
            raise
        return WatchResult(earlier, is_new=False)
    return WatchResult(watched, is_new=True)


def change_watched(viewer: Viewer, watched: WatchedSource, new: NewWatched, *, at: dt.datetime) -> None:
    """Say it anew: it is estimated again. Raises StateConflictError once it has arisen or been closed."""
    _require_own(viewer, watched)
    columns = _columns(viewer, new, at)
    _update(watched, columns)


def close_watched(viewer: Viewer, watched: WatchedSource, why: str, *, at: dt.datetime) -> None:
    """It will not arise here: kept running, exported whole, counted twice. `why` stays with it."""
    _require_own(viewer, watched)
    _update(watched, {"state": WatchState.CLOSED, "state_at": at, "closed_why": why, "remind_on": None})


def begin_arrival(viewer: Viewer, watched: WatchedSource, pages: Pages, *, at: dt.datetime) -> LotDraft:
    """It has arisen: a draft of the lot, `pages` filled in from what was expected. Nothing is a lot until it
    is logged; the source is watched on until then."""
    _require_own(viewer, watched)
    if watched.state == WatchState.CLOSED:
        raise StateConflictError(f"{watched.reference} was closed: {watched.closed_why}")
    return LotDraft.objects.create(
        user_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        answers={"pages": {slug: dict(typed) for slug, typed in pages.items()}},
        watched=watched,
        started_at=at,
        changed_at=at,
    )


def arrived_from_draft(draft_id: int, lot: Lot, *, at: dt.datetime) -> None:
    """A draft became a lot: where it was begun from a watched source, that has arisen."""
    watched_id = LotDraft.objects.filter(pk=draft_id).values_list("watched_id", flat=True).first()
    if watched_id is not None:
        link_arrival(watched_id, lot, at=at)


def link_arrival(watched_id: int, lot: Lot, *, at: dt.datetime) -> None:
    """A lot came from a watched source, which has thereby arisen. Inside the caller's transaction; safe to
    repeat."""
    Arrival.objects.get_or_create(lot=lot, defaults={"watched_id": watched_id})
    WatchedSource.unscoped.filter(pk=watched_id, state=WatchState.WATCHED).update(
        state=WatchState.ARISEN, state_at=at, remind_on=None
    )


def link_lot(viewer: Viewer, watched: WatchedSource, lot: Lot, *, at: dt.datetime) -> None:
    """Say that one of the holder's lots, logged already, came from this source."""
    _require_own(viewer, watched)
    if lot.holder_id != watched.organisation_id:
        raise Lot.DoesNotExist
    if watched.state == WatchState.CLOSED:
        raise StateConflictError(f"{watched.reference} was closed: {watched.closed_why}")
    other = Arrival.objects.filter(lot=lot).exclude(watched=watched).select_related("watched").first()
    if other is not None:
        raise StateConflictError(f"{lot.reference} came from {other.watched.reference} already.")
    with transaction.atomic():
        link_arrival(watched.pk, lot, at=at)


def remind_due(*, at: dt.datetime, today: dt.date) -> int:
    """Remind the holders of everything that is near or late; how many sources it was about.

    The row says when; a reminder and its next day are written together, so none is lost or sent twice.
    """
    with transaction.atomic():
        due = list(
            WatchedSource.unscoped.filter(remind_on__lte=today)
            .select_for_update(skip_locked=True)
            .order_by("remind_on", "pk")[:REMINDED_AT_ONCE]
        )
        people = members_with({one.organisation_id for one in due}, [Role.COLLECTOR, Role.ORGANISATION_ADMIN])
        notices = []
        for one in due:
            window = Window(one.expected_from_on, one.expected_to_on)
            notices.append(_reminder(one, window, people[one.organisation_id], today))
            one.remind_on = next_reminder(window, today)
        WatchedSource.unscoped.bulk_update(due, ["remind_on"])
        if notices:
            notify_all(notices, at)
    return len(due)


def _reminder(watched: WatchedSource, window: Window, user_ids: set[int], today: dt.date) -> Notice:
    bounds = f"{mass(watched.magnet_low_grams)} to {mass(watched.magnet_high_grams)}"
    return Notice(
        user_ids=user_ids,
        kind="watched",
        title=f"{watched.name} {reminder_words(window, today)}",
        body=f"{watched.reference}, expected {window}: about {mass(watched.magnet_central_grams)} of "
        f"magnets ({bounds}). When it has arisen, log its lots from its page; when the day has moved or it "
        "will not arise, say so there.",
        url=f"/watched/{watched.reference}/",
        dedupe_key=f"watched:{watched.pk}:{watched.remind_on}",
    )


def _noted_before(viewer: Viewer, submission_id: uuid.UUID) -> WatchedSource | None:
    return WatchedSource.unscoped.filter(
        submission_id=submission_id, organisation_id=viewer.organisation_id
    ).first()


def _require_own(viewer: Viewer, watched: WatchedSource) -> None:
    require(viewer, Permission.LOG_LOT)
    if watched.organisation_id != viewer.organisation_id:
        raise WatchedSource.DoesNotExist


def _update(watched: WatchedSource, columns: Mapping[str, Any]) -> None:
    """Compare and set: only what is still watched can be changed or closed."""
    changed = WatchedSource.unscoped.filter(pk=watched.pk, state=WatchState.WATCHED).update(**columns)
    if not changed:
        raise StateConflictError(f"{watched.reference} has arisen or was closed meanwhile.")


def _columns(viewer: Viewer, new: NewWatched, at: dt.datetime) -> dict[str, Any]:
    """Every column that follows from what was said, the estimate among them."""
    product = ProductType.objects.filter(code=new.product_code, is_current=True).first()
    if product is None:
        raise RefusedAnswerError(
            error("product", "unknown", "We do not know that product.", "Search for it by another word")
        )
    for problem in check_most(new.quantity, Unit(new.unit)):
        raise RefusedAnswerError(problem)
    try:
        content = estimate(
            current_catalogue(),
            LotInput(
                product_code=product.code,
                quantity=float(new.quantity),
                unit=new.unit,
                build_year=new.build_year,
            ),
        ).counted
    except ContentInputError as refused:
        raise RefusedAnswerError(error("quantity", "content", str(refused), "")) from refused
    magnet = content.magnet_grams
    return {
        "name": new.name,
        "source_kind": new.source_kind,
        "product": product,
        "quantity": new.quantity,
        "unit": new.unit,
        "expected_from_on": new.window.from_on,
        "expected_to_on": new.window.to_on,
        "note": new.note,
        "is_defence": new.source_kind == "defence" or product.is_defence_controlled,
        "magnet_low_grams": magnet.low,
        "magnet_central_grams": magnet.central,
        "magnet_high_grams": magnet.high,
        "shared_sd_grams": content.shared_sd_grams,
        "own_variance": content.own_variance,
        "elements": {
            element: [grams.low, grams.central, grams.high]
            for element, grams in content.element_grams.items()
        },
        "method": content.method[:120],
        "coefficient_version": content.coefficient_version[:80],
        "estimate_source": content.source,
        "estimated_at": at,
        "remind_on": next_reminder(new.window, at.date()),
    } | _place(viewer, new)


def _place(viewer: Viewer, new: NewWatched) -> dict[str, Any]:
    """Where it is: a saved place of the viewer's, a source of a register, or a postcode's first half."""
    site: Site | None = None
    source: Source | None = None
    region: Region | None = None
    nation = ""
    if new.source_id is not None:
        source = Source.objects.filter(pk=new.source_id).select_related("region").first()
        if source is None:
            raise RefusedAnswerError(error("source", "unknown", "That source is not in a register.", ""))
        nation, region = source.nation, source.region
    if new.site_id is not None:
        site = Site.objects.visible_to(viewer).select_related("region").filter(pk=new.site_id).first()
        if site is None:
            raise RefusedAnswerError(
                error("place", "unknown", "That saved place is not one of yours.", "Choose one from the list")
            )
        nation, region = site.nation, site.region
    elif new.postcode:
        point = locate_postcode(new.postcode)
        nation, region = point.nation, point.region
    return {"site": site, "source": source, "nation": nation, "region": region}
