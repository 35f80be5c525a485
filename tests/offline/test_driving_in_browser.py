"""A driver's day without signal in a real browser: kept when the round was opened, recorded, sent in order."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from collection.actions.labels import issue_labels
from collection.models import LotPhoto, Pickup, PickupLot, PickupState, Round, Unloading
from tests.browser import assert_accessible, assert_fits
from tests.cable import Cable
from tests.cast import Cast
from tests.offline.phones import GetPhone, photo, ready
from tests.offline.rounds import round_for

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def _open_round(page: Page, made: Round) -> None:
    """Open the round with signal and wait until its stops are on the phone."""
    page.get_by_role("button", name=re.compile(made.reference)).click()
    kept = "async (address) => Boolean(await (await caches.open('lodestone-pages')).match(address))"
    for sequence in (1, 2):
        while not page.evaluate(kept, f"/driving/{made.reference}/{sequence}/"):
            page.wait_for_timeout(50)


def _sign(page: Page) -> None:
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=4)
    page.mouse.up()


def test_a_day_without_signal_is_sent_in_order_when_it_returns(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    made = round_for(cast, cast.turbine_dismantler, cast.scrapyard)
    made.pickups.filter(sequence=2).update(trip=2)
    Unloading.objects.create(round=made, after_trip=1, planned_arrival_at=made.starts_at)
    stops = list(made.pickups.order_by("sequence"))
    lots = [stop.lines.get().lot for stop in stops]
    page = get_phone()
    ready(page, cast.driver, "/driving/")
    _open_round(page, made)
    cable.cut()

    page.get_by_role("button", name="I am leaving the plant").click()
    expect(page.get_by_text("Kept on this phone; it is sent when there is signal.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Record this stop").click()
    expect(page.get_by_role("button", name="Drive to Tyneside depot")).to_be_visible()
    page.get_by_role("button", name="I have arrived").click()
    expect(page.get_by_text("Kept on this phone; it is sent when there is signal.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    page.get_by_label("Number on a label").fill("999999")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("is not the label of a lot at this stop")).to_be_visible()
    page.get_by_label("Number on a label").fill(lots[0].reference[-6:])
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Label read")).to_be_visible()
    page.get_by_label("Part of it").check()
    page.get_by_label("Weight loaded").fill("0,2 t")
    page.get_by_label("Photos").set_input_files([photo("load")])
    _sign(page)
    page.get_by_role("button", name="Record this stop").click()
    expect(page.get_by_role("link", name="Enter who signed for what you loaded")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("How much of 800 items"))).to_be_visible()
    assert_accessible(page)
    page.get_by_label("How much of 800 items").fill("300")
    page.get_by_label("Who signed for it").fill("Yard foreman")
    page.get_by_role("button", name="Record this stop").click()

    expect(page.get_by_role("heading", name=re.compile("Next: .* Unload at"))).to_be_visible()
    page.get_by_role("link", name="Open this stop").click()
    expect(page.get_by_role("heading", name=re.compile("Unload at"))).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Unloaded, I am going again").click()
    expect(page.get_by_role("heading", name=re.compile("Next: 2"))).to_be_visible()
    expect(page.get_by_text("On this phone", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="All stops, 1 of 2 done")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Open this stop").click()
    page.get_by_label("None of it").check()
    page.get_by_label("Why did it stay behind?").select_option("closed")
    page.get_by_role("button", name="Record this stop").click()
    page.get_by_role("link", name="I am back at the plant").click()
    page.get_by_label("Kilometres driven").fill("91.5")
    page.get_by_role("button", name="The round is over").click()
    expect(page.get_by_role("heading", name="Your rounds")).to_be_visible()
    assert Pickup.unscoped.exclude(state=PickupState.SCHEDULED).count() == 0

    cable.mend()
    page.goto("/on-this-phone/")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()

    first, second = Pickup.unscoped.order_by("sequence")
    line = first.lines.get()
    made.refresh_from_db()
    assert (first.state, second.state) == (PickupState.PARTLY_COLLECTED, PickupState.FAILED)
    assert (line.lot.quantity, line.collected_gross_grams, line.is_label_scanned) == (300, 200_000, True)
    assert first.signature
    assert first.signed_by == "Yard foreman"
    assert second.failure_reason == "closed"
    assert LotPhoto.objects.get().pickup == first
    unloaded_at = made.unloadings.get().finished_at
    happened = [made.left_at, first.arrived_at, first.finished_at, unloaded_at]
    happened += [second.finished_at, made.returned_at]
    assert None not in happened
    assert happened == sorted(happened)
    assert made.driven_metres == 91_500


def test_a_stop_whose_answer_was_lost_is_recorded_once_and_can_be_changed_until_sent(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    made = round_for(cast, cast.turbine_dismantler, cast.scrapyard)
    page = get_phone()
    ready(page, cast.driver, "/driving/")
    _open_round(page, made)
    page.goto(f"/driving/{made.reference}/1/")
    page.get_by_label("Who signed for it").fill("Yard foreman")
    cable.cut_before_answer(f"POST /driving/{made.reference}/1/ ")
    page.get_by_role("button", name="Record this stop").click()
    cable.wait_until_cut(page)
    expect(page.get_by_role("heading", name=re.compile("Next: 2"))).to_be_visible()
    assert PickupLot.objects.filter(state="collected").count() == 1, "the register has it"

    page.goto(f"/driving/{made.reference}/2/")
    page.get_by_label("Who signed for it").fill("A. Porter")
    page.get_by_role("button", name="Record this stop").click()
    expect(page.get_by_text("Every stop is recorded.")).to_be_visible()
    page.goto(f"/driving/{made.reference}/2/")
    expect(page.get_by_text("Recorded on this phone and not sent yet.")).to_be_visible()
    expect(page.get_by_label("Who signed for it")).to_have_value("A. Porter")
    page.get_by_label("Who signed for it").fill("B. Porter")
    page.get_by_role("button", name="Record this stop").click()
    expect(page.get_by_text("Every stop is recorded.")).to_be_visible()

    cable.mend()
    page.goto("/on-this-phone/")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    signed = list(Pickup.unscoped.order_by("sequence").values_list("state", "signed_by"))
    assert signed == [("collected", "Yard foreman"), ("collected", "B. Porter")]


def test_a_printed_label_is_known_without_signal(get_phone: GetPhone, cable: Cable, cast: Cast) -> None:
    made = round_for(cast, cast.turbine_dismantler, cast.scrapyard)
    lot = made.pickups.get(sequence=1).lines.get().lot
    page = get_phone()
    (label,) = issue_labels(cast.turbine_dismantler.viewer, [lot.reference], at=timezone.now())
    ready(page, cast.driver, "/driving/")
    _open_round(page, made)
    cable.cut()
    page.goto(f"/driving/{made.reference}/1/")

    page.get_by_label("Number on a label").fill(f"https://lodestone.example/q/{label.token}/")
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_text(f"Label of {lot.reference} read.")).to_be_visible()
