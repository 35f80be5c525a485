"""A defence lot is collectable only with all five hold points recorded, whoever asks; its readers are logged."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from collection.actions.hold_points import HoldPointRefusedError, record_hold_point
from collection.actions.lifecycle import move
from collection.actions.merging import merge
from collection.models import HoldPointRecord, Lot, LotRead
from collection.rules.hold_points import HoldPoint
from collection.rules.lifecycle import RESERVE, StateConflictError
from collection.rules.roles import NotPermittedError
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _gyros(cast: Cast, **changes: Any) -> Lot:
    answers = {"source_kind": "defence", "product_code": "def_gyro_torquer", "quantity": Decimal(4)}
    return log(cast.defence_officer, **(answers | changes))


def _record(cast: Cast, lot: Lot, points: list[HoldPoint]) -> None:
    for point in points:
        record_hold_point(
            cast.defence_officer.viewer,
            lot.pk,
            point,
            evidence="Certificate 1",
            checked_by="Stores officer",
            checked_on=NOW.date(),
            at=NOW,
        )
    lot.refresh_from_db()


def test_four_hold_points_are_not_enough_and_five_are(cast: Cast) -> None:
    lot = _gyros(cast)
    planner = cast.short_loop_planner.organisation
    planner.is_defence_cleared = True
    planner.save()
    viewer = cast.short_loop_planner.viewer

    _record(cast, lot, list(HoldPoint)[:4])
    assert lot.is_on_hold
    assert not Lot.objects.visible_to(viewer).collectable().filter(pk=lot.pk).exists()
    with pytest.raises(StateConflictError, match="hold points still open"), transaction.atomic():
        move([lot.pk], RESERVE, at=NOW, reserved_by=planner.pk)

    _record(cast, lot, [HoldPoint.DISPOSAL_AUTHORITY])
    assert not lot.is_on_hold
    assert Lot.objects.visible_to(viewer).collectable().filter(pk=lot.pk).exists()
    move([lot.pk], RESERVE, at=NOW, reserved_by=planner.pk)


def test_the_database_itself_refuses_a_pickup_of_a_lot_on_hold(cast: Cast) -> None:
    lot = _gyros(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.unscoped.filter(pk=lot.pk).update(
            state="reserved", reserved_by=cast.short_loop_planner.organisation
        )


def test_a_hold_point_is_recorded_once_by_the_holder_with_its_evidence(cast: Cast) -> None:
    lot = _gyros(cast)
    _record(cast, lot, [HoldPoint.EXPLOSIVES])

    with pytest.raises(StateConflictError, match="recorded already"):
        _record(cast, lot, [HoldPoint.EXPLOSIVES])
    with pytest.raises(NotPermittedError):
        record_hold_point(
            cast.scrapyard.viewer,
            lot.pk,
            HoldPoint.DEMILITARISED,
            evidence="x",
            checked_by="x",
            checked_on=NOW.date(),
            at=NOW,
        )
    with pytest.raises(HoldPointRefusedError) as refused:
        record_hold_point(
            cast.defence_officer.viewer,
            lot.pk,
            HoldPoint.DEMILITARISED,
            evidence=" ",
            checked_by="",
            checked_on=NOW.date() + dt.timedelta(days=1),
            at=NOW,
        )
    assert {problem.field for problem in refused.value.problems} == {"evidence", "checked_by", "checked_on"}
    assert HoldPointRecord.objects.count() == 1


def test_merged_with_a_lot_on_hold_a_cleared_lot_is_on_hold_again(cast: Cast) -> None:
    cleared, on_hold = _gyros(cast), _gyros(cast, quantity=Decimal(2))
    _record(cast, cleared, list(HoldPoint))

    merged = merge(
        cast.defence_officer.viewer,
        [cleared.pk, on_hold.pk],
        reason="One crate",
        submission_id=uuid.uuid4(),
        at=NOW + dt.timedelta(hours=1),
    )

    assert merged.is_defence
    assert merged.is_on_hold


def test_the_page_records_a_hold_point_and_counts_who_looked(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.defence_officer)
    lot = _gyros(cast)

    assert "On hold: no pickup yet" in client.get(f"/lots/{lot.reference}/").content.decode()
    client.get(f"/lots/{lot.reference}/")
    today = dt.datetime.now(dt.UTC).date()
    day = {"checked_on-day": today.day, "checked_on-month": today.month, "checked_on-year": today.year}
    answer = client.post(
        f"/lots/{lot.reference}/hold-points/explosives/",
        {"evidence": "FFE 1", "checked_by": "Stores officer", **day},
    )

    assert answer.status_code == 302
    assert HoldPointRecord.objects.get().point == HoldPoint.EXPLOSIVES
    read = LotRead.unscoped.get(door="page")
    assert (read.reader, read.times) == (cast.defence_officer.user, 2)


def test_who_is_not_cleared_sees_no_defence_lot_nor_its_hold_points(cast: Cast, as_person: SignIn) -> None:
    lot = _gyros(cast)
    for person in (cast.national_regulator, cast.short_loop_planner, cast.scrapyard):
        client = as_person(person)
        assert client.get(f"/lots/{lot.reference}/").status_code == 404
        assert client.get(f"/lots/{lot.reference}/hold-points/").status_code == 404
    assert not LotRead.unscoped.exists()
