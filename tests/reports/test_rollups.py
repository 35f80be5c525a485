"""The cells and the tail together are the ledger: whatever was folded, a flow is the sum of its entries."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.models import CustodyEntry
from reports.flows import GROUPS, FlowFilter, flows
from reports.models import FoldMark, MonthCell
from reports.rollups import first_difference, fold, rebuild
from reports.tasks import fold_entries
from tests.cast import Cast
from tests.reports.ledger import FIRST_DAY, Line, Register, added_up_by_hand, as_sums, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

ONE_LINE = Line(
    day=3, from_place=1, to_place=2, grams=1000, region=0, sector=1, product=0, holder=0, receiver=-1
)


@pytest.fixture
def register(cast: Cast) -> Register:
    return Register()


@st.composite
def filters(draw: st.DrawFn) -> dict[str, object]:
    """Days, and choices by position in the register: positions become ids where the register is known."""
    first = draw(st.one_of(st.none(), st.integers(0, 120)))
    until = draw(st.one_of(st.none(), st.integers((first or 0) + 1, 140)))
    some = st.one_of(st.none(), st.lists(st.integers(-1, 2), max_size=2))
    return {
        "first": first, "until": until, "regions": draw(some), "holders": draw(some), "receivers": draw(some),
        "without_sectors": draw(st.sampled_from([(), (1,), (1, 2)])),
    }  # fmt: skip


def _filter(register: Register, drawn: dict[str, object]) -> FlowFilter:
    def ids(rows: list[object], positions: object) -> tuple[int, ...] | None:
        if positions is None:
            return None
        assert isinstance(positions, list)
        return tuple(rows[position].pk if position >= 0 else 0 for position in positions)  # type: ignore[attr-defined]

    def day(number: object) -> dt.date | None:
        return None if number is None else FIRST_DAY + dt.timedelta(days=int(str(number)))

    return FlowFilter(
        from_day=day(drawn["first"]),
        until_day=day(drawn["until"]),
        region_ids=ids(list(register.regions), drawn["regions"]),
        holder_ids=ids(list(register.holders), drawn["holders"]),
        receiver_ids=ids(list(register.holders), drawn["receivers"]),
        without_sector_ids=drawn["without_sectors"],  # type: ignore[arg-type]
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    early=st.lists(lines, max_size=25),
    late=st.lists(lines, max_size=25),
    drawn=filters(),
    group=st.sampled_from(sorted(GROUPS)),
)
def test_flows_are_the_sums_of_their_entries_before_between_and_after_folding(
    register: Register, early: list[Line], late: list[Line], drawn: dict[str, object], group: str
) -> None:
    with transaction.atomic():
        register.written = 0
        wanted = _filter(register, drawn)
        register.write(early)
        assert as_sums(flows(wanted, group=group)) == added_up_by_hand(wanted, group)
        fold()
        register.write(late)
        by_hand = added_up_by_hand(wanted, group)
        assert as_sums(flows(wanted, group=group)) == by_hand
        fold()
        assert as_sums(flows(wanted, group=group)) == by_hand
        rebuild()
        assert as_sums(flows(wanted, group=group)) == by_hand
        assert first_difference() == ""
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(lines, max_size=30))
def test_no_gram_is_gained_or_lost_between_the_places(register: Register, wanted: list[Line]) -> None:
    with transaction.atomic():
        register.written = 0
        register.write(wanted)
        fold()
        found = flows(FlowFilter())
        assert found.grams.sum() == sum(line.grams for line in wanted)
        assert sum(cell.entries for cell in MonthCell.objects.all()) == len(wanted)
        transaction.set_rollback(True)


def test_folding_twice_adds_nothing_the_second_time(register: Register) -> None:
    register.write([ONE_LINE] * 3)

    assert fold() == 3
    assert fold() == 0
    assert MonthCell.objects.get().grams == 3000


def test_the_task_folds_what_is_new(register: Register) -> None:
    register.write([ONE_LINE])

    assert fold_entries.delay().get() == 1
    assert fold_entries.delay().get() == 0
    assert FoldMark.objects.get().last_entry_id == CustodyEntry.unscoped.latest("pk").pk


def test_an_empty_ledger_folds_to_nothing(db: None) -> None:
    assert fold() == 0
    assert len(flows(FlowFilter())) == 0


def test_an_empty_choice_means_nothing_and_never_everything(register: Register) -> None:
    register.write([ONE_LINE])

    assert len(flows(FlowFilter(holder_ids=()))) == 0


def test_a_wrong_cell_is_named_and_made_again(register: Register) -> None:
    register.write([ONE_LINE, ONE_LINE])
    fold()
    MonthCell.objects.update(grams=1)

    with pytest.raises(CommandError, match=r"month 2025-01-01.*the cell says 1 g, its entries 2,000 g"):
        call_command("rebuild_rollups", "--check")
    out = io.StringIO()
    call_command("rebuild_rollups", stdout=out)

    assert "Was different" in out.getvalue()
    assert MonthCell.objects.get().grams == 2000
    call_command("rebuild_rollups", "--check", stdout=out)
    assert "Equal" in out.getvalue()


def test_the_mark_is_read_in_the_same_statement_as_the_cells(
    register: Register, django_assert_num_queries: Any
) -> None:
    register.write([ONE_LINE])
    # The first statement gives the planner a number to reckon with; what counts is in the second.
    with django_assert_num_queries(2) as queries:
        flows(FlowFilter(from_day=dt.date(2025, 1, 2), until_day=dt.date(2025, 3, 9)), group="month")
    assert "reports_countrycell" in queries[1]["sql"]
    assert "last_entry_id FROM reports_foldmark" in queries[1]["sql"]


@pytest.mark.parametrize(
    ("group", "cells"),
    [("sector", "countrycell"), ("region", "widecell"), ("holder", "monthcell"), ("receiver", "monthcell")],
)
def test_a_report_is_made_of_the_coarsest_cells_that_can_answer(
    register: Register, group: str, cells: str, django_assert_num_queries: Any
) -> None:
    register.write([ONE_LINE])
    fold()
    with django_assert_num_queries(2) as queries:
        flows(FlowFilter(), group=group)
    assert f"reports_{cells}" in queries[1]["sql"]
