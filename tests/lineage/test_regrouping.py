"""Splitting, merging and taking apart: no gram appears or disappears, and parents stay on record."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.actions.evidence import Evidence, record_evidence
from collection.actions.merging import merge
from collection.actions.regrouping import TakenApart, split, take_apart
from collection.actions.weights import see_to
from collection.actions.weights_of_parts import rest_of, share_of
from collection.models import Dismantling, Event, Lineage, Lot, WeightReading
from collection.queries.custody import first_broken_chain, register_balances
from collection.queries.learning import lessons
from collection.queries.lineage import family_of
from collection.queries.weights import count_to_replace
from collection.rules.content import ContentInputError
from collection.rules.content.disassembly import Apart
from collection.rules.content.evidence import from_certificate
from collection.rules.lifecycle import LotState, Place, StateConflictError, Verb
from collection.rules.merging import MergeRefusedError
from collection.rules.roles import NotPermittedError
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

LATER = NOW + dt.timedelta(days=3)


def _apart(person: Person, lot: Lot, submission_id: uuid.UUID | None = None, **changes: Any) -> TakenApart:
    answers: dict[str, Any] = {
        "maker": "Alder Drives",
        "model": "P 1",
        "items": 120,
        "minutes": 240,
        "freed_grams": 1_500,
        "intact_grams": 1_200,
        "residue_grams": 250,
        "loss_grams": 50,
        "obstacles": frozenset({"glue"}),
    }
    return take_apart(
        person.viewer,
        lot.pk,
        Apart(**(answers | changes)),
        submission_id=submission_id or uuid.uuid4(),
        at=LATER,
    )


def _merge(person: Person, *lots: Lot, submission_id: uuid.UUID | None = None) -> Lot:
    return merge(
        person.viewer,
        [lot.pk for lot in lots],
        reason="Same pallet",
        submission_id=submission_id or uuid.uuid4(),
        at=LATER,
    )


def _split(person: Person, lot: Lot, quantity: str, submission_id: uuid.UUID | None = None) -> Lot:
    return split(
        person.viewer,
        lot.pk,
        Decimal(quantity),
        reason="Another bay",
        submission_id=submission_id or uuid.uuid4(),
        at=LATER,
    )


def _ledger_holds() -> None:
    totals = register_balances()
    assert sum(totals.values()) == 0
    assert totals.get(Place.LINEAGE, 0) == 0
    assert first_broken_chain() is None


# --- Split ---------------------------------------------------------------------------------------------------


def test_a_split_shares_out_quantity_and_grams_and_both_stay_held(cast: Cast) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000)

    child = _split(cast.scrapyard, lot, "30")

    lot.refresh_from_db()
    assert (lot.quantity, child.quantity) == (90, 30)
    assert lot.magnet_grams + child.magnet_grams == 1_800
    assert (lot.gross_grams, child.gross_grams) == (54_000, 18_000)
    assert {lot.state, child.state} == {LotState.HELD}
    assert not Event.objects.filter(verb=Verb.DIVIDED).exists()
    _ledger_holds()


def _weights(lot: Lot) -> tuple[int | None, int | None, int | None, int | None]:
    now = WeightReading.objects.get(lot=lot, is_current=True)
    return now.gross_grams, now.tare_grams, now.pallet_grams, now.net_grams


def test_a_weight_is_shared_out_to_the_gram_and_waits_to_be_weighed(cast: Cast) -> None:
    """A scale said what the whole weighed; of its parts nobody knows more than their share."""
    lot = log(
        cast.scrapyard, gross_grams=72_001, tare_grams=2_001, pallet_grams=21_001, weight_method="platform"
    )
    whole = WeightReading.objects.get(lot=lot)

    child = _split(cast.scrapyard, lot, "35")

    lot.refresh_from_db()
    parts = zip(_weights(lot), _weights(child), strict=True)
    assert [a + b for a, b in parts if a is not None and b is not None] == [72_001, 2_001, 21_001, 48_999]
    assert lot.gross_grams is not None
    assert child.gross_grams is not None
    assert lot.gross_grams + child.gross_grams == 72_001
    whole.refresh_from_db()
    assert (whole.is_current, whole.net_grams) == (False, 48_999), "what was read stays on record"
    assert count_to_replace(cast.scrapyard.viewer, 10) == 2


def test_who_sees_to_a_weight_sees_to_the_rest(cast: Cast) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000, weight_method="told")
    reading = WeightReading.objects.get(lot=lot)
    see_to(cast.scrapyard.viewer, reading.pk, cast.scrapyard.user.pk, at=NOW)

    child = _split(cast.scrapyard, lot, "30")

    kept = WeightReading.objects.get(lot=lot, is_current=True)
    assert (kept.owner, kept.method) == (cast.scrapyard.user, "told")
    assert WeightReading.objects.get(lot=child).owner is None


@given(grams=st.integers(0, 10**12), part=st.integers(1, 999))
def test_a_share_and_its_rest_are_the_whole(grams: int, part: int) -> None:
    share = Decimal(part) / 1000

    taken, left = share_of(grams, share), rest_of(grams, share)

    assert taken is not None
    assert left is not None
    assert taken + left == grams
    assert taken >= 0
    assert left >= 0


@pytest.mark.parametrize(
    ("methods", "method", "is_estimate"),
    [(("platform", "weighbridge"), "weighbridge", False), (("platform", "told"), "told", True)],
)
def test_weights_of_merged_lots_add_up_and_stay_weighed_where_all_were(
    cast: Cast, methods: tuple[str, str], method: str, is_estimate: bool
) -> None:
    lots = [
        log(cast.scrapyard, gross_grams=72_000, pallet_grams=22_000, weight_method=one) for one in methods
    ]

    child = _merge(cast.scrapyard, *lots)

    reading = WeightReading.objects.get(lot=child)
    assert _weights(child) == (144_000, 0, 44_000, 100_000)
    assert (reading.method, reading.is_estimate) == (method, is_estimate)


def test_a_merged_lot_has_no_weight_where_a_part_has_none(cast: Cast) -> None:
    child = _merge(cast.scrapyard, log(cast.scrapyard, gross_grams=72_000), log(cast.scrapyard))

    assert not WeightReading.objects.filter(lot=child).exists()


def test_the_same_split_sent_twice_is_one(cast: Cast) -> None:
    lot, submission_id = log(cast.scrapyard), uuid.uuid4()

    first = _split(cast.scrapyard, lot, "30", submission_id)

    assert _split(cast.scrapyard, lot, "30", submission_id).pk == first.pk
    assert Lot.unscoped.count() == 2


@pytest.mark.parametrize(
    ("quantity", "words"), [("0", "more than 0"), ("120", "less than all"), ("1.5", "whole items")]
)
def test_only_a_true_part_is_divided_off(cast: Cast, quantity: str, words: str) -> None:
    lot = log(cast.scrapyard)

    with pytest.raises(ContentInputError, match=words):
        _split(cast.scrapyard, lot, quantity)


# --- Merge ---------------------------------------------------------------------------------------------------


def test_merged_lots_add_up_and_their_parents_stay(cast: Cast) -> None:
    one, other = log(cast.scrapyard), log(cast.scrapyard, quantity=Decimal(80), build_year=2016)

    child = _merge(cast.scrapyard, one, other)

    assert (child.quantity, child.magnet_grams, child.build_year) == (200, 3_000, None)
    assert list(Lot.unscoped.filter(state=LotState.DIVIDED).order_by("pk")) == [one, other]
    assert Lineage.objects.filter(child=child).count() == 2
    made = child.estimates.get()
    parts = [lot.estimates.get() for lot in (one, other)]
    # The factor is wrong the same way for both, so the interval does not shrink.
    assert made.magnet_high_grams - made.magnet_low_grams == pytest.approx(
        sum(part.magnet_high_grams - part.magnet_low_grams for part in parts), rel=0.03
    )
    assert made.shared_sd_grams == sum(part.shared_sd_grams for part in parts)
    _ledger_holds()


def test_a_merge_of_unlike_alloys_takes_their_mean_and_conserves_every_element(cast: Cast) -> None:
    one, other = log(cast.scrapyard), log(cast.scrapyard)
    alloy = from_certificate({"Nd": 0.20, "Pr": 0.06, "Dy": 0.03}, reference="C-1")
    evidence = Evidence(words="Certificate C-1", composition=alloy)
    record_evidence(cast.scrapyard.viewer, other.pk, evidence, submission_id=uuid.uuid4(), at=LATER)

    child = _merge(cast.scrapyard, one, other)

    parts = [lot.estimates.get(is_current=True) for lot in (one, other)]
    assert child.estimates.get().dy_ppm == round(sum(part.dy_ppm for part in parts) / 2)
    _ledger_holds()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product_code": "weee_hdd_2_5"}, "different products"),
        ({"unit": "kg_magnets", "quantity": Decimal(2)}, "different units"),
        ({"site_id": None, "postcode": "M1 1AE"}, "different places"),
        ({"condition": "corroded"}, "keep them apart"),
    ],
)
def test_unlike_lots_stay_apart_and_every_reason_is_given(
    cast: Cast, changes: dict[str, Any], words: str
) -> None:
    one, other = log(cast.scrapyard), log(cast.scrapyard, **changes)

    with pytest.raises(MergeRefusedError, match=words):
        _merge(cast.scrapyard, one, other)
    assert Lot.unscoped.filter(state=LotState.HELD).count() == 2


def test_a_lot_does_not_merge_with_itself_and_the_same_merge_sent_twice_is_one(cast: Cast) -> None:
    one, other, submission_id = log(cast.scrapyard), log(cast.scrapyard), uuid.uuid4()

    with pytest.raises(MergeRefusedError, match="at least two"):
        _merge(cast.scrapyard, one, one)
    child = _merge(cast.scrapyard, one, other, submission_id=submission_id)
    assert _merge(cast.scrapyard, one, other, submission_id=submission_id) == child
    with pytest.raises(StateConflictError, match="became other lots"):
        _merge(cast.scrapyard, one, other)


# --- Taking apart --------------------------------------------------------------------------------------------


def test_what_goes_in_is_parts_residue_and_loss(cast: Cast) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000)

    done = _apart(cast.scrapyard, lot)

    assert done.magnets is not None
    assert (done.magnets.magnet_grams, done.magnets.unit, done.magnets.quantity) == (
        1_500, "kg_magnets", Decimal("1.5"),
    )  # fmt: skip
    assert done.magnets.estimates.get().evidence_class == "B"
    lot.refresh_from_db()
    assert lot.state == LotState.DIVIDED
    totals = register_balances()
    assert totals[Place.HELD] == 1_500
    assert totals[Place.RESIDUE] == 250
    assert totals[Place.LOST] == 50
    _ledger_holds()
    change = family_of(cast.scrapyard.viewer, lot.reference).changes[0]
    assert change.came_in == 1_800 == change.into_lots + change.residue + change.lost
    assert change.stayed == 0


def test_what_came_out_replaces_what_was_believed_and_teaches_the_catalogue(cast: Cast) -> None:
    lot = log(cast.scrapyard)

    _apart(cast.scrapyard, lot, freed_grams=2_000, intact_grams=0)

    assert lot.estimates.get(is_current=True).magnet_central_grams == 2_300
    assert register_balances()[Place.REVISION] == -500
    lesson = lessons().by_product["weee_hdd_3_5"]
    assert lesson.ratios == pytest.approx([2_300 / 1_800])
    _ledger_holds()


def test_nothing_freed_makes_no_lot_and_is_still_recorded(cast: Cast) -> None:
    lot = log(cast.scrapyard)

    done = _apart(cast.scrapyard, lot, freed_grams=0, intact_grams=0, residue_grams=1_800, loss_grams=0)

    assert done.magnets is None
    assert register_balances()[Place.RESIDUE] == 1_800
    assert family_of(cast.scrapyard.viewer, lot.reference).changes[0].dismantling == done.record


def test_the_same_record_sent_twice_is_one(cast: Cast) -> None:
    lot, submission_id = log(cast.scrapyard), uuid.uuid4()

    first = _apart(cast.scrapyard, lot, submission_id)
    again = _apart(cast.scrapyard, lot, submission_id)

    assert (again.record, again.magnets) == (first.record, first.magnets)
    assert Dismantling.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"intact_grams": 1_600}, "cannot weigh more than all freed"),
        ({"freed_grams": 0, "intact_grams": 0, "residue_grams": 0, "loss_grams": 0}, "all are 0"),
        ({"minutes": 0}, "minutes as a whole number"),
        ({"items": 12}, "To take apart only 12, split the lot first"),
        ({"items": 121}, "The lot has only 120 items"),
        ({"maker": " "}, "write “unmarked”"),
        ({"freed_grams": 90_000}, "came out of a lot of 72.0 kg net"),
        ({"other_grams": {"steel": 30_000}}, "is missing: weigh again or say why"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_moves(
    cast: Cast, changes: dict[str, Any], words: str
) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000)

    with pytest.raises(ContentInputError, match=words):
        _apart(cast.scrapyard, lot, **changes)
    assert lot.estimates.count() == 1
    lot.refresh_from_db()
    assert lot.state == LotState.HELD


def test_a_difference_that_is_explained_is_taken(cast: Cast) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000)

    done = _apart(
        cast.scrapyard, lot, other_grams={"steel": 30_000}, unexplained_reason="Lids went out the day before"
    )

    assert done.record.unexplained_reason == "Lids went out the day before"


# --- Who may -------------------------------------------------------------------------------------------------


def test_only_the_holder_regroups_and_only_what_is_held(cast: Cast) -> None:
    lot = log(cast.scrapyard)

    for person in (cast.short_loop_planner, cast.national_regulator):
        with pytest.raises(NotPermittedError):
            _apart(person, lot)
        with pytest.raises(NotPermittedError):
            _split(person, lot, "3")
    with pytest.raises(Lot.DoesNotExist):
        _split(cast.turbine_dismantler, lot, "3")
    Lot.unscoped.filter(pk=lot.pk).update(
        state=LotState.RESERVED, reserved_by=cast.short_loop_planner.organisation
    )
    with pytest.raises(StateConflictError, match="pickup booked"):
        _apart(cast.scrapyard, lot)
