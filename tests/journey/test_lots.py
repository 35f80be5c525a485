"""Lists of lots, the page of one lot, and how a lot leaves."""

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from collection.actions.departures import record_loss
from collection.actions.risk import assess
from collection.models import Estimate, Lot, Notification, Site
from collection.rules.lifecycle import LotState, StateConflictError
from tests.cast import Cast, Person
from tests.journey.answers import errors_of
from tests.journey.lots import log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _references(text: str) -> list[str]:
    return re.findall(r"LOT-26-\d{6}(?= ·)", text)


def test_a_list_pages_to_older_lots_and_back_without_losing_any(cast: Cast, as_person: SignIn) -> None:
    logged = [log(cast.scrapyard).reference for _ in range(53)]
    client = as_person(cast.scrapyard)

    first = client.get("/lots/").content.decode()
    older = re.search(r"\?before=\d+", first)
    assert older is not None
    assert "?after=" not in first
    second = client.get(f"/lots/{older[0]}").content.decode()
    newer = re.search(r"\?after=\d+", second)
    assert newer is not None
    assert "?before=" not in second

    assert _references(first) + _references(second) == logged[::-1]
    assert _references(client.get(f"/lots/{newer[0]}").content.decode()) == _references(first)


@pytest.mark.parametrize("query", ["?before=junk", "?after=-1", "?show=nonsense", "?before=&after="])
def test_a_list_shrugs_off_nonsense_in_its_address(cast: Cast, as_person: SignIn, query: str) -> None:
    log(cast.scrapyard)

    answer = as_person(cast.scrapyard).get(f"/lots/{query}")

    assert answer.status_code == 200
    assert len(_references(answer.content.decode())) == 1


def test_a_list_shows_one_state(cast: Cast, as_person: SignIn) -> None:
    held, gone = log(cast.scrapyard), log(cast.scrapyard)
    client = as_person(cast.scrapyard)
    client.post(f"/lots/{gone.reference}/loss/", _day(timezone.localdate()) | {"explanation": "Shredded"})

    assert _references(client.get("/lots/?show=held").content.decode()) == [held.reference]
    assert _references(client.get("/lots/?show=lost").content.decode()) == [gone.reference]


def test_rival_collectors_see_nothing_of_each_other(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    rival = as_person(cast.turbine_dismantler)

    for address in ("", "risk/", "photos/", "export/", "loss/", "withdraw/"):
        assert rival.get(f"/lots/{lot.reference}/{address}").status_code == 404, address
        assert rival.post(f"/lots/{lot.reference}/{address}").status_code in {404, 405}, address
    for page in ("/", "/lots/", "/places/", "/notifications/", "/log/", "/pickups/"):
        text = rival.get(page).content.decode()
        assert lot.reference not in text, page
        assert "Govan" not in text, page
    assert Lot.unscoped.get().state == LotState.HELD


def test_recyclers_see_held_lots_and_regulators_those_of_their_nation(cast: Cast, as_person: SignIn) -> None:
    scottish, english = log(cast.scrapyard), log(cast.turbine_dismantler, source_kind="industrial")

    def seen_by(person: Person) -> set[str]:
        return set(_references(as_person(person).get("/lots/").content.decode()))

    assert seen_by(cast.short_loop_planner) == {scottish.reference, english.reference}
    assert seen_by(cast.national_regulator) == {scottish.reference, english.reference}
    assert seen_by(cast.scottish_regulator) == {scottish.reference}
    assert seen_by(cast.driver) == set()


def test_the_page_of_a_lot_says_what_is_in_it_what_it_is_worth_and_where_it_should_go(
    cast: Cast, as_person: SignIn
) -> None:
    lot = log(cast.scrapyard)
    estimate = Estimate.objects.get(lot=lot)

    text = html.unescape(on_one_line(as_person(cast.scrapyard).get(f"/lots/{lot.reference}/")))

    assert "1.8 kg" in text
    assert f"{estimate.magnet_low_grams} g and 3 kg" in text
    assert "Neodymium and praseodymium" in text
    assert "Dysprosium and terbium" in text
    assert "Class C: counted × catalogue factor" in text
    assert estimate.coefficient_version in text
    assert estimate.source in text
    assert "China domestic" in text
    assert "Europe" in text
    assert "All prices exclude VAT" in text
    assert "Short loop" in text
    assert lot.custody.get().fingerprint_text[:12] in text


def test_the_risk_shows_as_soon_as_it_is_worked_out(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    client = as_person(cast.scrapyard)

    waiting = client.get(f"/lots/{lot.reference}/risk/")
    assert "being worked out" in waiting.content.decode()
    assert "X-Poll" not in waiting.headers
    assess([lot.pk], at=timezone.now())
    scored = client.get(f"/lots/{lot.reference}/risk/")

    assert scored.headers["X-Poll"] == "stop"
    assert "within 90 days" in scored.content.decode()
    assert "points" in scored.content.decode()


def _day(day: dt.date) -> dict[str, str]:
    return {
        "happened_on-day": str(day.day),
        "happened_on-month": str(day.month),
        "happened_on-year": str(day.year),
    }


def test_an_export_moves_the_mass_out_and_is_told_on_the_page(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    client = as_person(cast.scrapyard)

    answer = client.post(
        f"/lots/{lot.reference}/export/",
        _day(timezone.localdate()) | {"destination_class": "non_oecd", "country": "Türkiye"},
        follow=True,
    )

    assert "to Türkiye" in answer.content.decode()
    lot.refresh_from_db()
    assert lot.state == LotState.EXPORTED


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (dt.date(2020, 1, 1), "it cannot have left before that"),
        (dt.date(2099, 1, 1), "cannot be in the future"),
    ],
)
def test_a_lot_cannot_leave_before_it_came_or_in_the_future(
    cast: Cast, as_person: SignIn, day: dt.date, sentence: str
) -> None:
    lot = log(cast.scrapyard)

    answer = as_person(cast.scrapyard).post(
        f"/lots/{lot.reference}/loss/", _day(day) | {"explanation": "Gone"}
    )

    assert answer.status_code == 422
    assert any(sentence in error for error in errors_of(answer))


def test_days_are_those_of_london_also_in_the_first_hour_of_a_summer_day(
    cast: Cast, as_person: SignIn
) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    half_past_midnight = dt.datetime(2026, 6, 14, 23, 30, tzinfo=dt.UTC)
    Lot.unscoped.filter(pk=lot.pk).update(logged_at=half_past_midnight)

    assert "15 June 2026 by" in on_one_line(client.get(f"/lots/{lot.reference}/"))
    with pytest.raises(StateConflictError, match="was logged on 15 June 2026"):
        record_loss(
            cast.scrapyard.viewer,
            lot.pk,
            happened_on=dt.date(2026, 6, 14),
            at=half_past_midnight + dt.timedelta(days=2),
            explanation="Gone",
        )


def test_a_lot_that_has_left_cannot_leave_again(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    client = as_person(cast.scrapyard)
    client.post(f"/lots/{lot.reference}/withdraw/", {"why": "Typed twice"})

    answer = client.post(f"/lots/{lot.reference}/withdraw/", {"why": "Again"})

    assert answer.status_code == 409
    assert "is no longer held" in answer.content.decode()
    lot.refresh_from_db()
    assert lot.state == LotState.WITHDRAWN


def test_roles_get_only_their_own_actions(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)

    own = as_person(cast.scrapyard).get(f"/lots/{lot.reference}/").content.decode()
    planner = as_person(cast.short_loop_planner).get(f"/lots/{lot.reference}/").content.decode()
    regulator = as_person(cast.national_regulator).get(f"/lots/{lot.reference}/").content.decode()

    assert "Withdraw: logged in error" in own
    assert "Record an export" in own
    assert "Record an export" not in on_one_line(planner)
    assert "Log another like this" not in on_one_line(planner)
    assert "Record an export" in regulator
    assert "Withdraw" not in regulator


# --- Places and notices ---


def _place(**changes: str) -> dict[str, str]:
    return {
        "name": "Leith yard", "postcode": "EH6 7DX", "opens_at": "07:30", "closes_at": "16:00", "open_days": "1"
    } | changes  # fmt: skip


def test_a_place_gets_the_point_of_its_postcode_marked_with_its_precision(
    cast: Cast, as_person: SignIn
) -> None:
    as_person(cast.scrapyard).post("/places/new/", _place())

    site = Site.unscoped.get(name="Leith yard")
    assert site.organisation == cast.scrapyard.organisation
    assert site.precision == "outcode"
    assert site.precision_km is not None
    assert site.nation == "Scotland"
    assert site.lat == pytest.approx(55.97, abs=0.05)


def test_an_exact_point_wins_over_the_postcodes(cast: Cast, as_person: SignIn) -> None:
    as_person(cast.scrapyard).post("/places/new/", _place(lat="55.9771", lon="-3.1702"))

    site = Site.unscoped.get(name="Leith yard")
    assert (site.lat, site.lon, site.precision) == (55.9771, -3.1702, "exact")


def test_a_place_without_a_point_is_a_visible_task_never_nought_nought(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post("/places/new/", _place(postcode=""))

    site = Site.unscoped.get(name="Leith yard")
    assert (site.lat, site.lon) == (None, None)
    assert "Not on the map" in client.get("/places/").content.decode()
    assert "place not on the map" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for the place"),
        ({"name": "Govan yard"}, "You have another place called"),
        ({"postcode": "ZZ99 9ZZ"}, "is not a postcode we know"),
        ({"lat": "0", "lon": "0"}, "outside the United Kingdom"),
        ({"lat": "55.9"}, "Give both latitude and longitude, or neither"),
        ({"lat": "-3.17", "lon": "55.9"}, "Check for swapped numbers"),
        ({"lat": "north"}, "Latitude must be a number such as 55.8651"),
        ({"closes_at": "06:00"}, "Closes at must be later than 07:30"),
        ({"opens_at": "early"}, "Opens at must be a time such as 08:00"),
    ],
)
def test_a_place_that_cannot_be(
    cast: Cast, as_person: SignIn, changes: dict[str, str], sentence: str
) -> None:
    answer = as_person(cast.scrapyard).post("/places/new/", _place(**changes))

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)


def test_a_rivals_place_can_be_neither_read_nor_changed(cast: Cast, as_person: SignIn) -> None:
    assert cast.scrapyard.site is not None
    rival = as_person(cast.turbine_dismantler)
    address = f"/places/{cast.scrapyard.site.pk}/"

    assert rival.get(address).status_code == 404
    assert rival.post(address, _place()).status_code == 404
    assert rival.post(f"{address}remove/").status_code == 404


def test_a_notice_is_read_once_opened_and_leads_to_what_it_is_about(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    notice = Notification.objects.create(
        recipient=cast.scrapyard.user,
        kind="flag",
        title="A lot is likely to leave",
        body="Look at it.",
        url=f"/lots/{lot.reference}/",
        created_at=timezone.now(),
        dedupe_key="one",
    )
    client = as_person(cast.scrapyard)
    assert "1 unread" in client.get("/notifications/").content.decode()

    answer = client.post(f"/notifications/{notice.pk}/")

    assert answer.headers["Location"] == f"/lots/{lot.reference}/"
    assert "unread" not in client.get("/notifications/").content.decode()


def test_nobody_opens_or_reads_anothers_notice(cast: Cast, as_person: SignIn) -> None:
    notice = Notification.objects.create(
        recipient=cast.scrapyard.user,
        kind="flag",
        title="Private",
        body="",
        created_at=timezone.now(),
        dedupe_key="one",
    )
    rival = as_person(cast.turbine_dismantler)

    assert rival.post(f"/notifications/{notice.pk}/").status_code == 404
    rival.post("/notifications/read/")
    notice.refresh_from_db()
    assert notice.read_at is None
