"""A row a month on how the model did; groups with counts and intervals; patterns of gaming; who sees what."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from collection.actions.risk import assess_all, ensure_model
from collection.actions.risk_watch import watch
from collection.models import Lot, Notification, RiskModelVersion, RiskMonth
from collection.queries.risk_watch import months_of
from collection.rules.risk import prior_model
from collection.rules.risk_gaming import LotFacts, notices_in
from collection.rules.risk_watch import Rate, calls_for_action, closed_months, group_errors
from collection.tasks.endings import watch_risk
from tests.cast import Cast
from tests.pages import on_one_line
from tests.risk.made_register import NOW, closed_lots, log_one


def test_a_month_is_closed_after_135_days() -> None:
    assert closed_months(dt.datetime(2026, 11, 13, tzinfo=dt.UTC), 2)[-1] == dt.date(2026, 7, 1)
    assert closed_months(dt.datetime(2026, 11, 12, tzinfo=dt.UTC), 3) == [
        dt.date(2026, 4, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 1),
    ]  # fmt: skip


@given(whole=st.integers(1, 500), data=st.data())
def test_an_interval_holds_its_share(whole: int, data: st.DataObject) -> None:
    rate = Rate(data.draw(st.integers(0, whole)), whole)
    assert rate.interval is not None
    assert rate.share is not None
    low, high = rate.interval
    assert 0 <= low <= rate.share <= high <= 1
    assert low < high


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_each_closed_month_gets_one_row_and_twice_changes_nothing(cast: Cast) -> None:
    closed_lots(cast, 150)
    _put_a_model_in_force_that_cries_wolf()
    made = watch(at=NOW)
    assert made >= 6
    assert watch(at=NOW) == 0
    assert RiskMonth.objects.count() == made
    version, _ = ensure_model(at=NOW)
    months = months_of(version, cast.national_regulator.viewer)
    newest = months[0]
    assert newest.rows == sum(n for _, _, n in newest.figures["reliability"])
    assert newest.exported <= newest.rows
    groups = group_errors(newest.figures["cells"], "kind")
    assert [(one.name, one.rows) for one in groups] == [("scrapyard", newest.rows)]
    assert groups[0].warned_though_kept.whole + groups[0].missed.whole == newest.rows
    assert newest.is_off
    told = Notification.objects.filter(kind="risk_model")
    assert {notice.recipient_id for notice in told} == {
        cast.product_admin.user.pk, cast.national_regulator.user.pk, cast.scottish_regulator.user.pk
    }  # fmt: skip
    assert watch_risk() >= 0
    assert told.filter(dedupe_key__endswith="2026-06").count() == 3


def _put_a_model_in_force_that_cries_wolf() -> None:
    start = prior_model()
    export = replace(start.heads["export"], baseline=start.heads["export"].baseline + 25)
    model = replace(start, heads={**start.heads, "export": export})
    RiskModelVersion.objects.create(
        version=model.version, record={"model": model.as_json()}, created_at=NOW, is_active=True
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_a_months_row_does_not_change_when_the_future_comes(cast: Cast) -> None:
    """Scores of a past day use nothing recorded on or after it: features are as they stood."""
    closed_lots(cast, 60)
    watch(at=NOW)
    before = {row.month: row.expected for row in RiskMonth.objects.all()}
    RiskMonth.objects.all().delete()
    Lot.unscoped.filter(pk=log_one(cast).pk).update(logged_at=NOW - dt.timedelta(hours=1))
    watch(at=NOW)
    assert {row.month: row.expected for row in RiskMonth.objects.all()} == before


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_a_regulator_of_one_nation_sees_no_kingdom(cast: Cast, client: Client) -> None:
    lots = closed_lots(cast, 150)
    Lot.unscoped.filter(pk__in=[lot.pk for lot in lots[::2]]).update(nation="England")
    watch(at=NOW)
    version, _ = ensure_model(at=NOW)
    whole = months_of(version, cast.national_regulator.viewer)[0]
    scottish = months_of(version, cast.scottish_regulator.viewer)[0]
    assert 0 < scottish.rows < whole.rows
    assert {cell[0] for cell in scottish.figures["cells"]} == {"Scotland"}
    client.force_login(cast.scottish_regulator.user)
    page = client.get("/risk/watch/").content.decode()
    assert "lots in Scotland" in page
    assert f"of {whole.rows} lots" not in on_one_line(page)
    # The sentence gives the figure of the table below it.
    assert f"where {scottish.expected:.1f} were expected" in on_one_line(page)
    assert "England" not in client.get("/risk/fairness/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_the_curve_of_a_regulator_of_one_nation_holds_that_nations_lots(cast: Cast, client: Client) -> None:
    log_one(cast)
    Lot.unscoped.filter(pk=log_one(cast).pk).update(nation="England")
    assess_all(at=NOW)
    answers = {"way": "capacity", "lots_a_week": "5", "value_per_kg": "20"}
    for person, count in ((cast.national_regulator, "2 lots"), (cast.scottish_regulator, "1 lot")):
        client.force_login(person.user)
        assert f"{count} flagged" in client.get("/risk/thresholds/", answers).content.decode()


def test_two_months_off_or_a_signal_that_moved_call_for_action() -> None:
    figures = {"check": {"observed_over_expected": 0.5}, "drift": []}
    assert calls_for_action([(True, figures)]) == []
    assert "0.50" in calls_for_action([(True, figures), (True, figures)])[0]
    moved = figures | {"drift": [["port", 0.4, 0, 0, "moved"], ["form", 0.0, 0, 0, "steady"]]}
    assert calls_for_action([(False, moved)]) == [
        "What the model reads has moved: distance to a container port."
    ]


# --- Gaming ---------------------------------------------------------------------------------------------------

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def fact(number: int, **changes: object) -> LotFacts:
    known: dict[str, object] = {
        "reference": f"LOT-26-{number:06d}", "holder": "Yard", "holder_kind": "scrapyard", "place": "site 1",
        "product": "Rotors", "quantity": 100.0, "gross_kg": 400.0, "intent": "undecided", "logged_at": START,
        "state": "held", "state_at": START,
    }  # fmt: skip
    return LotFacts(**known | changes)  # type: ignore[arg-type]


def exported(number: int, *, after: int, told_after: int = 0, **changes: object) -> LotFacts:
    left = START + dt.timedelta(days=after)
    return fact(
        number, state="exported", state_at=left, left_on=left.date(),
        left_recorded_at=left + dt.timedelta(days=told_after), **changes,
    )  # fmt: skip


def test_each_pattern_is_seen_where_it_is_and_not_where_it_is_not() -> None:
    ordinary = [exported(n, after=40 + n) for n in range(5)] + [fact(n) for n in range(10, 20)]
    assert notices_in(ordinary) == []

    cases = {
        "kept_word": [exported(n, after=40, intent="sell_here") for n in range(3)],
        "logged_at_departure": [exported(n, after=2) for n in range(3)],
        "recorded_late": [exported(n, after=40, told_after=31) for n in range(3)],
        "logged_again": [
            fact(1, state="withdrawn", state_at=START + dt.timedelta(days=50)),
            fact(2, logged_at=START + dt.timedelta(days=55), quantity=105.0),
        ],
        "split": [fact(n, gross_kg=120.0, logged_at=START + dt.timedelta(hours=n)) for n in range(3)],
    }
    for pattern, lots in cases.items():
        others = [exported(n, after=60, holder="Other yard") for n in range(50, 53)]
        found = notices_in([*lots, *others])
        assert [(one.pattern, one.holder, len(one.lots)) for one in found] == [(pattern, "Yard", len(lots))]


def test_small_lots_of_a_trader_or_days_apart_are_no_split() -> None:
    small = [fact(n, gross_kg=120.0, holder_kind="trader") for n in range(4)]
    apart = [fact(n, gross_kg=120.0, logged_at=START + dt.timedelta(days=4 * n)) for n in range(4)]
    assert notices_in(small) == notices_in(apart) == []


def test_a_lot_logged_much_later_or_of_another_size_is_not_logged_again() -> None:
    gone = fact(1, state="withdrawn", state_at=START)
    assert notices_in([gone, fact(2, logged_at=START + dt.timedelta(days=15))]) == []
    assert notices_in([gone, fact(2, logged_at=START + dt.timedelta(days=1), quantity=50.0)]) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_the_pages_are_for_regulators(cast: Cast, client: Client) -> None:
    ensure_model(at=NOW)
    for address in ("/risk/watch/", "/risk/fairness/"):
        client.force_login(cast.national_regulator.user)
        assert client.get(address).status_code == 200
        client.force_login(cast.scrapyard.user)
        assert client.get(address).status_code == 403
