"""Lots of before there were identity keys are found again by their serial number."""

import uuid
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from collection.actions.regrouping import split
from collection.models import Lot, SourceDetails
from tests.cast import Cast
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

fill_identity_keys = import_module(
    "collection.migrations.0017_identity_keys_of_earlier_lots"
).fill_identity_keys


def _keys() -> dict[int, str]:
    return dict(SourceDetails.objects.values_list("lot_id", "identity_key"))


def test_missing_keys_are_what_logging_writes_today(cast: Cast) -> None:
    without = log(cast.scrapyard, serial="SN 4711-A")
    half = log(cast.scrapyard, serial="SN 4712-A", maker="Alder")
    telling_nothing = log(cast.scrapyard, serial="1")
    today = _keys()
    SourceDetails.objects.filter(lot=half).update(identity_key="")
    SourceDetails.objects.exclude(lot=half).delete()

    fill_identity_keys(apps, None)

    assert _keys() == today
    assert {without.pk, half.pk} == set(today)
    assert telling_nothing.pk not in today
    fill_identity_keys(apps, None)
    assert _keys() == today


def test_a_part_divided_off_is_not_taken_for_the_same_thing_again(cast: Cast) -> None:
    lot = log(cast.scrapyard, serial="SN 4711-A")
    child = split(cast.scrapyard.viewer, lot.pk, Decimal(10), reason="", submission_id=uuid.uuid4(), at=NOW)

    fill_identity_keys(apps, None)

    assert Lot.unscoped.get(pk=child.pk).serial == "SN 4711-A"
    assert set(_keys()) == {lot.pk}
