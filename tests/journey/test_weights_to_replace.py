"""An estimated weight waits with its age and an owner until a scale replaces it; the ledger follows."""

import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from collection.actions.weights import NewWeighing, WeighingRefusedError, replace_by_weighing, see_to
from collection.models import CustodyEntry, Lot, WeightReading
from collection.queries.custody import first_broken_chain, register_balances
from collection.queries.weights import weights_to_replace
from collection.rules.answers import errors_in
from collection.rules.lifecycle import Place, StateConflictError
from collection.rules.weighing import check_weights, net_of
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

SignIn = Callable[[Person], Client]
database = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
GRAMS = st.integers(1, 20_000_000)


@given(net=GRAMS, tare=st.none() | GRAMS, pallet=st.none() | GRAMS)
def test_only_a_net_weight_that_adds_up_is_taken(net: int, tare: int | None, pallet: int | None) -> None:
    gross = net + (tare or 0) + (pallet or 0)

    def problems(stated: int) -> list[str]:
        found = check_weights(gross=gross, tare=tare, pallet=pallet, net=stated, method="weighbridge")
        return [problem.code for problem in errors_in(found)]

    assert net_of(gross, tare, pallet) == net
    assert problems(net) == []
    assert problems(net + 1) == ["sum_wrong"]


class TestTheQueue:
    pytestmark = database

    def _told(self, cast: Cast) -> Lot:
        return log(
            cast.scrapyard,
            product_code="scrap_loose_sintered_ndfeb",
            quantity=Decimal(85),
            unit="kg_gross",
            weight_method="told",
        )

    def test_what_nobody_weighed_waits_and_what_was_weighed_does_not(self, cast: Cast) -> None:
        told = self._told(cast)
        log(cast.scrapyard, gross_grams=80_000, weight_method="platform")
        unsaid = log(cast.scrapyard, gross_grams=81_000)
        log(cast.scrapyard)

        waiting = weights_to_replace(cast.scrapyard.viewer)

        assert [one.reading.lot for one in waiting] == [told, unsaid]
        assert weights_to_replace(cast.turbine_dismantler.viewer) == []

    def test_somebody_takes_it_and_nobody_from_elsewhere_can(self, cast: Cast, as_person: SignIn) -> None:
        self._told(cast)
        reading = WeightReading.objects.get()

        as_person(cast.scrapyard).post(f"/weights/{reading.pk}/take/")

        reading.refresh_from_db()
        assert reading.owner == cast.scrapyard.user
        assert len(weights_to_replace(cast.scrapyard.viewer, mine=True)) == 1
        with pytest.raises(StateConflictError):
            see_to(cast.turbine_dismantler.viewer, reading.pk, cast.turbine_dismantler.user.pk, at=NOW)
        with pytest.raises(StateConflictError, match="colleagues"):
            see_to(cast.scrapyard.viewer, reading.pk, cast.driver.user.pk, at=NOW)

    def test_a_weighing_replaces_it_once_and_the_ledger_follows(self, cast: Cast) -> None:
        lot, submission = self._told(cast), uuid.uuid4()
        before = lot.magnet_grams
        weighing = NewWeighing(method="platform", gross_grams=72_000, pallet_grams=22_000, ticket="T 17")

        first = replace_by_weighing(cast.scrapyard.viewer, lot.pk, weighing, submission_id=submission, at=NOW)
        again = replace_by_weighing(cast.scrapyard.viewer, lot.pk, weighing, submission_id=submission, at=NOW)

        assert first == again
        assert WeightReading.objects.filter(lot=lot).count() == 2
        lot.refresh_from_db()
        assert (lot.quantity, lot.gross_grams, lot.tare_grams) == (50, 72_000, 22_000)
        assert lot.magnet_grams < before
        assert CustodyEntry.unscoped.filter(lot=lot, to_place=Place.REVISION).exists()
        assert register_balances()[Place.HELD] == lot.magnet_grams
        assert first_broken_chain() is None
        assert not any(one.reading.is_estimate for one in weights_to_replace(cast.scrapyard.viewer))

    def test_hearsay_does_not_replace_hearsay(self, cast: Cast) -> None:
        lot = self._told(cast)

        with pytest.raises(WeighingRefusedError, match="Only a scale"):
            replace_by_weighing(
                cast.scrapyard.viewer,
                lot.pk,
                NewWeighing(method="counted", gross_grams=70_000),
                submission_id=uuid.uuid4(),
                at=NOW,
            )

    @pytest.mark.parametrize(("gross", "says"), [(900_000, "7.5 kg each"), (1_000_000_000, "platform scale")])
    def test_what_such_a_lot_cannot_weigh_is_refused_as_when_it_was_logged(
        self, cast: Cast, gross: int, says: str
    ) -> None:
        lot = log(cast.scrapyard, gross_grams=60_000, weight_method="told")
        weighing = NewWeighing(method="platform", gross_grams=gross)

        with pytest.raises(WeighingRefusedError, match=says):
            replace_by_weighing(cast.scrapyard.viewer, lot.pk, weighing, submission_id=uuid.uuid4(), at=NOW)

        assert WeightReading.objects.get(lot=lot, is_current=True).gross_grams == 60_000

    def test_the_page_shows_age_and_replaces(self, cast: Cast, as_person: SignIn) -> None:
        lot, client = self._told(cast), as_person(cast.scrapyard)
        assert "Somebody told us" in client.get("/weights/").content.decode()

        wrong = client.post(
            f"/lots/{lot.reference}/weigh/",
            {"submission_id": uuid.uuid4(), "method": "platform", "gross": "50", "tare": "60"},
        )
        right = client.post(
            f"/lots/{lot.reference}/weigh/",
            {"submission_id": uuid.uuid4(), "method": "platform", "gross": "84 kg"},
        )

        assert (wrong.status_code, right.status_code) == (422, 302)
