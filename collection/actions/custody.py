"""The only writer of custody entries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from collection.models import SECTOR_IDS, CustodyEntry, Estimate, Lot
from collection.rules.custody import (
    GENESIS,
    Composition,
    CustodyError,
    Movement,
    balances,
    check_movement,
    composition_at,
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


def whole_balance(
    chain: Sequence[CustodyEntry], *, from_place: Place, to_place: Place, estimate: Estimate | None = None
) -> Movement:
    """The movement of everything that stands in `from_place`, at the composition at which it stands there."""
    grams = balances(chain).get(from_place, 0)
    return partial_balance(chain, grams, from_place=from_place, to_place=to_place, estimate=estimate)


def partial_balance(
    chain: Sequence[CustodyEntry],
    grams: int,
    *,
    from_place: Place,
    to_place: Place,
    estimate: Estimate | None = None,
) -> Movement:
    """The movement of some of what stands in `from_place`, with its share of the estimate's uncertainty."""
    composition = composition_at(chain, from_place)
    if composition is None:
        raise CustodyError(f"Nothing of this lot stands in {from_place.name.replace('_', ' ').lower()}.")
    share = grams / estimate.magnet_central_grams if estimate and estimate.magnet_central_grams else 0.0
    return Movement(
        from_place=from_place,
        to_place=to_place,
        grams=grams,
        composition=composition,
        shared_sd_g=round(estimate.shared_sd_grams * share) if estimate else 0,
        own_var_g2=estimate.own_variance * share**2 if estimate else 0.0,
    )


def revision(chain: Sequence[CustodyEntry], place: Place, estimate: Estimate) -> list[Movement]:
    """What turns the mass standing in `place` into what the estimate says: through REVISION, both kept.

    A changed mass alone is one entry; a changed composition takes everything out and brings it back.
    """
    standing = balances(chain).get(place, 0)
    before = composition_at(chain, place)
    after = estimate_composition(estimate)
    target = estimate.magnet_central_grams
    entering = Movement(
        from_place=Place.REVISION,
        to_place=place,
        grams=target,
        composition=after,
        shared_sd_g=estimate.shared_sd_grams,
        own_var_g2=estimate.own_variance,
    )
    if before is None or before == after:
        difference = target - standing
        if difference > 0:
            return [replace(entering, grams=difference)]
        if difference < 0:
            return [replace(entering, from_place=place, to_place=Place.REVISION, grams=-difference)]
        return []
    leaving = Movement(from_place=place, to_place=Place.REVISION, grams=standing, composition=before)
    return [movement for movement in (leaving, entering) if movement.grams > 0]


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
        shared_sd_grams=movement.shared_sd_g,
        own_variance=movement.own_var_g2,
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
