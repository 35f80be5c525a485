"""Defence lots in totals of viewers without clearance: told above the threshold, and never to be had by subtraction."""

import datetime as dt
import random
from itertools import pairwise

import pytest
from django.test import Client

from collection.models import SECTOR_IDS, CustodyEntry, Lot, Organisation, ProductType
from collection.queries.disclosure import threshold
from collection.rules.disclosure import HolderPart, may_be_told
from collection.rules.lifecycle import Place
from reports.definitions.retention import TOLD_DEFENCE, Period, build
from reports.disclosure import tell_finished_quarters
from reports.models import DefenceBlock
from reports.tasks import tell_defence
from tests.cast import Cast, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOW = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)
YEAR = Period(from_day=dt.date(2026, 1, 1), until_day=dt.date(2026, 7, 1))
SPRING = dt.date(2026, 2, 10)


class Stores:
    """Defence lots of several holders, written straight into the ledger."""

    def __init__(self) -> None:
        self.product = ProductType.objects.filter(is_defence_controlled=True).order_by("pk")[0]
        self.holders = [
            Organisation.objects.create(slug=f"stores-{n}", name=f"Stores {n}", kind="collector")
            for n in range(4)
        ]
        self.lots = 0

    def log(self, holder: int, grams: int, on: dt.date, *, kind: str = "defence") -> CustodyEntry:
        """A lot and the entry that brings it in."""
        self.lots += 1
        at = dt.datetime(on.year, on.month, on.day, 12, tzinfo=dt.UTC)
        lot = Lot.unscoped.create(
            reference=f"LOT-26-9{self.lots:05}", holder=self.holders[holder], source_kind=kind,
            product=self.product, quantity=1, unit="items", condition="intact", intent="sell_here",
            available_from_on=on, logged_at=at, state_at=at, is_defence=kind == "defence",
        )  # fmt: skip
        return self.move(lot, 1, Place.SOURCE, Place.HELD, grams, on)

    def move(
        self, lot: Lot, sequence: int, source: Place, target: Place, grams: int, on: dt.date
    ) -> CustodyEntry:
        at = dt.datetime(on.year, on.month, on.day, 12, tzinfo=dt.UTC)
        return CustodyEntry.unscoped.create(
            lot=lot, sequence=sequence, from_place=source, to_place=target, grams=grams, sm_ppm=250_000,
            shared_sd_grams=grams // 5, own_variance=1.0, day=on, sector_id=SECTOR_IDS[lot.source_kind],
            product=lot.product, holder=lot.holder, at=at, recorded_at=at, reason="written by a test",
            previous_fingerprint=b"\0" * 32, fingerprint=b"\0" * 32,
        )  # fmt: skip

    def log_enough(self, on: dt.date) -> list[CustodyEntry]:
        """Ten lots of three holders, 100 g each."""
        return [self.log(n % 3, 100, on) for n in range(10)]


@pytest.fixture
def stores(cast: Cast) -> Stores:
    return Stores()


def _logged(person: Person, period: Period = YEAR, by: str = "month") -> float:
    return build(person.viewer, period, by=by).total.figures["logged"].central


def test_a_quarter_with_enough_lots_of_enough_holders_is_told(stores: Stores, cast: Cast) -> None:
    stores.log_enough(SPRING)
    stores.log(0, 70, SPRING, kind="scrapyard")
    assert _logged(cast.national_regulator) == 70

    assert tell_finished_quarters(NOW) == 1

    report = build(cast.national_regulator.viewer, YEAR, by="sector")
    assert report.total.figures["logged"].central == 1_070
    assert report.total.figures["held"].central == 70, "what stands now is never told"
    assert report.told_defence is not None
    assert report.told_defence.figures["logged"].central == 1_000
    assert [row.key for row in report.rows] == [str(SECTOR_IDS["scrapyard"])]


@pytest.mark.parametrize("missing", ["a lot", "a holder", "balance"])
def test_a_thin_quarter_is_not_told(stores: Stores, cast: Cast, missing: str) -> None:
    for n in range(9 if missing == "a lot" else 12):
        holder = n % (2 if missing == "a holder" else 3)
        stores.log(holder, 100_000 if missing == "balance" and n == 0 else 100, SPRING)

    assert tell_finished_quarters(NOW) == 0
    assert _logged(cast.national_regulator) == 0


def test_a_quarter_is_not_told_when_one_of_its_figures_is_thin(stores: Stores, cast: Cast) -> None:
    """Ten lots came in, but the one that was exported would stand alone in its column."""
    first = stores.log_enough(SPRING)[0]
    stores.move(first.lot, 2, Place.HELD, Place.EXPORTED, 100, SPRING)

    assert tell_finished_quarters(NOW) == 0


def test_a_thin_quarter_waits_for_the_next(stores: Stores, cast: Cast) -> None:
    for n in range(6):
        stores.log(n % 3, 100, SPRING)
    for n in range(6):
        stores.log(n % 3, 100, dt.date(2026, 5, 2))

    assert tell_finished_quarters(NOW) == 1

    assert _logged(cast.national_regulator) == 1_200
    half = Period(from_day=YEAR.from_day, until_day=dt.date(2026, 4, 1))
    assert _logged(cast.national_regulator, half) == 0, "half a block is no block"


def test_days_that_cut_a_block_leave_it_out(stores: Stores, cast: Cast) -> None:
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)

    for period in (
        Period(from_day=dt.date(2026, 1, 2), until_day=YEAR.until_day),
        Period(from_day=YEAR.from_day, until_day=dt.date(2026, 3, 31)),
    ):
        assert _logged(cast.national_regulator, period) == 0


def test_a_quarter_is_decided_only_four_weeks_after_it_ended(stores: Stores) -> None:
    stores.log_enough(SPRING)

    assert tell_finished_quarters(dt.datetime(2026, 4, 28, 12, tzinfo=dt.UTC)) == 0
    assert tell_finished_quarters(dt.datetime(2026, 4, 29, 12, tzinfo=dt.UTC)) == 1


def test_what_is_recorded_late_changes_no_block(stores: Stores, cast: Cast) -> None:
    """The difference of two looks would be that one lot."""
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)
    stores.log(0, 5_000, SPRING)

    assert tell_finished_quarters(NOW + dt.timedelta(days=200)) == 0
    assert _logged(cast.national_regulator) == 1_000


def test_deciding_twice_tells_once(stores: Stores) -> None:
    stores.log_enough(SPRING)

    assert (tell_defence(), tell_defence()) == (1, 0)
    assert DefenceBlock.objects.count() == 1


@pytest.mark.parametrize("by", ["region", "holder", "product", "receiver", "sector", "month"])
def test_every_breakdown_says_the_same_one_line(stores: Stores, cast: Cast, by: str) -> None:
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)
    report = build(cast.national_regulator.viewer, YEAR, by=by)

    assert [row.key for row in report.lines if row.figures["logged"].central] == [TOLD_DEFENCE]
    assert report.total.figures["logged"].central == 1_000


def test_elements_of_defence_lots_are_never_told(stores: Stores, cast: Cast) -> None:
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)
    report = build(cast.national_regulator.viewer, YEAR, by="element")

    assert {row.figures["logged"].central for row in report.lines} == {0.0}


def test_a_nation_and_a_recycler_are_told_nothing(stores: Stores, cast: Cast) -> None:
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)

    assert _logged(cast.scottish_regulator) == 0
    assert _logged(cast.short_loop_planner) == 0


def test_page_files_and_api_say_it_and_lead_to_no_entry(stores: Stores, cast: Cast, client: Client) -> None:
    stores.log_enough(SPRING)
    tell_finished_quarters(NOW)
    client.force_login(cast.national_regulator.user)
    days = {"from": "2026-01-01", "to": "2026-07-01", "by": "product"}

    page = client.get("/reports/retention/", days).content.decode()
    assert "All defence lots together" in page
    assert f"key={TOLD_DEFENCE}" not in page
    line, total = (
        client.get("/reports/retention/", days | {"format": "csv"}).content.decode().splitlines()[-2:]
    )
    assert line.startswith("defence,")
    assert line.split(",")[2] == total.split(",")[2] == "1000"
    api = client.get("/api/v1/reports/retention/", days).json()
    assert [row["key"] for row in api["rows"]] == [TOLD_DEFENCE]
    behind = client.get(
        "/reports/retention/entries/", days | {"measure": "logged", "key": ""}
    ).content.decode()
    assert "told all together and not entry by entry" in behind
    assert "LOT-26-9" not in behind
    assert (
        client.get("/reports/retention/entries/", days | {"measure": "logged", "key": "defence"}).status_code
        == 404
    )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_periods_are_subtracted_leaves_whole_blocks(stores: Stores, cast: Cast, seed: int) -> None:
    """Every total is a sum of whole blocks, so the difference of two is one too, and each stands on enough."""
    draw = random.Random(seed)
    first = dt.date(2024, 1, 1)
    for _ in range(60):
        stores.log(
            draw.randrange(4), draw.randrange(1, 5_000), first + dt.timedelta(days=draw.randrange(720))
        )
    tell_finished_quarters(NOW)

    blocks = list(DefenceBlock.objects.prefetch_related("flows"))
    assert blocks
    for earlier, later in pairwise(blocks):
        assert earlier.until_day <= later.first_day
    for block in blocks:
        grams_of: dict[int, list[int]] = {}
        for entry in CustodyEntry.unscoped.filter(day__gte=block.first_day, day__lt=block.until_day):
            grams_of.setdefault(entry.holder_id, []).append(entry.grams)
        parts = [HolderPart(len(grams), sum(grams)) for grams in grams_of.values()]
        assert may_be_told(parts, threshold())
        assert sum(flow.grams for flow in block.flows.all()) == sum(part.amount for part in parts)
    for _ in range(40):
        from_day = first + dt.timedelta(days=draw.randrange(600))
        until_day = from_day + dt.timedelta(days=draw.randrange(1, 500))
        told = sum(
            flow.grams
            for block in blocks
            if from_day <= block.first_day and block.until_day <= until_day
            for flow in block.flows.all()
        )
        assert _logged(cast.national_regulator, Period(from_day=from_day, until_day=until_day)) == told
