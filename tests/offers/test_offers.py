"""Offers and bids: who may, what each leads to, what ends them, and that they reach the score."""

import datetime as dt

import numpy as np
import pytest
from django.db import IntegrityError
from django.test import Client

from collection.actions.bids import report_bid, report_site_event
from collection.actions.departures import record_export
from collection.actions.offers import answer_offer, end_stale_offers, make_offer, withdraw_offer
from collection.actions.risk import assess
from collection.models import AssessmentDue, Event, ExportBid, Lot, Notification, Offer, Score, SiteEvent
from collection.queries.offers import events_of
from collection.queries.risk import explanation_of, open_lots
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.offers import OfferInputError, OfferState
from collection.rules.roles import NotPermittedError
from tests.cast import Cast
from tests.pages import on_one_line
from tests.risk.made_register import NOW, log_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
HOUR = dt.timedelta(hours=1)


def offer_for(cast: Cast, lot: Lot, pence: int = 420, *, at: dt.datetime = NOW, days: int = 14) -> Offer:
    return make_offer(cast.short_loop_planner.viewer, lot.pk, pence_per_kg=pence, days=days, at=at)


def test_an_offer_is_told_to_the_holder_and_kept_with_the_lot(cast: Cast) -> None:
    lot = log_one(cast)
    offer = offer_for(cast, lot)

    assert offer.reference.startswith("OFR-26-")
    told = Notification.objects.get(recipient=cast.scrapyard.user, kind="offer")
    assert "£4.20" in told.body
    event = Event.objects.get(lot=lot, verb=Verb.OFFERED)
    assert "4.20" not in event.words, "the price is for the holder, not for everybody who sees the lot"
    assert AssessmentDue.objects.filter(lot=lot).exists()


def test_the_same_offer_twice_is_one_and_a_better_one_takes_its_place(cast: Cast) -> None:
    lot = log_one(cast)
    first = offer_for(cast, lot)
    assert offer_for(cast, lot).pk == first.pk
    better = offer_for(cast, lot, 500, at=NOW + HOUR)

    first.refresh_from_db()
    assert (first.state, first.ended_at) == (OfferState.REPLACED, NOW + HOUR)
    assert Offer.unscoped.filter(lot=lot, state=OfferState.OPEN).get().pk == better.pk
    with pytest.raises(IntegrityError):
        Offer.unscoped.filter(pk=first.pk).update(state=OfferState.OPEN, ended_at=None)


def test_taking_one_offer_declines_the_others_and_tells_both_recyclers(cast: Cast) -> None:
    lot = log_one(cast)
    taken = offer_for(cast, lot)
    other = make_offer(cast.long_loop_planner.viewer, lot.pk, pence_per_kg=400, days=7, at=NOW)

    answer_offer(cast.scrapyard.viewer, taken.pk, accept=True, at=NOW + HOUR, answer="Come any morning")

    taken.refresh_from_db()
    other.refresh_from_db()
    assert (taken.state, other.state) == (OfferState.ACCEPTED, OfferState.DECLINED)
    assert "Come any morning" in Notification.objects.get(recipient=cast.short_loop_planner.user).body
    assert Notification.objects.filter(recipient=cast.long_loop_planner.user, kind="offer").exists()
    with pytest.raises(StateConflictError):
        answer_offer(cast.scrapyard.viewer, taken.pk, accept=False, at=NOW + HOUR)


def test_the_page_says_how_an_offer_ended(cast: Cast) -> None:
    lot, client = log_one(cast), Client()
    client.force_login(cast.scrapyard.user)
    offer_for(cast, lot)
    offer_for(cast, lot, 500, at=NOW + HOUR)
    answer_offer(cast.scrapyard.viewer, lot.offers.get(state=OfferState.OPEN).pk, accept=True, at=NOW + HOUR)

    page = on_one_line(client.get(f"/lots/{lot.reference}/offers/"))
    assert f", accepted on {NOW.day}" in page
    assert f", ended on {NOW.day}" in page  # the one that a better one replaced


def test_only_recyclers_offer_and_only_the_holder_answers(cast: Cast) -> None:
    lot = log_one(cast)
    with pytest.raises(NotPermittedError):
        make_offer(cast.scrapyard.viewer, lot.pk, pence_per_kg=100, days=7, at=NOW)
    with pytest.raises(NotPermittedError):
        make_offer(cast.product_admin.viewer, lot.pk, pence_per_kg=100, days=7, at=NOW)
    offer = offer_for(cast, lot)
    with pytest.raises(Offer.DoesNotExist):
        answer_offer(cast.turbine_dismantler.viewer, offer.pk, accept=True, at=NOW)
    with pytest.raises(Offer.DoesNotExist):
        withdraw_offer(cast.long_loop_planner.viewer, offer.pk, at=NOW)
    assert not Offer.objects.visible_to(cast.long_loop_planner.viewer).exists()
    assert Offer.objects.visible_to(cast.scottish_regulator.viewer).exists()


def test_a_rival_does_not_read_of_the_offer_in_the_lots_history(cast: Cast) -> None:
    lot = log_one(cast)
    offer_for(cast, lot)

    def verbs(person: str) -> set[str]:
        return {event.verb for event in events_of(getattr(cast, person).viewer, lot)}

    assert Verb.OFFERED in verbs("short_loop_planner")
    assert Verb.OFFERED in verbs("scrapyard")
    assert Verb.OFFERED not in verbs("long_loop_planner")


@pytest.mark.parametrize(
    ("pence", "days", "field"), [(0, 7, "pence_per_kg"), (100_001, 7, "pence_per_kg"), (5, 0, "days")]
)
def test_a_price_or_time_that_cannot_be_meant_names_its_field(
    cast: Cast, pence: int, days: int, field: str
) -> None:
    lot = log_one(cast)
    with pytest.raises(OfferInputError) as found:
        offer_for(cast, lot, pence, days=days)
    assert found.value.field == field


def test_an_offer_runs_out_by_itself_once(cast: Cast) -> None:
    lot = log_one(cast)
    offer = offer_for(cast, lot, days=7)
    later = NOW + dt.timedelta(days=8)
    with pytest.raises(StateConflictError):
        answer_offer(cast.scrapyard.viewer, offer.pk, accept=True, at=later)

    assert end_stale_offers(at=NOW + HOUR) == 0
    assert end_stale_offers(at=later) == 1
    assert end_stale_offers(at=later) == 0
    offer.refresh_from_db()
    assert (offer.state, offer.ended_at) == (OfferState.LAPSED, offer.expires_at)


def test_an_offer_ends_when_its_lot_has_left(cast: Cast) -> None:
    lot = log_one(cast)
    offer = offer_for(cast, lot)
    record_export(cast.scrapyard.viewer, lot.pk, happened_on=NOW.date(), at=NOW + HOUR)
    assert end_stale_offers(at=NOW + 2 * HOUR) == 1
    offer.refresh_from_db()
    assert offer.ended_at == NOW + 2 * HOUR


def test_an_offer_lowers_the_score_and_a_bid_above_it_raises_it(cast: Cast) -> None:
    lot = log_one(cast)

    def p90(at: dt.datetime) -> float:
        assess([lot.pk], at=at)
        return float(Score.objects.get(pk=lot.pk).p90)

    alone = p90(NOW)
    offer = offer_for(cast, lot, 400, at=NOW + HOUR)
    offered = p90(NOW + HOUR)
    report_bid(cast.scrapyard.viewer, lot.pk, pence_per_kg=560, bid_on=NOW.date(), at=NOW + 2 * HOUR)
    outbid = p90(NOW + 2 * HOUR)
    assert offered < alone
    assert outbid > offered

    why = explanation_of(lot, at=NOW + 2 * HOUR)
    assert why is not None
    assert any("£5.60" in remedy.words for remedy in why.remedies)
    gap = next(reason for reason in why.reasons if reason.signal == "price_gap")
    assert gap.value == "+40 %"
    answer_offer(cast.scrapyard.viewer, offer.pk, accept=False, at=NOW + 3 * HOUR)
    assert p90(NOW + 3 * HOUR) > outbid


def test_a_bid_is_kept_once_and_a_broker_counts_for_the_site(cast: Cast) -> None:
    lot = log_one(cast)
    Lot.unscoped.filter(pk=lot.pk).update(site=cast.scrapyard.site)
    for _ in range(2):
        report_bid(
            cast.scrapyard.viewer, lot.pk, pence_per_kg=700, bid_on=NOW.date() - dt.timedelta(days=1),
            through_broker=True, at=NOW,
        )  # fmt: skip
    assert ExportBid.objects.count() == SiteEvent.objects.count() == 1
    assert Event.objects.filter(verb=Verb.BID_REPORTED).count() == 1
    found = open_lots([lot.pk], at=NOW)
    assert found is not None
    assert found.features.number("broker_visits_8w").tolist() == [1.0]
    assert np.isnan(found.features.number("dispatches_13w")).all(), "nobody ever told of a dispatch"


def test_bids_are_reported_by_the_holder_or_a_regulator_within_ninety_days(cast: Cast) -> None:
    lot = log_one(cast)
    with pytest.raises(NotPermittedError):
        report_bid(cast.short_loop_planner.viewer, lot.pk, pence_per_kg=5, bid_on=NOW.date(), at=NOW)
    with pytest.raises(Lot.DoesNotExist):
        report_bid(cast.turbine_dismantler.viewer, lot.pk, pence_per_kg=5, bid_on=NOW.date(), at=NOW)
    for day in (NOW.date() + dt.timedelta(days=1), NOW.date() - dt.timedelta(days=91)):
        with pytest.raises(OfferInputError, match="day"):
            report_bid(cast.scrapyard.viewer, lot.pk, pence_per_kg=5, bid_on=day, at=NOW)
    with pytest.raises(StateConflictError, match="no saved place"):
        report_site_event(
            cast.scottish_regulator.viewer, lot.pk, kind="broker_visit", happened_on=NOW.date(), at=NOW
        )


def test_the_pages_lead_from_offer_to_answer(cast: Cast, client: Client) -> None:
    lot = log_one(cast, at=dt.datetime.now(dt.UTC) - HOUR)
    client.force_login(cast.short_loop_planner.user)
    assert "Make an offer" in client.get(f"/lots/{lot.reference}/").content.decode()
    wrong = client.post(f"/lots/{lot.reference}/offers/new/", {"price": "0", "days": "7"})
    assert wrong.status_code == 422
    done = client.post(f"/lots/{lot.reference}/offers/new/", {"price": "4.20", "days": "7"}, follow=True)
    assert "£4.20 a kilogram, Short Loop Magnets" in done.content.decode()

    client.force_login(cast.long_loop_planner.user)
    assert "4.20" not in client.get(f"/lots/{lot.reference}/offers/").content.decode()
    offer = Offer.unscoped.get()
    assert client.get(f"/lots/{lot.reference}/offers/{offer.pk}/withdraw/").status_code == 404

    client.force_login(cast.scrapyard.user)
    page = client.get(f"/lots/{lot.reference}/offers/").content.decode()
    assert f"/lots/{lot.reference}/offers/{offer.pk}/accept/" in page
    client.post(f"/lots/{lot.reference}/offers/{offer.pk}/accept/", {"answer": "Yes"})
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    today = dt.datetime.now(dt.UTC).date()
    day = {"bid_on-day": today.day, "bid_on-month": today.month, "bid_on-year": today.year}
    client.post(f"/lots/{lot.reference}/bids/new/", {"price": "£6", "destination_class": "unknown", **day})
    assert ExportBid.objects.get().pence_per_kg == 600
    assert "destination not known." in on_one_line(client.get(f"/lots/{lot.reference}/offers/"))
