"""The same submission at the same moment, from several requests: one lot."""

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from collection.actions.lots import LoggedLot, log_lot
from collection.models import CustodyEntry, Lot
from collection.rules.new_lot import NewLot
from tests.cast import Cast

AT = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)
PRESSES = 6


@pytest.mark.usefixtures("committed_reference")
def test_one_submission_sent_at_once_from_many_hands_is_one_lot(cast: Cast) -> None:
    viewer = cast.scrapyard.viewer
    assert cast.scrapyard.site is not None
    new_lot = NewLot(
        submission_id=uuid.uuid4(),
        source_kind="scrapyard",
        product_code="weee_hdd_3_5",
        quantity=Decimal(120),
        unit="items",
        condition="intact",
        intent="undecided",
        available_from_on=AT.date(),
        site_id=cast.scrapyard.site.pk,
    )
    start = threading.Barrier(PRESSES)
    logged: list[LoggedLot] = []
    failures: list[Exception] = []

    def press() -> None:
        try:
            start.wait()
            logged.append(log_lot(viewer, new_lot, at=AT))
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    hands = [threading.Thread(target=press) for _ in range(PRESSES)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert failures == []
    assert len({one.lot.pk for one in logged}) == 1
    assert sum(one.is_new for one in logged) == 1
    assert Lot.unscoped.count() == 1
    assert CustodyEntry.unscoped.count() == 1
