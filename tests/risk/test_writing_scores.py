"""Scoring writes differences only; what it keeps of a band change is enough to reckon the score again."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection.actions.risk import assess, assess_all, ensure_thresholds
from collection.models import Band, BandChange, Event, Flag, Lot, Score
from collection.queries.columns import instant, number, read_columns, whole, word, yes
from collection.queries.risk_changes import replay
from collection.rules.lifecycle import LotState, Verb
from tests.cast import Cast
from tests.risk.made_register import NOW, log_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|COPY \S+ \(.*\) FROM)", re.IGNORECASE)
LATER = NOW + dt.timedelta(days=40)


def _flag_from(p90: float) -> None:
    thresholds = ensure_thresholds(at=NOW)
    thresholds.medium_from, thresholds.high_from = p90 / 2, p90
    thresholds.save()


def _states(lot: Lot) -> list[str]:
    flags = Flag.objects.filter(lot=lot).order_by("pk")
    return ["open" if flag.closed_at is None else flag.closed_because for flag in flags]


def test_a_second_run_reads_and_writes_nothing(cast: Cast) -> None:
    lots = [log_one(cast) for _ in range(3)]
    assess([lot.pk for lot in lots], at=NOW)

    with CaptureQueriesContext(connection) as queries:
        again = assess_all(at=NOW)

    assert (again.lots, again.written, again.opened, again.closed) == (3, 0, 0, 0)
    assert [query["sql"] for query in queries if WRITING.match(query["sql"])] == []


def test_what_a_few_minutes_do_to_a_heavy_lot_is_not_written(cast: Cast) -> None:
    Lot.unscoped.filter(pk=log_one(cast).pk).update(magnet_grams=4_000_000)
    Lot.unscoped.filter(pk=log_one(cast).pk).update(available_from_on=NOW.date() - dt.timedelta(days=20))
    assess_all(at=NOW)

    assert assess_all(at=NOW + dt.timedelta(minutes=2)).written == 0


def test_the_number_of_statements_does_not_grow_with_the_lots(cast: Cast) -> None:
    def statements() -> int:
        Score.objects.all().delete()
        Flag.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assess_all(at=NOW)
        return len(queries)

    _flag_from(0.01)
    log_one(cast)
    statements()
    few = statements()
    for _ in range(5):
        log_one(cast)
    assert statements() == few


def test_a_lot_that_turns_high_is_flagged_with_an_event_and_falls_again(cast: Cast) -> None:
    lot = log_one(cast)
    _flag_from(0.99)
    assess([lot.pk], at=NOW)
    assert _states(lot) == []

    _flag_from(0.02)
    assess([lot.pk], at=NOW)
    assert _states(lot) == ["open"]

    _flag_from(0.99)
    assess([lot.pk], at=NOW)
    assert _states(lot) == ["The risk has fallen"]
    verbs = Event.objects.filter(lot=lot).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb in (Verb.FLAGGED, Verb.UNFLAGGED)] == [
        Verb.FLAGGED,
        Verb.UNFLAGGED,
    ]


def test_a_lot_that_has_gone_loses_its_score_and_its_flag_says_what_became_of_it(cast: Cast) -> None:
    gone, kept = log_one(cast), log_one(cast)
    _flag_from(0.02)
    assess([gone.pk, kept.pk], at=NOW)
    Lot.unscoped.filter(pk=gone.pk).update(state=LotState.EXPORTED)

    assert assess_all(at=NOW).closed == 1

    assert list(Score.objects.values_list("pk", flat=True)) == [kept.pk]
    assert (_states(gone), _states(kept)) == (["Exported"], ["open"])


def test_a_booked_lot_is_not_flagged(cast: Cast) -> None:
    lot = log_one(cast)
    Score.objects.all().delete()
    Flag.objects.all().delete()
    recycler = cast.short_loop_planner.organisation
    Lot.unscoped.filter(pk=lot.pk).update(state=LotState.RESERVED, reserved_by=recycler)
    _flag_from(0.001)

    assert assess([lot.pk], at=NOW).opened == 0


def test_a_band_change_is_kept_with_what_it_takes_to_reckon_it_again(cast: Cast) -> None:
    lot = log_one(cast, intent="export")
    BandChange.objects.all().delete()
    Score.objects.all().delete()
    _flag_from(0.02)
    assess([lot.pk], at=LATER)

    change = BandChange.objects.get(lot=lot)
    found = replay(change)

    assert (change.from_band, change.to_band) == (None, Band.HIGH)
    assert found.p90 == pytest.approx(change.p90, abs=5e-5)
    assert found.baseline + sum(reason.points for reason in found.reasons) == pytest.approx(
        found.points, abs=1e-9
    )


def test_a_lot_first_scored_low_has_not_changed(cast: Cast) -> None:
    lot = log_one(cast)
    BandChange.objects.all().delete()
    Score.objects.all().delete()
    _flag_from(0.99)
    assess([lot.pk], at=NOW)
    assert Score.objects.get(pk=lot.pk).band == Band.LOW
    assert not BandChange.objects.exists()


def test_columns_are_the_rows_themselves_on_every_database(cast: Cast) -> None:
    lots = [log_one(cast), log_one(cast, intent="undecided")]
    Lot.unscoped.filter(pk=lots[1].pk).update(gross_grams=None, lat=None, lon=None, site=None)
    rows = Lot.unscoped.order_by("pk")
    wanted = {
        "pk": whole("pk"),
        "site": whole("site_id"),
        "gross": number("gross_grams"),
        "lat": number("lat"),
        "intent": word("intent", ["export", "retain"]),
        "defence": yes("is_defence"),
        "magnetised": yes("is_magnetised"),
        "at": instant("logged_at"),
    }

    found = read_columns(rows, wanted)

    assert found["pk"].tolist() == [lot.pk for lot in rows]
    assert found["site"].tolist() == [-1 if lot.site_id is None else lot.site_id for lot in rows]
    assert [None if x != x else x for x in found["lat"].tolist()] == [lot.lat for lot in rows]
    assert [None if x != x else x for x in found["gross"].tolist()] == [lot.gross_grams for lot in rows]
    assert found["intent"].tolist() == [0, -1]
    assert found["defence"].tolist() == [0, 0]
    assert found["magnetised"].tolist() == [-1, -1]
    assert found["at"].tolist() == pytest.approx([lot.logged_at.timestamp() for lot in rows], abs=1e-5)
    assert len(read_columns(rows.filter(pk__in=[]), wanted)["pk"]) == 0
    assert len(read_columns(rows.filter(pk=0), wanted)["pk"]) == 0
