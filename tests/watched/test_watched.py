"""What is not scrap yet: noted, reminded of, arisen, compared; and the years ahead."""

import datetime as dt
import html
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.actions.watched import NewWatched, begin_arrival, close_watched, remind_due, watch_source
from collection.models import (
    Arrival,
    Lot,
    LotDraft,
    Notification,
    Source,
    WatchedSource,
)
from collection.queries.expected import expected_by_year
from collection.rules.lifecycle import StateConflictError
from collection.rules.watching import Window, month_window, year_window
from tests.cast import Cast, Person
from tests.journey.answers import errors_of
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
IN_2028 = year_window(2028)
BEATRICE = "repd:2521:"


def watch(person: Person, *, at: dt.datetime = NOW, **changes: Any) -> WatchedSource:
    """A direct-drive turbine of 6 MW expected in 2028 at the person's place, unless told otherwise."""
    said: dict[str, Any] = {
        "submission_id": uuid.uuid4(),
        "name": "Turbine 7 at Hill Farm",
        "source_kind": "wind",
        "product_code": "wind_dd_pmsg_onshore",
        "quantity": Decimal(6),
        "unit": "MW",
        "window": IN_2028,
        "site_id": person.site.pk if person.site else None,
    }
    return watch_source(person.viewer, NewWatched(**(said | changes)), at=at).watched


def _typed(**changes: str) -> dict[str, str]:
    return {
        "submission_id": str(uuid.uuid4()),
        "name": "Turbine 7 at Hill Farm",
        "source_kind": "wind",
        "product": "Direct-drive PMSG turbine, onshore",
        "product-picked": "wind_dd_pmsg_onshore",
        "quantity": "6 MW",
        "year": "2028",
        "month": "",
        "day": "",
        "place": "",
        "postcode": "NE28 6UQ",
        "note": "Lease ends",
    } | changes


# --- Noting ---


def test_a_source_is_noted_with_the_magnets_it_should_hold(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.turbine_dismantler)

    answer = client.post("/watched/new/", _typed())

    watched = WatchedSource.unscoped.get()
    assert answer.headers["Location"] == f"/watched/{watched.reference}/"
    # 6 MW × 650 kg per MW, between 500 and 850.
    assert watched.magnet_central_grams == 3_900_000
    assert 2_900_000 < watched.magnet_low_grams < 3_900_000 < watched.magnet_high_grams < 5_200_000
    assert (watched.expected_from_on, watched.expected_to_on) == (IN_2028.from_on, IN_2028.to_on)
    assert watched.region is not None
    assert (watched.nation, watched.region.itl1_code) == ("England", "TLC")
    page = client.get(answer.headers["Location"]).content.decode()
    for said in ("Turbine 7 at Hill Farm", "2028", "3.9 t", "Lease ends", "It has arisen: log the lot"):
        assert said in page, said
    assert "Turbine 7 at Hill Farm" in client.get("/watched/").content.decode()


def test_pressing_twice_notes_it_once(cast: Cast, as_person: SignIn) -> None:
    client, typed = as_person(cast.turbine_dismantler), _typed()

    first, second = client.post("/watched/new/", typed), client.post("/watched/new/", typed)

    assert first.headers["Location"] == second.headers["Location"]
    assert WatchedSource.unscoped.count() == 1


def test_a_turbine_model_stands_for_its_product(cast: Cast, as_person: SignIn) -> None:
    as_person(cast.turbine_dismantler).post(
        "/watched/new/", _typed(**{"product": "Enercon E-126", "product-picked": ""})
    )
    page = as_person(cast.turbine_dismantler).get("/log/products/?q=SWT-3.0").json()["results"]
    picked = next(one for one in page if one["value"].startswith("turbine:"))

    answer = as_person(cast.turbine_dismantler).post(
        "/watched/new/", _typed(**{"product": picked["label"], "product-picked": picked["value"]})
    )

    assert answer.status_code == 302, errors_of(answer)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for it"),
        ({"year": ""}, "Enter the year it is expected"),
        ({"year": "2019"}, "If it has arisen already, log it as a lot"),
        ({"month": "2", "day": "30"}, "There is no such day"),
        ({"day": "3"}, "A day needs its month"),
        ({"quantity": "lots"}, "How much"),
        ({"quantity": "6 t"}, "is not a unit of power"),
        ({"product": "unobtainium", "product-picked": ""}, "We cannot find a product"),
        ({"postcode": "ZZ99 9ZZ"}, "is not a postcode we know"),
        ({"source_kind": ""}, "Choose the kind of source"),
    ],
)
def test_what_cannot_be_watched_is_said_and_nothing_typed_is_lost(
    cast: Cast, as_person: SignIn, changes: dict[str, str], sentence: str
) -> None:
    answer = as_person(cast.turbine_dismantler).post("/watched/new/", _typed(**changes))

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    assert "Lease ends" in answer.content.decode()
    assert WatchedSource.unscoped.count() == 0


def test_changing_the_amount_estimates_it_again(cast: Cast, as_person: SignIn) -> None:
    watched, client = watch(cast.turbine_dismantler), as_person(cast.turbine_dismantler)
    address = f"/watched/{watched.reference}/change/"
    assert 'value="6 MW"' in client.get(address).content.decode()

    client.post(address, _typed(quantity="3 MW", year="2031", month="5"))

    watched.refresh_from_db()
    assert watched.magnet_central_grams == 1_950_000
    assert (watched.expected_from_on, watched.expected_to_on) == (dt.date(2031, 5, 1), dt.date(2031, 5, 31))


def test_what_will_not_arise_is_closed_with_its_reason(cast: Cast, as_person: SignIn) -> None:
    watched, client = watch(cast.turbine_dismantler), as_person(cast.turbine_dismantler)
    client.post(f"/watched/{watched.reference}/close/", {"why": "Its life was extended to 2040"})

    watched.refresh_from_db()
    assert (watched.state, watched.remind_on) == ("closed", None)
    assert "Its life was extended" in client.get(f"/watched/{watched.reference}/").content.decode()
    assert client.post(f"/watched/{watched.reference}/arisen/").status_code == 409
    with pytest.raises(StateConflictError):
        close_watched(cast.turbine_dismantler.viewer, watched, "Again", at=NOW)


# --- Reminders ---


def test_each_reminder_is_sent_once_on_its_day_and_the_next_is_set(cast: Cast) -> None:
    watched = watch(cast.turbine_dismantler, window=month_window(2028, 3))
    assert watched.remind_on == dt.date(2027, 3, 2)

    sent = {}
    for day in (dt.date(2027, 3, 1), dt.date(2027, 3, 2), dt.date(2027, 3, 2), dt.date(2027, 9, 4)):
        at = dt.datetime.combine(day, dt.time(6), dt.UTC)
        sent[day.isoformat()] = sent.get(day.isoformat(), 0) + remind_due(at=at, today=day)

    assert sent == {"2027-03-01": 0, "2027-03-02": 1, "2027-09-04": 1}
    titles = list(Notification.objects.order_by("pk").values_list("title", flat=True))
    assert titles == [
        "Turbine 7 at Hill Farm is expected in about 12 months",
        "Turbine 7 at Hill Farm is expected in about 6 months",
    ]
    watched.refresh_from_db()
    assert watched.remind_on == dt.date(2027, 12, 2)


def test_reminders_missed_while_nothing_ran_are_one_reminder(cast: Cast) -> None:
    watch(cast.turbine_dismantler, window=month_window(2027, 3))

    assert remind_due(at=NOW + dt.timedelta(days=800), today=dt.date(2028, 8, 1)) == 1
    assert [one.title for one in Notification.objects.all()] == [
        "Turbine 7 at Hill Farm should have arisen by now"
    ]


# --- Arising ---


def _log_what_arose(client: Client, watched: WatchedSource, quantity: str) -> Lot:
    draft = client.post(f"/watched/{watched.reference}/arisen/").headers["Location"].removesuffix("check/")
    assert client.get(f"{draft}check/").headers["Location"] == f"{draft}turbine/"
    pages = {
        "turbine": {"serial": ""},
        "amount": {"unit": "MW", "quantity": quantity},
        "state": {"condition": "intact"},
        "intent": {"intent": "sell_here"},
        "photos": {},
    }
    for slug, typed in pages.items():
        assert client.post(f"{draft}{slug}/", typed).status_code == 302, slug
    answer = client.post(f"{draft}check/", {"decision": "different"})
    lot: Lot = Lot.unscoped.get(reference=answer.headers["Location"].split("/")[2])
    return lot


def test_what_arises_goes_through_the_log_journey_and_is_compared(cast: Cast, as_person: SignIn) -> None:
    person = cast.turbine_dismantler
    client, watched = as_person(person), watch(person)

    lot = _log_what_arose(client, watched, "4.5 MW")

    assert (lot.source_kind, lot.product.code, lot.site_id) == (
        "wind",
        "wind_dd_pmsg_onshore",
        person.site.pk if person.site else 0,
    )
    watched.refresh_from_db()
    assert (watched.state, watched.remind_on) == ("arisen", None)
    page = client.get(f"/watched/{watched.reference}/").content.decode()
    assert lot.reference in page
    assert "0.75 times what was expected" in page
    listed = client.get("/watched/?show=arisen").content.decode()
    assert "Wind turbine" in listed
    assert "0.75" in listed
    assert "1 of 1" in listed or "0 of 1" in listed


def test_a_source_may_arise_in_several_lots(cast: Cast, as_person: SignIn) -> None:
    client, watched = as_person(cast.turbine_dismantler), watch(cast.turbine_dismantler)

    lots = [_log_what_arose(client, watched, megawatts) for megawatts in ("2 MW", "4 MW")]

    assert [arrival.lot for arrival in Arrival.objects.order_by("pk")] == lots
    assert (
        "1.00 times what was expected: within"
        in client.get(f"/watched/{watched.reference}/").content.decode()
    )


def test_a_draft_thrown_away_leaves_the_source_watched(cast: Cast, as_person: SignIn) -> None:
    client, watched = as_person(cast.turbine_dismantler), watch(cast.turbine_dismantler)
    begin_arrival(cast.turbine_dismantler.viewer, watched, {}, at=NOW)

    client.post(f"/log/{LotDraft.objects.get().submission_id}/discard/")

    watched.refresh_from_db()
    assert watched.state == "watched"


# --- Who ---


def test_rivals_see_nothing_planners_and_the_nations_regulator_do(cast: Cast, as_person: SignIn) -> None:
    watched = watch(cast.turbine_dismantler)
    address = f"/watched/{watched.reference}/"

    seen = {
        name: getattr(as_person(person).get(address), "status_code", 0)
        for name, person in cast.everybody().items()
    }

    assert {name for name, code in seen.items() if code == 200} == {
        "turbine_dismantler", "short_loop_planner", "long_loop_planner", "national_regulator", "product_admin",
    }  # fmt: skip
    assert seen["scrapyard"] == seen["scottish_regulator"] == 404
    assert seen["driver"] == 403


def test_what_is_defences_is_for_the_cleared(cast: Cast, as_person: SignIn) -> None:
    watched = watch(cast.defence_officer, source_kind="defence", name="A ship on the disposal list")

    assert as_person(cast.short_loop_planner).get(f"/watched/{watched.reference}/").status_code == 404
    assert as_person(cast.defence_officer).get(f"/watched/{watched.reference}/").status_code == 200


@pytest.mark.parametrize("step", ["change", "close", "arisen"])
def test_only_its_holder_changes_it(cast: Cast, as_person: SignIn, step: str) -> None:
    watched = watch(cast.turbine_dismantler)

    assert as_person(cast.scrapyard).post(f"/watched/{watched.reference}/{step}/").status_code == 404
    assert as_person(cast.short_loop_planner).post(f"/watched/{watched.reference}/{step}/").status_code == 403


# --- The years ahead ---


def _beatrice() -> Source:
    return Source.objects.get(code__startswith=BEATRICE)


def test_the_registers_farms_appear_in_their_year_with_an_interval(cast: Cast) -> None:
    forecast = expected_by_year(cast.national_regulator.viewer, today=NOW.date())

    farm = next(farm for farm in forecast.farms if farm.source == _beatrice())
    year = next(one for one in forecast.years if one.year == 2044)
    assert farm.year == 2044
    assert year.farms >= 1
    assert 0 < year.magnet.low < year.magnet.central < year.magnet.high
    assert sum(one.magnet.central for one in forecast.years) == pytest.approx(
        sum(farm.magnet.central for farm in forecast.farms), rel=1e-6
    )


def test_power_that_a_holder_watches_is_not_counted_twice(cast: Cast) -> None:
    before = expected_by_year(cast.national_regulator.viewer, today=NOW.date())
    farm = _beatrice()
    product = farm.product
    assert product is not None
    watch(
        cast.turbine_dismantler,
        source_id=farm.pk,
        site_id=None,
        product_code=product.code,
        quantity=Decimal(100),
        window=year_window(2044),
        build_year=farm.commissioned_on.year if farm.commissioned_on else None,
    )

    after = expected_by_year(cast.national_regulator.viewer, today=NOW.date())

    [was] = [one for one in before.years if one.year == 2044]
    [now] = [one for one in after.years if one.year == 2044]
    assert now.watched == 1
    assert now.watched_grams > 0
    assert now.magnet.central == pytest.approx(was.magnet.central, rel=1e-4)
    # A rival learns nothing of it from the farm's remaining power.
    rivals = expected_by_year(cast.scrapyard.viewer, today=NOW.date())
    assert next(one for one in rivals.farms if one.source == farm).megawatts == farm.capacity_mw


def test_a_nations_regulator_sees_that_nation_ahead(cast: Cast, as_person: SignIn) -> None:
    forecast = expected_by_year(cast.scottish_regulator.viewer, today=NOW.date())

    assert {farm.source.nation for farm in forecast.farms} == {"Scotland"}
    page = as_person(cast.scottish_regulator).get("/watched/ahead/").content.decode()
    assert "Beatrice" in page
    assert "2044" in page


def test_the_years_ahead_ask_the_same_number_of_questions_however_much_is_watched(
    cast: Cast, as_person: SignIn, django_assert_num_queries: Any
) -> None:
    client = as_person(cast.national_regulator)
    for address in ("/watched/ahead/", "/watched/"):
        watch(cast.turbine_dismantler)
        client.get(address)
        with django_assert_num_queries(10, exact=False) as few:
            client.get(address)
        for _ in range(5):
            watch(cast.turbine_dismantler)
        with django_assert_num_queries(len(few.captured_queries)):
            client.get(address)


# --- Software ---


def test_software_watches_changes_links_and_closes(cast: Cast) -> None:
    person = cast.turbine_dismantler
    _, key = issue_key(person.user.pk, person.organisation.pk, "fleet", at=NOW)
    software = APIClient(HTTP_AUTHORIZATION=f"Token {key}")
    year = dt.datetime.now(dt.UTC).year + 2
    body = {
        "submission_id": str(uuid.uuid4()),
        "name": "Turbine 7",
        "source_kind": "wind",
        "product_code": "wind_dd_pmsg_onshore",
        "quantity": "6",
        "unit": "MW",
        "year": year,
        "postcode": "NE28 6UQ",
    }

    first, again = (software.post("/api/v1/watched-sources/", body, format="json") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    address = f"/api/v1/watched-sources/{first.json()['reference']}/"
    assert first.json()["magnet"]["central_grams"] == 3_900_000
    changed = software.put(address, body | {"quantity": "3"}, format="json").json()
    assert changed["magnet"]["central_grams"] == 1_950_000
    years = software.get("/api/v1/expected-by-year/").json()
    assert next(one for one in years if one["year"] == year)["watched_grams"] == 1_950_000
    lot = log(person, source_kind="wind", product_code="wind_dd_pmsg_onshore", quantity=Decimal(3), unit="MW")
    linked = software.post(f"{address}lots/", {"lot": lot.reference}, format="json").json()
    assert (linked["state"], linked["lots"]) == ("arisen", [lot.reference])
    assert software.post(f"{address}closing/", {"why": "Too late"}, format="json").status_code == 409
    wrong = software.post(
        "/api/v1/watched-sources/", body | {"submission_id": str(uuid.uuid4()), "year": 1999}, format="json"
    )
    assert wrong.json()["errors"][0]["field"] == "year"
    assert [
        one["reference"] for one in software.get("/api/v1/watched-sources/?state=arisen").json()["results"]
    ] == [linked["reference"]]


def test_a_window_reads_as_it_was_given() -> None:
    assert str(Window(dt.date(2028, 3, 1), dt.date(2029, 3, 31))) == "1 March 2028 to 31 March 2029"
