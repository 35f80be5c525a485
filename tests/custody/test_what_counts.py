"""The ledger is of rare-earth magnets: ferrite and AlNiCo are logged for the record and counted nowhere."""

import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.actions.evidence import Evidence, record_evidence
from collection.actions.regrouping import take_apart
from collection.actions.risk import assess
from collection.models import CustodyEntry, Flag, Lineage, Lot, Score
from collection.queries.custody import first_broken_chain
from collection.rules.content.disassembly import Apart
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

FERRITE = "weee_loudspeaker_hifi_ferrite"


@pytest.mark.parametrize(
    ("part", "product_code"), [("scrapyard", FERRITE), ("defence_officer", "def_radar_magnetron")]
)
def test_magnets_without_rare_earths_stand_in_no_ledger_and_have_no_score(
    cast: Cast, as_person: Callable[[Person], Client], part: str, product_code: str
) -> None:
    holder = cast.everybody()[part]
    kind = "defence" if part == "defence_officer" else "scrapyard"
    lot = log(holder, source_kind=kind, product_code=product_code, quantity=Decimal(52))
    assess([lot.pk], at=NOW)

    assert lot.magnet_grams == 0
    assert not CustodyEntry.unscoped.filter(lot=lot).exists()
    assert not Score.objects.filter(lot=lot).exists()
    page = as_person(holder).get(f"/lots/{lot.reference}/").content.decode()
    assert "magnets. They hold no rare earths, so they count in no figure." in page
    assert "It holds no rare-earth magnets" in page


def test_weighing_or_freeing_such_magnets_counts_none_either(cast: Cast) -> None:
    lot = log(cast.scrapyard, product_code=FERRITE, quantity=Decimal(52))
    record_evidence(
        cast.scrapyard.viewer,
        lot.pk,
        Evidence(words="Weighed", magnet_grams=31_000),
        submission_id=uuid.uuid4(),
        at=NOW,
    )
    apart = Apart(
        maker="unmarked", model="unmarked", items=52, minutes=60, freed_grams=31_000, intact_grams=30_000
    )

    magnets = take_apart(cast.scrapyard.viewer, lot.pk, apart, submission_id=uuid.uuid4(), at=NOW).magnets

    assert magnets is not None
    assert (magnets.quantity, magnets.magnet_grams) == (31, 0)
    assert Lineage.objects.filter(parent=lot, child=magnets).exists()
    assert not CustodyEntry.unscoped.exists()
    assert first_broken_chain() is None


def test_a_lot_found_to_hold_nothing_loses_its_score_and_its_flag(cast: Cast) -> None:
    lot = log(cast.scrapyard, intent="export")
    assess([lot.pk], at=NOW)
    Flag.objects.get_or_create(lot=lot, closed_at=None, defaults={"opened_at": NOW, "p90_at_opening": 0.5})
    Lot.unscoped.filter(pk=lot.pk).update(magnet_grams=0)

    assess([lot.pk], at=NOW)

    assert not Score.objects.filter(lot=lot).exists()
    assert Flag.objects.get(lot=lot).closed_because == "No rare-earth magnets in it"
