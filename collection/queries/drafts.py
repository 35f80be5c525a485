"""Lots somebody has begun to log, and what they logged before that a new one may start from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Lot, LotDraft, LotPhoto, ProductType, Site
from collection.rules.roles import Viewer

LOTS_LOOKED_BACK_ON = 200


def drafts_of(viewer: Viewer) -> list[LotDraft]:
    """The viewer's own unfinished lots, the last touched first. Nobody else sees them."""
    return list(
        LotDraft.objects.filter(user_id=viewer.user_id, organisation_id=viewer.organisation_id).order_by(
            "-changed_at", "-pk"
        )[:20]
    )


def draft_of(viewer: Viewer, submission_id: uuid.UUID) -> LotDraft | None:
    """One of the viewer's own drafts."""
    return LotDraft.objects.filter(
        submission_id=submission_id, user_id=viewer.user_id, organisation_id=viewer.organisation_id
    ).first()


def lot_logged_from(viewer: Viewer, submission_id: uuid.UUID) -> Lot | None:
    """The lot that a draft with this submission id became."""
    return Lot.unscoped.filter(submission_id=submission_id, holder_id=viewer.organisation_id).first()


def photos_of_draft(draft: LotDraft) -> list[LotPhoto]:
    return list(LotPhoto.objects.filter(draft=draft, lot=None).order_by("pk"))


def places_of(viewer: Viewer) -> list[Site]:
    """The saved places of the viewer's organisation that are in use, in order of name."""
    return list(
        Site.unscoped.filter(organisation_id=viewer.organisation_id, is_active=True).order_by("name", "pk")
    )


@dataclass(frozen=True, slots=True)
class UsualProduct:
    """A product the organisation logs, with the last lot of it."""

    product: ProductType
    last_lot: Lot
    times: int


def usual_products(viewer: Viewer, limit: int = 4) -> Sequence[UsualProduct]:
    """What the organisation logged most among its last lots, with the last lot of each to start from."""
    recent = list(
        Lot.unscoped.filter(holder_id=viewer.organisation_id)
        .order_by("-pk")
        .values_list("pk", "product_id")[:LOTS_LOOKED_BACK_ON]
    )
    times: dict[int, int] = {}
    last: dict[int, int] = {}
    for lot_id, product_id in recent:
        times[product_id] = times.get(product_id, 0) + 1
        last.setdefault(product_id, lot_id)
    most = sorted(times, key=lambda product_id: (-times[product_id], -last[product_id]))[:limit]
    lots = Lot.unscoped.select_related("product").in_bulk([last[product_id] for product_id in most])
    usual = (UsualProduct(lots[last[pk]].product, lots[last[pk]], times[pk]) for pk in most)
    return [one for one in usual if one.product.is_current]


def last_lot_of(viewer: Viewer, product_code: str = "") -> Lot | None:
    """The organisation's last lot, of one product where it is named."""
    lots = Lot.unscoped.filter(holder_id=viewer.organisation_id)
    if product_code:
        lots = lots.filter(product__code=product_code)
    return lots.select_related("product", "site").order_by("-pk").first()
