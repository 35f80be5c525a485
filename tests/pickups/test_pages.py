"""The planner's, the driver's and the holder's pages, from asking for a plan to the processed lot."""

import datetime as dt
import html
import re
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collection.actions.planning import run_next_plan
from collection.actions.risk import assess
from collection.models import Lot, Pickup, Plan, Receipt, Round, Vehicle
from collection.queries import keyset
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.pickups.conftest import LogLot

pytestmark = pytest.mark.django_db

SignIn = Callable[[Person], Client]


def _form(plan_day: str, **changes: object) -> dict[str, object]:
    year, month, day = plan_day.split("-")
    return {
        "from_on-day": day,
        "from_on-month": month,
        "from_on-year": year,
        "days": "2",
        "box": "ndfeb",
        "reach_km": "600",
        "saving_weight": "60",
        "seconds": "5",
        **changes,
    }


def _submission(page: str) -> str:
    found = re.search(r'name="submission_id" value="([0-9a-f-]+)"', page)
    assert found
    return found[1]


def test_a_lot_goes_from_the_plan_to_the_plant_page_by_page(
    cast: Cast, log: LogLot, van: Vehicle, as_person: SignIn
) -> None:
    lot = log(cast.turbine_dismantler)
    planner = as_person(cast.short_loop_planner)
    assert "What waits for you today" in planner.get("/").content.decode()
    assert "no risk score yet" in planner.get("/planner/lots/").content.decode()
    assert lot.reference in planner.get("/planner/lots/?order=newest").content.decode()
    assert lot.reference in planner.get("/planner/lots/map/").content.decode()

    coming = timezone.localdate() + dt.timedelta(days=1)
    while coming.weekday() > 3:
        coming += dt.timedelta(days=1)
    answer = planner.post(
        "/plans/new/",
        _form(coming.isoformat(), facility=str(van.depot_id), vehicles=[str(van.pk)]),
    )
    assert answer.status_code == 302, answer.content.decode()
    plan = Plan.unscoped.get()
    page = f"/plans/{plan.reference}/"
    assert "Waiting for its turn" in planner.get(page).content.decode()
    Plan.unscoped.update(seconds=1)
    assert run_next_plan(timezone.now)
    assert planner.get(f"{page}progress/")["X-Poll-Location"] == page
    shown = planner.get(page).content.decode()
    assert "Confirm: book 1 lot" in shown
    assert "Tyneside depot" in shown

    assert planner.post(f"{page}confirm/").status_code == 302
    made = Round.unscoped.get()
    assert made.reference in planner.get(page).content.decode()
    assert made.reference in planner.get("/rounds/").content.decode()
    assert "Tyneside depot" in planner.get(f"/rounds/{made.reference}/").content.decode()
    assert "LO25 VAN" in planner.get(f"/rounds/{made.reference}/manifest/").content.decode()
    planner.post(f"/rounds/{made.reference}/driver/", {"driver": str(cast.driver.user.pk)})

    holder = as_person(cast.turbine_dismantler)
    pickup = Pickup.unscoped.get()
    assert pickup.reference in holder.get("/pickups/").content.decode()
    assert lot.reference in holder.get(f"/pickups/{pickup.reference}/").content.decode()

    driver = as_person(cast.driver)
    assert made.reference in driver.get("/").content.decode()
    stop = f"/driving/{made.reference}/1/"
    assert stop in driver.get(f"/driving/{made.reference}/").content.decode()
    name = f"lot{lot.pk}"
    stop_page = driver.get(stop).content.decode()
    record = {
        "submission_id": _submission(stop_page),
        f"{name}_outcome": "whole",
        f"{name}_gross": "540 kg",
        "signed_by": "Yard foreman",
    }
    typo = driver.post(stop, record | {f"{name}_gross": "540 t"})
    assert "far more than the vehicle carries" in typo.content.decode()
    assert driver.post(stop, record).status_code == 302
    assert driver.post(stop, record).status_code == 302, "the second press is the same record"
    assert "Recorded" in driver.get(stop).content.decode()
    pickup.refresh_from_db()
    assert pickup.arrived_at
    came_at = f"{timezone.localtime(pickup.arrived_at):%H:%M} {pickup.place_name}"
    assert came_at in on_one_line(driver.get(f"/driving/{made.reference}/")), (
        "when it came, not when it was to"
    )

    planner = as_person(cast.short_loop_planner)
    assert came_at in on_one_line(planner.get(f"/rounds/{made.reference}/"))
    assert lot.reference in planner.get("/receiving/").content.decode()
    weigh_in = f"/receiving/{lot.reference}/"
    ticket = {
        "submission_id": _submission(planner.get(weigh_in).content.decode()),
        "facility": str(van.depot_id),
        "gross": "560",
        "tare": "60",
    }
    refused = planner.post(weigh_in, ticket)
    assert refused.status_code == 422
    assert "Say why, so that the difference is explained" in refused.content.decode()
    planner.post(weigh_in, ticket | {"difference_reason": "Two pallets of cases went back"})
    receipt = Receipt.unscoped.get()
    assert "Two pallets of cases" in planner.get(f"/receipts/{receipt.reference}/").content.decode()
    made.refresh_from_db()
    assert made.state == "unloaded"

    process = f"/receipts/{receipt.reference}/process/"
    batch = {
        "submission_id": _submission(planner.get(process).content.decode()),
        "retained": "11.5",
        "batch": "B-1",
    }
    assert planner.post(process, batch).status_code == 302
    assert "0.500 kg residue" in on_one_line(planner.get(f"/receipts/{receipt.reference}/"))
    for form, figures in ((weigh_in, ticket | {"gross": "590"}), (process, batch | {"retained": "5"})):
        sent_from_the_page_before = planner.post(form, figures, follow=True)
        assert "What you sent now changed nothing" in sent_from_the_page_before.content.decode(), form
    lot.refresh_from_db()
    assert lot.state == "processed"


CLOSED = (
    "/planner/",
    "/planner/lots/",
    "/planner/lots/map/",
    "/plans/",
    "/plans/new/",
    "/rounds/",
    "/vehicles/",
    "/vehicles/new/",
    "/receiving/",
)


@pytest.mark.parametrize("page", CLOSED)
def test_the_planners_pages_are_closed_to_everybody_else(page: str, cast: Cast, as_person: SignIn) -> None:
    for person in (cast.scrapyard, cast.driver, cast.national_regulator):
        assert as_person(person).get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_vehicles_are_added_and_changed(cast: Cast, van: Vehicle, as_person: SignIn) -> None:
    planner = as_person(cast.short_loop_planner)
    answers = {
        "name": "Lorry",
        "registration": "lo25 hgv",
        "depot": str(van.depot_id),
        "profile": "hgv",
        "capacity_kg": "9000",
        "pallets": "16",
        "most_trips": "3",
        "skills": ["crane"],
        "cost_per_day": "120",
        "cost_per_km": "0.80",
        "cost_per_hour": "25",
        "shift_starts_at": "06:00",
        "shift_ends_at": "18:00",
        "is_active": "on",
    }
    assert planner.post("/vehicles/new/", answers).status_code == 302
    lorry = Vehicle.unscoped.get(registration="LO25 HGV")
    assert (lorry.cost_per_km_pence, lorry.skills) == (80, ["crane"])
    again = planner.post("/vehicles/new/", answers)
    assert "You have a vehicle with this registration number already" in again.content.decode()
    late = planner.post(f"/vehicles/{lorry.pk}/", answers | {"shift_ends_at": "05:00"})
    assert "must be back after it leaves" in late.content.decode()
    assert "LO25 HGV" in planner.get("/vehicles/").content.decode()


def test_another_recycler_finds_no_plan_vehicle_or_round(
    cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan], as_person: SignIn
) -> None:
    plan = ask(van)
    rival = as_person(cast.long_loop_planner)
    assert rival.get(f"/plans/{plan.reference}/").status_code == 404
    assert rival.post(f"/plans/{plan.reference}/confirm/").status_code == 404
    assert rival.get(f"/vehicles/{van.pk}/").status_code == 404


def test_calendars_open_by_their_secret_address_until_it_is_renewed(
    cast: Cast, van: Vehicle, as_person: SignIn
) -> None:
    feed = f"/calendar/vehicle/{van.calendar_token}.ics"
    answer = Client().get(feed)
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VCALENDAR" in answer.content
    as_person(cast.short_loop_planner).post(f"/vehicles/{van.pk}/calendar/")
    assert Client().get(feed).status_code == 404
    assert Client().get(f"/calendar/organisation/{uuid.uuid4()}.ics").status_code == 404
    holder = cast.scrapyard.organisation
    assert Client().get(f"/calendar/organisation/{holder.calendar_token}.ics").status_code == 200


def test_a_lot_never_shown_to_the_planner_cannot_be_weighed_in(
    cast: Cast, log: LogLot, van: Vehicle, as_person: SignIn
) -> None:
    lot: Lot = log(cast.scrapyard)
    planner = as_person(cast.short_loop_planner)
    assert planner.get(f"/receiving/{lot.reference}/").status_code == 302
    assert as_person(cast.scrapyard).get(f"/receiving/{lot.reference}/").status_code == 403


PAGES_THAT_LIST = ("/planner/", "/planner/lots/", "/planner/lots/map/")


@pytest.mark.parametrize("page", PAGES_THAT_LIST)
def test_a_page_takes_the_same_number_of_queries_for_any_number_of_lots(
    page: str, cast: Cast, log: LogLot, van: Vehicle, as_person: SignIn
) -> None:
    planner = as_person(cast.short_loop_planner)
    counts = []
    for _ in range(2):
        for _ in range(3):
            log(cast.turbine_dismantler)
        with CaptureQueriesContext(connection) as queries:
            assert planner.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("order", ["leaving", "magnets", "newest"])
def test_the_list_goes_on_in_pages_in_every_order_and_loses_no_lot(
    order: str, cast: Cast, log: LogLot, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lots of one import share their mass and their risk: only the reference tells them apart."""
    monkeypatch.setattr(keyset.falling, "__kwdefaults__", {"size": 2})
    lots = [log(cast.turbine_dismantler) for _ in range(5)]
    motor = log(cast.scrapyard, product_code="ind_servo_motor", quantity=Decimal(4))
    assess([lot.pk for lot in [*lots, motor]], at=timezone.now())
    planner = as_person(cast.short_loop_planner)

    def walk(step: str, page: str) -> tuple[list[str], str]:
        seen, last = [], page
        while page:
            last, text = page, planner.get(page).content.decode()
            seen.append(re.findall(r"LOT-\d\d-\d{6}(?=</a>)", text))
            link = re.search(rf'href="(\?[^"]+)" rel="{step}"', text)
            page = f"/planner/lots/{html.unescape(link[1])}" if link else ""
        return [reference for one in seen for reference in one], last

    down, last = walk("next", f"/planner/lots/?order={order}")
    alike = [lot.reference for lot in reversed(lots)]
    assert down == ([motor.reference, *alike] if order == "newest" else [*alike, motor.reference])
    up, first = walk("prev", last)
    assert sorted(up) == sorted(down)
    assert "before" not in first or len(up) == len(down)


def test_the_list_can_be_narrowed_in_any_order(cast: Cast, log: LogLot, as_person: SignIn) -> None:
    turbine = log(cast.turbine_dismantler)
    motor = log(cast.scrapyard, product_code="ind_servo_motor", quantity=Decimal(4))
    assess([turbine.pk, motor.pk], at=timezone.now())
    planner = as_person(cast.short_loop_planner)

    narrowed = planner.get("/planner/lots/?q=servo").content.decode()

    assert motor.reference in narrowed
    assert turbine.reference not in narrowed
    assert "order=newest" in narrowed
    assert "q=servo" in narrowed
    assert planner.get("/planner/lots/?before=x&band=9&nation=Mars&order=odd").status_code == 200


def test_a_stop_is_left_out_from_the_plan_page(
    cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan], as_person: SignIn
) -> None:
    lot = log(cast.turbine_dismantler)
    plan = ask(van)
    assert run_next_plan(timezone.now)
    planner = as_person(cast.short_loop_planner)
    text = on_one_line(planner.get(f"/plans/{plan.reference}/"))
    assert f'name="without" value="{lot.pk}"' in text

    answer = planner.post(f"/plans/{plan.reference}/again/", {"without": [str(lot.pk), "x"]})

    again = Plan.unscoped.latest("pk")
    assert answer.headers["Location"] == f"/plans/{again.reference}/"
    assert again.settings["without_lot_ids"] == [lot.pk]
    assert "Left out by you" in planner.get(f"/plans/{again.reference}/").content.decode()


def test_a_plan_made_elsewhere_without_settings_has_a_page(
    cast: Cast, van: Vehicle, ask: Callable[..., Plan], as_person: SignIn
) -> None:
    plan = ask(van)
    Plan.unscoped.update(settings={}, state="done", confirmed_at=timezone.now())
    page = as_person(cast.short_loop_planner).get(f"/plans/{plan.reference}/").content.decode()
    assert "Confirmed" in page
    assert "No round pays" not in on_one_line(page)
