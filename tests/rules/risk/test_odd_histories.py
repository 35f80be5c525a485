"""The backtest command copes with what other people's registers look like, and says what it left out."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import CommandError, call_command

from tests.rules.risk.worlds import CUT_WEEK, DRIFT, build, day_of, sized

CUT, AS_OF, LATER = (day_of(CUT_WEEK + weeks).isoformat() for weeks in (0, 8, 12))
Row = dict[str, str]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    build(sized(DRIFT, 800), folder)
    return folder


@pytest.fixture
def folder(register: Path, tmp_path: Path) -> Path:
    return copytree(register, tmp_path / "history")


def backtested(folder: Path, *as_of: str) -> tuple[list[Row], str]:
    out, said = folder.parent / "predictions.csv", StringIO()
    days = [part for day in as_of or (AS_OF,) for part in ("--as-of", day)]
    call_command(
        "risk_backtest",
        "--history",
        str(folder),
        *days,
        "--train-before",
        CUT,
        "--out",
        str(out),
        stdout=said,
    )
    return list(csv.DictReader(StringIO(out.read_text()))), said.getvalue()


def rewrite(path: Path, change: Callable[[Row], Row | None]) -> None:
    with path.open(newline="") as handle:
        reader = csv.DictReader(handle)
        names, rows = list(reader.fieldnames or ()), [row for row in map(change, reader) if row]
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, names)
        writer.writeheader()
        writer.writerows(rows)


OPTIONAL = ("sites.csv", "market.csv", "site_events.csv", "snapshots.csv")


def test_a_file_with_nothing_in_it_says_as_much_as_none(folder: Path) -> None:
    for name in OPTIONAL:
        (folder / name).unlink()
    absent = backtested(folder)[0]
    for name in OPTIONAL:
        (folder / name).touch()
    assert backtested(folder)[0] == absent
    (folder / "sites.csv").write_text("site_id,dist_port_km\n")
    (folder / "site_events.csv").write_text("site_id,event,date\n")
    (folder / "market.csv").write_text("week_start,ndpr_gbp_kg\n")
    (folder / "snapshots.csv").write_text("lot_id,snapshot_date\n")
    assert backtested(folder)[0] == absent


def test_words_are_known_whatever_their_capitals_and_strange_events_are_counted(folder: Path) -> None:
    plain = backtested(folder)[0]
    rewrite(folder / "events.csv", lambda row: row | {"event": row["event"].upper()})
    rewrite(folder / "lots.csv", lambda row: row | {"form": row["form"].title(), "chemistry": "ndfeb"})
    assert backtested(folder)[0] == plain

    rewrite(folder / "events.csv", lambda row: row | {"event": "stolen"} if row["event"] == "LOST" else row)
    said = backtested(folder)[1]
    assert "have an event that is not known (stolen) and were left out." in said


@pytest.mark.parametrize("mass", [{"re_kg_est": "0"}, {"re_kg_est": "", "magnet_kg_est": ""}])
def test_lots_without_mass_are_scored_and_expected_to_take_nothing(folder: Path, mass: Row) -> None:
    rewrite(folder / "lots.csv", lambda row: row | mass)
    found, said = backtested(folder)
    assert found
    assert {float(row["expected_export_kg"]) for row in found} == {0.0}
    assert "–" in said


def test_where_ends_are_recorded_and_none_was_an_export_few_are_expected(folder: Path) -> None:
    rewrite(folder / "events.csv", lambda row: None if row["event"] == "export" else row)
    found, said = backtested(folder)
    chances = [float(row["p_exported"]) for row in found]
    assert min(chances) > 0
    assert sum(chances) / len(chances) < 0.03
    assert "held the truth on 1 of 1 days" in said


def test_where_nobody_records_ends_the_expert_points_stand(folder: Path) -> None:
    rewrite(folder / "events.csv", lambda row: row if row["event"] == "logged" else None)
    found, said = backtested(folder)
    assert "expert points, 0 closed lots" in said
    assert 0.1 < sum(float(row["p_exported"]) for row in found) / len(found) < 0.35


def test_days_may_be_repeated_unsorted_or_set_apart_by_commas(folder: Path) -> None:
    found = backtested(folder, LATER, AS_OF, LATER)[0]
    assert backtested(folder, f"{LATER},{AS_OF}T09:30")[0] == found
    assert [row["as_of"] for row in found] == sorted(row["as_of"] for row in found)
    with pytest.raises(CommandError, match="“June” is not a date as YYYY-MM-DD"):
        backtested(folder, f"{AS_OF},June")


def test_before_the_first_lot_there_is_nothing_to_say(folder: Path) -> None:
    found, said = backtested(folder, "2019-01-01")
    assert found == []
    assert "no lot was open" in said
