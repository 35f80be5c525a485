"""Whoever reads of a defence lot is in its log, by whatever address; a new address is walked without being named.

The walk opens every address of the product as each person who may see the lot. Where the answer names the lot, or is
a file of it, the log must have counted.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.actions.hold_points import record_hold_point
from collection.actions.reads import note_reads
from collection.models import Lot, LotLabel, LotPaper, LotPhoto, LotRead, Organisation, Pickup, Round, Vehicle
from collection.rules.hold_points import HoldPoint
from tests.cast import Cast, Person
from tests.documents.test_papers_of_lots import photo, ticket
from tests.journey.lots import NOW, log
from tests.pickups.conftest import Book, book, plant, van  # noqa: F401
from tests.test_every_url import ADDRESSES, Address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]

# Answers that name a lot by its reference and say nothing of it.
NAMES_ONLY = {
    "notifications/": "a notice leads to its lot, which is logged when it is opened",
    "api/v1/notifications/": "the same",
}


@dataclass(frozen=True)
class Stock:
    """A defence lot on a round, with a photo, a paper and a label; and what fills the gaps of addresses."""

    lot: Lot
    booked: Round
    pickup: Pickup
    photo: LotPhoto
    paper: LotPaper
    label: LotLabel

    def address(self, route: Address) -> str:
        reference = self.lot.reference
        if route.route.startswith(("rounds/", "driving/", "queue/driving/", "api/v1/rounds/")):
            reference = self.booked.reference
        elif route.route.startswith(("pickups/", "api/v1/pickups/")):
            reference = self.pickup.reference
        elif route.route.startswith(("plans/", "api/v1/plans/")):
            assert self.booked.plan is not None
            reference = self.booked.plan.reference
        parts = {
            "reference": reference,
            "sequence": str(self.pickup.sequence),
            "photo_id": str(self.photo.pk),
            "paper_id": str(self.paper.pk),
            "token": self.label.token,
            "size": "thumb",
            "point": HoldPoint.EXPLOSIVES.value,
            "code": self.lot.product.code,
            "pk": "1",
        }
        text = route.route
        for name, value in parts.items():
            for kind in ("", "str:", "int:", "uuid:", "slug:"):
                text = text.replace(f"<{kind}{name}>", value)
        return f"/{text}" if "<" not in text else f"/{route.path}"


@pytest.fixture
def stock(cast: Cast, as_person: SignIn, van: Vehicle, book: Book) -> Stock:  # noqa: F811
    Organisation.objects.exclude(pk=cast.scrapyard.organisation.pk).update(is_defence_cleared=True)
    Vehicle.unscoped.filter(pk=van.pk).update(skills=["tail_lift", "security_clearance"])
    lot = _gyros(cast)
    for point in HoldPoint:
        record_hold_point(
            cast.defence_officer.viewer, lot.pk, point, evidence="Certificate 1", checked_by="Stores officer",
            checked_on=NOW.date(), at=NOW,
        )  # fmt: skip
    client = as_person(cast.defence_officer)
    client.post(f"/lots/{lot.reference}/photos/", {"photos": SimpleUploadedFile("a.jpg", photo())})
    client.post(
        f"/lots/{lot.reference}/papers/",
        {"kind": "weighbridge", "number": "1", "note": "", "papers": SimpleUploadedFile("t.pdf", ticket())},
    )
    client.post(f"/lots/{lot.reference}/labels/", {"sheet": "roll-62", "containers": "1"})
    booked = book(van, lot)
    Round.unscoped.filter(pk=booked.pk).update(driver=cast.driver.user)
    lot.refresh_from_db()
    return Stock(
        lot=lot,
        booked=booked,
        pickup=Pickup.unscoped.get(),
        photo=LotPhoto.objects.get(),
        paper=LotPaper.objects.get(),
        label=LotLabel.objects.get(),
    )


def _gyros(cast: Cast, **changes: Any) -> Lot:
    answers = {"source_kind": "defence", "product_code": "def_gyro_torquer", "quantity": Decimal(4)}
    return log(cast.defence_officer, **(answers | changes))


def _looks(person: Person) -> int:
    return LotRead.unscoped.filter(reader=person.user).aggregate(times=Sum("times"))["times"] or 0


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _opened(client: Client, stock: Stock) -> Iterator[tuple[str, bool]]:
    """Every address that answers, and whether its answer is of the lot."""
    of_the_lot = ("photos/", "papers/", "lots/", "q/", "api/v1/lots/", "api/v1/labels/")
    for route in ADDRESSES:
        if route.route in NAMES_ONLY or route.route.startswith("api/schema"):
            continue
        answer = client.get(stock.address(route))
        if answer.status_code != 200:
            yield route.route, False
            continue
        body = _body(answer)
        is_file = not answer.headers.get("Content-Type", "").startswith(("text/", "application/json"))
        is_of_the_lot = route.route.startswith(of_the_lot) and "<" in route.route
        is_told = (
            stock.lot.reference.encode() in body
            or is_of_the_lot
            or (is_file and route.route.startswith(("rounds/", "api/v1/rounds/")))
        )
        yield route.route, is_told


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (
            "defence_officer",
            {"lots/", "lots/<str:reference>/", "photos/<int:photo_id>/<str:size>/", "labels/"},
        ),
        ("short_loop_planner", {"rounds/<slug:reference>/", "plans/<slug:reference>/", "api/v1/lots/"}),
        ("driver", {"driving/<slug:reference>/<int:sequence>/", "api/v1/rounds/<str:reference>/"}),
        ("national_regulator", {"lots/", "lots/<str:reference>/", "api/v1/lots/<str:reference>/custody/"}),
    ],
)
def test_every_address_that_tells_of_the_lot_counts_its_reader(
    cast: Cast, stock: Stock, as_person: SignIn, who: str, reads: set[str]
) -> None:
    person: Person = getattr(cast, who)
    client, before = as_person(person), _looks(getattr(cast, who))
    told, forgotten = set(), []
    for route, is_told in _opened(client, stock):
        now = _looks(person)
        if is_told:
            told.add(route)
            if now == before:
                forgotten.append(route)
        before = now

    assert forgotten == []
    assert told >= reads, "the walk no longer reaches these"


def test_who_is_told_nothing_is_in_no_log(cast: Cast, stock: Stock, as_person: SignIn) -> None:
    """A yard that logs something alike makes the register look at defence lots; the yard does not see them."""
    client = as_person(cast.scrapyard)
    assert not any(is_told for _, is_told in _opened(client, stock))

    assert not LotRead.unscoped.filter(reader=cast.scrapyard.user).exists()


def test_the_door_says_how_it_was_read(cast: Cast, stock: Stock, as_person: SignIn) -> None:
    LotRead.unscoped.all().delete()
    client = as_person(cast.defence_officer)
    for address in (
        "/lots/", f"/lots/{stock.lot.reference}/", f"/photos/{stock.photo.pk}/thumb/",
        f"/api/v1/lots/{stock.lot.reference}/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200
        _body(answer)

    assert sorted(LotRead.unscoped.values_list("door", flat=True)) == ["api", "file", "list", "page"]


def test_logging_many_reads_takes_as_many_statements_as_logging_one(cast: Cast) -> None:
    lots = [_gyros(cast, submission_id=uuid.uuid4()) for _ in range(6)]
    viewer = cast.defence_officer.viewer

    def statements(count: int, at: dt.datetime) -> int:
        with CaptureQueriesContext(connection) as asked:
            note_reads(viewer, [lot.pk for lot in lots[:count]], LotRead.Door.LIST, at=at)
        return len(asked)

    assert statements(1, NOW) == statements(6, NOW + dt.timedelta(days=1)) <= 4
    assert statements(6, NOW + dt.timedelta(days=1)) <= 4
    assert LotRead.unscoped.filter(times=2).count() == 6


def test_a_lot_that_the_viewer_may_not_see_is_not_logged_as_read(cast: Cast) -> None:
    lot = _gyros(cast)
    uncleared = replace(cast.national_regulator.viewer, is_defence_cleared=False)

    note_reads(uncleared, [lot.pk], LotRead.Door.PAGE, at=NOW)

    assert not LotRead.unscoped.exists()
