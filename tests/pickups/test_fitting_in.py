"""A lot at high risk appears while the rounds are on the road: the round that passes by is offered it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from collection.actions.driving import leave_plant
from collection.actions.fitting_in import fit_in
from collection.actions.proposals import accept_pickup
from collection.actions.risk import assess
from collection.actions.rounds import assign_driver
from collection.models import Band, Facility, Lot, Notification, Plan, Round, Score, Site, Vehicle
from collection.queries.fitting_in import Fitting, fittings
from collection.queries.live import round_now, with_stops
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError
from tests.api.promised import published_schema
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.pickups.conftest import NOW, Book, LogLot
from tests.pickups.test_api_of_the_day import Software
from tests.pickups.test_replanning import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def van_round(cast: Cast, log: LogLot, van: Vehicle, book: Book) -> Round:
    """Sheffield, then Nottingham; both holders have agreed, and the van has left."""
    places = {cast.turbine_dismantler: (53.38, -1.47), cast.scrapyard: (52.95, -1.15)}
    for person, (lat, lon) in places.items():
        assert person.site is not None
        Site.unscoped.filter(pk=person.site.pk).update(lat=lat, lon=lon, nation="England")
        person.site.refresh_from_db()
    lots = [log(person, quantity=Decimal(300)) for person in places]
    made = book(van, *lots)
    Plan.unscoped.update(settings={"saving_weight": 60.0})
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=NOW)
    for stop, person in zip(made.pickups.order_by("sequence"), places, strict=True):
        accept_pickup(person.viewer, stop.pk, at=NOW)
    leave_plant(cast.driver.viewer, made.pk, at=clock(7))
    return made


@pytest.fixture
def urgent(cast: Cast, van_round: Round, log: LogLot) -> Lot:
    """Logged by the scrapyard while the van was on its way, and scored in the highest band."""
    lot = log(cast.scrapyard, quantity=Decimal(100))
    assess([lot.pk], at=clock(7))
    Score.objects.filter(lot=lot).update(band=Band.HIGH, p30=0.5, p60=0.7, p90=0.9)
    return lot


def _offered(cast: Cast, chosen: Round, at: dt.datetime) -> list[Fitting]:
    shown = with_stops(Round.unscoped.filter(pk=chosen.pk))[0]
    return fittings(cast.short_loop_planner.viewer, shown, at)


def _kept(fitting: Fitting) -> frozenset[int]:
    return frozenset(lot.lot_id for lot in fitting.lots)


def test_the_lot_is_added_with_one_tap_and_every_promise_is_kept(
    cast: Cast, van_round: Round, urgent: Lot
) -> None:
    before = {
        stop.pk: (stop.slot_starts_at, stop.slot_ends_at, stop.answer) for stop in van_round.pickups.all()
    }
    (offered,) = _offered(cast, van_round, clock(7, 10))
    assert _kept(offered) == {urgent.pk}
    assert offered.placement.late == ()
    assert offered.worth_pence > offered.placement.pence > 0

    added = fit_in(cast.short_loop_planner.viewer, van_round.pk, _kept(offered), at=clock(7, 10))

    urgent.refresh_from_db()
    assert urgent.state == "reserved"
    stops = list(van_round.pickups.order_by("sequence"))
    assert [stop.sequence for stop in stops] == [1, 2, 3]
    assert {
        stop.pk: (stop.slot_starts_at, stop.slot_ends_at, stop.answer) for stop in stops if stop != added
    } == before
    now = round_now(with_stops(Round.unscoped.filter(pk=van_round.pk))[0], clock(7, 10))
    assert not any(call.is_late for call in now.table.calls)
    assert added.slot_starts_at is not None
    assert added.slot_ends_at is not None
    assert added.slot_starts_at <= added.planned_arrival_at <= added.slot_ends_at

    to_holder = Notification.objects.filter(recipient=cast.scrapyard.user, url=f"/pickups/{added.reference}/")
    assert "Pickup proposed for today" in to_holder.get().title
    to_driver = Notification.objects.filter(recipient=cast.driver.user, kind="round_changed").get()
    assert added.place_name in to_driver.title


def test_a_second_tap_or_a_second_planner_adds_nothing(cast: Cast, van_round: Round, urgent: Lot) -> None:
    planner = cast.short_loop_planner.viewer
    fit_in(planner, van_round.pk, frozenset({urgent.pk}), at=clock(7, 10))
    with pytest.raises(StateConflictError, match="cannot fetch these lots any more"):
        fit_in(planner, van_round.pk, frozenset({urgent.pk}), at=clock(7, 10))
    assert van_round.pickups.count() == 3


def test_only_high_risk_is_offered_only_today_and_never_what_would_not_fit(
    cast: Cast, van_round: Round, urgent: Lot
) -> None:
    assert _offered(cast, van_round, clock(7, 10) - dt.timedelta(days=1)) == []
    assert _offered(cast, van_round, clock(16, 50)) == [], "the yard is closed before the van could load"
    Score.objects.filter(lot=urgent).update(band=Band.MEDIUM)
    assert _offered(cast, van_round, clock(7, 10)) == []
    Score.objects.filter(lot=urgent).update(band=Band.HIGH)
    Lot.unscoped.filter(pk=urgent.pk).update(gross_grams=1_100_000)
    assert _offered(cast, van_round, clock(7, 10)) == [], "heavier than what the van has room for"


def test_the_plants_permit_holds_for_what_is_added_on_the_day(
    cast: Cast, van_round: Round, urgent: Lot, log: LogLot
) -> None:
    """A lot of another waste code at the same yard is not offered, and does not keep the first from it."""
    refused = log(cast.scrapyard, quantity=Decimal(60))
    assess([refused.pk], at=clock(7))
    Score.objects.filter(lot=refused).update(band=Band.HIGH, p30=0.5, p60=0.7, p90=0.9)
    Lot.unscoped.filter(pk=urgent.pk).update(ewc_code="160216")
    Lot.unscoped.filter(pk=refused.pk).update(ewc_code="191203")
    Facility.objects.filter(pk=van_round.facility_id).update(permitted_ewc_codes=["160216"])
    (offered,) = _offered(cast, van_round, clock(7, 10))
    assert _kept(offered) == {urgent.pk}

    Facility.objects.filter(pk=van_round.facility_id).update(permitted_t_per_year="0.81")
    assert _offered(cast, van_round, clock(7, 10)) == [], "the booked stops bring 0.8 t"


def test_the_page_offers_it_and_adds_it(
    cast: Cast,
    van_round: Round,
    urgent: Lot,
    as_person: Callable[[Person], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock(7, 10))
    planner = as_person(cast.short_loop_planner)
    page = f"/rounds/{van_round.reference}/replan/"
    shown = planner.get(page).content.decode()
    assert "At high risk, and on the way" in shown
    assert urgent.reference in shown

    answer = planner.post(f"/rounds/{van_round.reference}/add/", {"lots": str(urgent.pk)})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "At high risk, and on the way" not in on_one_line(planner.get(page))
    assert planner.post(f"/rounds/{van_round.reference}/add/", {"lots": str(urgent.pk)}).status_code == 409
    urgent.refresh_from_db()
    assert urgent.state == "reserved"


def test_other_software_reads_the_suggestion_and_has_it_added(
    cast: Cast, van_round: Round, urgent: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock(7, 10))
    cache.clear()
    planner = Software(cast.short_loop_planner, published_schema())
    address = f"rounds/{van_round.reference}/suggestions/"
    (offered,) = planner.ask("rounds_suggestions", address)["suggestions"]
    assert (offered["lots"], offered["place"]) == ([urgent.reference], urgent.site and urgent.site.name)
    assert offered["worth_pence"] > offered["cost_pence"] > 0

    refused = planner.ask("rounds_add_lots", address, {"lots": [urgent.reference, "LOT-26-999999"]}, 400)
    assert "You see no lot LOT-26-999999" in refused["errors"][0]["message"]
    added = planner.ask("rounds_add_lots", address, {"lots": offered["lots"]}, 201)
    assert van_round.pickups.filter(reference=added["reference"]).exists()
    planner.ask("rounds_add_lots", address, {"lots": offered["lots"]}, 409)
    assert planner.ask("rounds_suggestions", address) == {"suggestions": []}


def test_a_driver_may_not_add_stops(cast: Cast, van_round: Round, urgent: Lot) -> None:
    with pytest.raises(NotPermittedError):
        fit_in(cast.driver.viewer, van_round.pk, frozenset({urgent.pk}), at=clock(7, 10))
