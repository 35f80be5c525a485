"""The only writer of custody entries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from collection.models import SECTOR_IDS, CustodyEntry, Estimate, Lot
from collection.rules.custody import (
    GENESIS,
    Composition,
    CustodyError,
    Doubt,
    Movement,
    balances,
    check_movement,
    composition_at,
    doubt_at,
    fingerprint,
)
from collection.rules.lifecycle import Place, StateConflictError

LONDON = ZoneInfo("Europe/London")


def post(
    movements: Mapping[int, Sequence[Movement]],
    *,
    at: dt.datetime,
    recorded_at: dt.datetime,
    actor_id: int | None,
    reason: str,
) -> list[CustodyEntry]:
    """Append movements to the chains of the lots they are keyed by, all or none, in constant queries.

    Raises CustodyError for a movement that takes more than stands in its place, and StateConflictError when
    somebody else wrote to one of the chains meanwhile.
    """
    lots = {lot.pk: lot for lot in Lot.unscoped.filter(pk__in=movements.keys())}
    chains = read_chains(list(movements))
    entries: list[CustodyEntry] = []
    for lot_id, wanted in movements.items():
        chain = chains[lot_id]
        standing = defaultdict(int, balances(chain))
        for movement in wanted:
            check_movement(standing, movement)
            entry = _next_entry(
                lots[lot_id],
                chain,
                movement,
                at=at,
                recorded_at=recorded_at,
                actor_id=actor_id,
                reason=reason,
            )
            chain.append(entry)
            entries.append(entry)
            standing[movement.from_place] -= movement.grams
            standing[movement.to_place] += movement.grams
    try:
        with transaction.atomic():
            return CustodyEntry.unscoped.bulk_create(entries, batch_size=2000)
    except IntegrityError as error:
        raise StateConflictError(
            "Somebody else changed this lot at the same moment. Look at it again, then repeat your step."
        ) from error


def read_chains(lot_ids: Sequence[int]) -> dict[int, list[CustodyEntry]]:
    """The entries of each lot in order; an empty list for a lot without any."""
    chains: dict[int, list[CustodyEntry]] = {lot_id: [] for lot_id in lot_ids}
    for entry in CustodyEntry.unscoped.filter(lot_id__in=lot_ids).order_by("lot_id", "sequence"):
        chains[entry.lot_id].append(entry)
    return chains


def whole_balance(chain: Sequence[CustodyEntry], *, from_place: Place, to_place: Place) -> Movement:
    """The movement of everything that stands in `from_place`, as it stands there.

    Raises CustodyError where nothing does.
    """
    # Asked for at least a gram, so that an empty place is refused.
    grams = max(1, balances(chain).get(from_place, 0))
    return parted_balance(chain, [(to_place, grams)], from_place=from_place)[0]


def parted_balance(
    chain: Sequence[CustodyEntry], parts: Sequence[tuple[Place, int]], *, from_place: Place
) -> list[Movement]:
    """Movements of what stands in `from_place` to other places, each of so many grams, in order; parts of
    nothing are left out.

    The doubt about the mass goes with the grams, so what is moved and what stays add up to what stood there.
    """
    composition = composition_at(chain, from_place)
    grams_left, doubt_left = balances(chain).get(from_place, 0), doubt_at(chain, from_place)
    movements = []
    for to_place, grams in parts:
        if not grams:
            continue
        if composition is None or not grams_left:
            raise CustodyError(f"Nothing of this lot stands in {from_place.name.replace('_', ' ').lower()}.")
        # More than stands there is refused when it is posted, in words that say how much does.
        doubt = doubt_left.share(min(grams, grams_left), grams_left)
        grams_left, doubt_left = max(0, grams_left - grams), doubt_left.less(doubt)
        movements.append(
            Movement(
                from_place=from_place, to_place=to_place, grams=grams, composition=composition, doubt=doubt
            )
        )
    return movements


def revision(chain: Sequence[CustodyEntry], place: Place, estimate: Estimate) -> list[Movement]:
    """What turns what stands in `place` into what the estimate says: everything out to REVISION as it stood,
    and back as it is believed now. Nothing where mass, alloy and doubt are the same."""
    entering = Movement(
        from_place=Place.REVISION,
        to_place=place,
        grams=estimate.magnet_central_grams,
        composition=estimate_composition(estimate),
        doubt=estimate_doubt(estimate),
    )
    if not balances(chain).get(place, 0):
        return [entering] if entering.grams else []
    leaving = whole_balance(chain, from_place=place, to_place=Place.REVISION)
    is_same = (leaving.grams, leaving.composition) == (entering.grams, entering.composition)
    if is_same and leaving.doubt.is_about(entering.doubt):
        return []
    return [leaving, entering] if entering.grams else [leaving]


def estimate_doubt(estimate: Estimate) -> Doubt:
    return Doubt(estimate.shared_sd_grams, estimate.own_variance)


def estimate_composition(estimate: Estimate) -> Composition:
    return Composition(
        nd=estimate.nd_ppm, pr=estimate.pr_ppm, dy=estimate.dy_ppm, tb=estimate.tb_ppm, sm=estimate.sm_ppm
    )


def _next_entry(
    lot: Lot,
    chain: Sequence[CustodyEntry],
    movement: Movement,
    *,
    at: dt.datetime,
    recorded_at: dt.datetime,
    actor_id: int | None,
    reason: str,
) -> CustodyEntry:
    previous = bytes(chain[-1].fingerprint) if chain else GENESIS
    sequence = len(chain) + 1
    composition = movement.composition
    return CustodyEntry(
        lot_id=lot.pk,
        sequence=sequence,
        from_place=movement.from_place,
        to_place=movement.to_place,
        grams=movement.grams,
        nd_ppm=composition.nd,
        pr_ppm=composition.pr,
        dy_ppm=composition.dy,
        tb_ppm=composition.tb,
        sm_ppm=composition.sm,
        shared_sd_grams=movement.doubt.shared_sd_grams,
        own_variance=movement.doubt.own_variance,
        day=at.astimezone(LONDON).date(),
        region_id=lot.region_id,
        sector_id=SECTOR_IDS[lot.source_kind],
        product_id=lot.product_id,
        holder_id=lot.holder_id,
        receiver_id=lot.reserved_by_id,
        at=at,
        recorded_at=recorded_at,
        actor_id=actor_id,
        reason=reason,
        previous_fingerprint=previous,
        fingerprint=fingerprint(
            previous=previous,
            lot_id=lot.pk,
            sequence=sequence,
            from_place=movement.from_place,
            to_place=movement.to_place,
            grams=movement.grams,
            composition=composition,
            at=at,
            reason=reason,
        ),
    )
