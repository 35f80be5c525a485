"""What a plant works up together obeys the mixing rules."""

import uuid
from decimal import Decimal

import pytest

from collection.actions.receipts import WeighingError, process
from collection.models import Facility, Lot, ProcessingRecord, Receipt
from tests.cast import Cast
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def _received(cast: Cast, **changes: object) -> Lot:
    """A lot of no magnets' mass, so that only the rule is tried and not the ledger."""
    lot = log(cast.scrapyard, **changes)
    organisation = cast.short_loop_planner.organisation
    Lot.unscoped.filter(pk=lot.pk).update(state="received", reserved_by=organisation)
    Receipt.unscoped.create(
        reference=f"REC-T-{lot.pk}",
        submission_id=uuid.uuid4(),
        lot=lot,
        facility=Facility.objects.get(organisation=organisation),
        received_at=NOW,
        gross_grams=2,
        tare_grams=1,
        net_grams=1,
    )
    return lot


def _process(cast: Cast, lot: Lot, batch: str = "B-1") -> ProcessingRecord:
    return process(
        cast.short_loop_planner.viewer,
        lot.pk,
        retained_grams=0,
        batch=batch,
        route_code="short_loop_hpms",
        submission_id=uuid.uuid4(),
        at=NOW,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product_code": "ind_servo_motor", "quantity": Decimal(5)}, "one source product"),
        ({"condition": "corroded"}, "may not enter the short loop"),
        ({"product_code": "weee_loudspeaker_hifi_ferrite"}, "Magnet families must stay apart"),
    ],
)
def test_what_must_stay_apart_is_refused_from_a_batch_and_taken_in_its_own(
    cast: Cast, changes: dict[str, object], words: str
) -> None:
    first, other = _received(cast), _received(cast, **changes)
    _process(cast, first)

    with pytest.raises(WeighingError, match=words) as caught:
        _process(cast, other)
    assert caught.value.field == "batch"
    assert _process(cast, other, "B-2").batch == "B-2"


def test_lots_of_one_sound_product_share_a_batch(cast: Cast) -> None:
    for lot in (_received(cast), _received(cast)):
        _process(cast, lot)

    assert ProcessingRecord.objects.filter(batch="B-1").count() == 2
