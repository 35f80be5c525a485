"""Nothing recorded on or after the day of a score may move it."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from collection.rules.risk.columnar import HistoryError, day_number
from collection.rules.risk.history import History, read_history
from collection.rules.risk.training import training_days, views_of
from collection.rules.risk.views import view
from tests.rules.risk.conftest import CUT
from tests.rules.risk.worlds import CUT_WEEK, Truth, day_of

AS_OF = day_of(CUT_WEEK + 8).isoformat()
BETWEEN_REVIEWS = day_of(CUT_WEEK + 10).isoformat()
DATED = {
    "lots.csv": "logged_date",
    "events.csv": "recorded_date",
    "market.csv": "week_start",
    "site_events.csv": "date",
    "snapshots.csv": "snapshot_date",
}


def copied(source: Path, target: Path, keep: Callable[[str, dict[str, str]], bool]) -> Path:
    """The history with only the rows that `keep` wants."""
    target.mkdir()
    for file in source.glob("*.csv"):
        with file.open(newline="") as handle, (target / file.name).open("w", newline="") as out:
            reader = csv.DictReader(handle)
            writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for row in reader if keep(file.name, row))
    return target


def backtested(folder: Path, out: Path, *as_of: str, horizon: int = 90) -> tuple[str, str]:
    """The predictions file and what was printed."""
    said = StringIO()
    days = [word for day in as_of for word in ("--as-of", day)]
    call_command(
        "risk_backtest",
        "--history", str(folder), *days, "--horizon", str(horizon),
        "--train-before", day_of(CUT_WEEK).isoformat(), "--out", str(out),
        stdout=said,
    )  # fmt: skip
    return out.read_text(), said.getvalue()


@pytest.mark.parametrize("day", [AS_OF, BETWEEN_REVIEWS])
def test_predictions_stay_the_same_when_the_future_is_cut_away(
    world: tuple[Path, Truth], tmp_path: Path, day: str
) -> None:
    def known(file: str, row: dict[str, str]) -> bool:
        if file not in DATED:
            return True
        return row[DATED[file]] <= day if file == "snapshots.csv" else row[DATED[file]] < day

    cut = copied(world[0], tmp_path / "cut", known)
    whole = backtested(world[0], tmp_path / "whole.csv", day)[0]
    assert whole.count("\n") > 200
    assert backtested(cut, tmp_path / "cut.csv", day)[0] == whole


def test_an_event_recorded_on_the_day_itself_changes_nothing(history: History) -> None:
    day = day_number(BETWEEN_REVIEWS)
    events = history.events
    today = np.flatnonzero(events.recorded >= day)[:50]
    before = view(history, day)
    moved = events.recorded.copy()
    moved[today] = day
    after = view(_with_recorded(history, moved), day)
    np.testing.assert_array_equal(before.lot, after.lot)
    np.testing.assert_array_equal(
        before.features.word("status").words(), after.features.word("status").words()
    )


def test_the_same_event_recorded_a_day_earlier_closes_the_lot(history: History) -> None:
    day = day_number(BETWEEN_REVIEWS)
    open_lots = view(history, day).lot
    events = history.events
    ends = np.flatnonzero((events.recorded >= day) & (events.kind >= 4) & np.isin(events.lot, open_lots))[:20]
    moved = events.recorded.copy()
    moved[ends] = day - 1
    assert not np.isin(events.lot[ends], view(_with_recorded(history, moved), day).lot).any()


def _with_recorded(history: History, recorded: np.ndarray) -> History:
    events = history.events
    order = np.argsort(recorded, kind="stable")
    return replace(
        history,
        events=type(events)(events.lot[order], events.kind[order], events.day[order], recorded[order]),
    )


def test_a_snapshot_from_after_the_day_is_refused(history: History) -> None:
    with pytest.raises(ValueError, match="leak the future"):
        view(history, 100.0, object(), 101.0)  # type: ignore[arg-type]


def test_training_waits_for_the_horizon_and_the_usual_reporting_delay(history: History) -> None:
    days = training_days(history, CUT)
    assert len(days) > 12
    assert days.max() <= CUT - 90 - 45


def test_a_rebuilt_view_agrees_with_the_review_snapshot_on_what_events_tell(history: History) -> None:
    day = float(history.snapshot_days[30])
    with_snapshot = views_of(history, [day])[0]
    rebuilt = view(history, day)
    both, left, right = np.intersect1d(with_snapshot.lot, rebuilt.lot, return_indices=True)
    assert len(both) > 200
    for name in (
        "days_since_logged",
        "holder_closed_n",
        "holder_export_n",
        "dist_port_km",
        "licence_in_force",
    ):
        told, made = with_snapshot.features.number(name)[left], rebuilt.features.number(name)[right]
        assert np.nanmean(np.abs(told - made)) < 0.25, name


def test_the_command_writes_a_row_for_each_open_lot_and_says_how_it_did(
    world: tuple[Path, Truth], history: History, tmp_path: Path
) -> None:
    text, said = backtested(world[0], tmp_path / "out" / "pred.csv", AS_OF, BETWEEN_REVIEWS)
    found = list(csv.DictReader(StringIO(text)))
    wanted = {(history.lot_ids[i], day) for day in (AS_OF, BETWEEN_REVIEWS)
              for i in views_of(history, [day_number(day)])[0].lot}  # fmt: skip
    assert {(row["lot_id"], row["as_of"]) for row in found} == wanted
    assert all(0 < float(row["p_exported"]) < 1 for row in found)
    assert {row["band"] for row in found} == {"low", "watch", "high", "urgent"}
    for word in ("Brier", "log loss", "AUC", "slope", "intercept", "top 10 % mass", "base rate", "days held"):
        assert word in said
    bands = list(csv.DictReader(StringIO((tmp_path / "out" / "pred_kg_bands.csv").read_text())))
    assert {row["element"] for row in bands} == {"REE", "Dy"}
    assert all(float(row["low"]) < float(row["mean"]) < float(row["high"]) for row in bands)


def test_a_history_of_lots_and_events_alone_is_enough(world: tuple[Path, Truth], tmp_path: Path) -> None:
    bare = copied(world[0], tmp_path / "bare", lambda file, row: file in ("lots.csv", "events.csv"))
    for file in ("sites.csv", "market.csv", "site_events.csv", "snapshots.csv"):
        (bare / file).unlink()
    text, said = backtested(bare, tmp_path / "bare.csv", AS_OF, horizon=60)
    assert text.count("\n") > 200
    assert "Judged on" in said


def test_only_the_columns_that_must_be_there_are_needed(tmp_path: Path) -> None:
    (tmp_path / "lots.csv").write_text("lot_id,logged_date\nA,2024-01-01\nB,2024-02-01\n")
    (tmp_path / "events.csv").write_text("lot_id,event,event_date\nA,export,2024-03-01\n")
    text, _ = backtested(tmp_path, tmp_path / "out.csv", "2024-02-20", "2024-05-01")
    assert [line.split(",")[0:2] for line in text.splitlines()[1:]] == [
        ["A", "2024-02-20"],
        ["B", "2024-02-20"],
        ["B", "2024-05-01"],
    ]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("events.csv", "lot_id,event\nA,export\n", "no column “event_date”"),
        ("lots.csv", "lot_id,logged_date\nA,yesterday\n", "line 2, column “logged_date”: “yesterday”"),
        ("lots.csv", "lot_id,logged_date,gross_kg\nA,2024-01-01,heavy\n", "“heavy” is not a number"),
        ("lots.csv", "lot_id,logged_date\n", "no lots"),
    ],
)
def test_a_bad_file_is_named_with_the_line_and_the_way_out(
    tmp_path: Path, file: str, content: str, message: str
) -> None:
    (tmp_path / "lots.csv").write_text("lot_id,logged_date\nA,2024-01-01\n")
    (tmp_path / "events.csv").write_text("lot_id,event,event_date\n")
    (tmp_path / file).write_text(content)
    with pytest.raises(HistoryError, match=message):
        read_history(tmp_path)


def test_the_command_explains_a_missing_folder_and_an_uncovered_horizon(
    world: tuple[Path, Truth], tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=r"no lots\.csv"):
        backtested(tmp_path / "nowhere", tmp_path / "o.csv", AS_OF)
    with pytest.raises(CommandError, match="choose 1 to 90"):
        backtested(world[0], tmp_path / "o.csv", AS_OF, horizon=400)
