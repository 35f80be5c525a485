"""A person's band holds in place of the model's until it ends by itself; flags follow; outcomes judge it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from collection.actions.departures import record_export
from collection.actions.flags import announce_open_flags
from collection.actions.overrides import end_overrides, lift_override, override_band
from collection.actions.risk import assess, assess_due
from collection.models import Band, Event, Flag, Lot, Notification, RiskOverride, Score
from collection.queries.overrides import override_book
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.risk_override import Judged, OverrideInputError, record_of
from collection.rules.roles import NotPermittedError
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.risk.made_register import NOW, log_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
DAY = dt.timedelta(days=1)


def scored(cast: Cast) -> Lot:
    lot = log_one(cast, intent="sell_here")
    assess([lot.pk], at=NOW)
    return lot


def put(person: Person, lot: Lot, band: Band, *, days: int = 10, at: dt.datetime = NOW) -> RiskOverride:
    return override_band(
        person.viewer,
        lot.pk,
        to_band=band,
        reason="inspection",
        words="Seen in a container",
        days=days,
        at=at,
    )


def band_of(lot: Lot) -> int:
    return int(Score.objects.get(pk=lot.pk).band)


def test_the_flag_follows_and_the_model_comes_back_by_itself(cast: Cast) -> None:
    lot = scored(cast)
    before = band_of(lot)
    made = put(cast.national_regulator, lot, Band.HIGH)
    assert (band_of(lot), made.model_band) == (Band.HIGH, before)
    assert Flag.objects.filter(lot=lot, closed_at=None).exists()
    assert Event.objects.filter(lot=lot, verb=Verb.OVERRIDDEN).exists()

    assess([lot.pk], at=NOW + 5 * DAY)
    assert band_of(lot) == Band.HIGH
    assert end_overrides(at=NOW + 5 * DAY) == 0
    # Scored after its time and before the sweep: the override counts no longer.
    assess([lot.pk], at=NOW + 11 * DAY)
    assert band_of(lot) == before
    assert end_overrides(at=NOW + 11 * DAY) == 1
    assert end_overrides(at=NOW + 11 * DAY) == 0
    assess_due(now=NOW + 11 * DAY)
    assert Flag.objects.filter(lot=lot, closed_at=None).exists() == (before == Band.HIGH)
    made.refresh_from_db()
    assert made.ended_at == made.expires_at


def test_a_lowered_lot_loses_its_flag_and_lifting_gives_it_back(cast: Cast) -> None:
    lot = scored(cast)
    put(cast.national_regulator, lot, Band.HIGH)
    lowered = put(cast.scottish_regulator, lot, Band.LOW, at=NOW + DAY)
    assert not Flag.objects.filter(lot=lot, closed_at=None).exists()
    assert RiskOverride.objects.filter(lot=lot, ended_at=None).get().pk == lowered.pk
    lift_override(cast.scottish_regulator.viewer, lowered.pk, at=NOW + 2 * DAY)
    assert band_of(lot) == lowered.model_band
    with pytest.raises(StateConflictError):
        lift_override(cast.scottish_regulator.viewer, lowered.pk, at=NOW + 2 * DAY)


def test_the_notice_of_a_flag_says_whose_word_opened_it(cast: Cast) -> None:
    by_model, by_person = scored(cast), log_one(cast, intent="export")
    assess([by_person.pk], at=NOW)
    Flag.objects.all().delete()
    put(cast.national_regulator, by_person, Band.HIGH)
    Flag.objects.create(lot=by_model, opened_at=NOW, p90_at_opening=0.61)

    assert announce_open_flags(at=NOW) == 2

    told = {
        lot.pk: Notification.objects.filter(kind="flag", url=f"/lots/{lot.reference}/")[0]
        for lot in (by_model, by_person)
    }
    assert "the risk model gives it a 61% chance" in told[by_model.pk].body
    assert "likely to be exported" in told[by_model.pk].title
    words = told[by_person.pk].body
    assert "a person set its risk of export to high until 12 November 2026" in words
    assert "Somebody inspected it" in words
    assert "likely to be exported" not in told[by_person.pk].title


def test_who_may_and_what_is_asked(cast: Cast) -> None:
    lot = scored(cast)
    for person in (cast.scrapyard, cast.short_loop_planner):
        with pytest.raises(NotPermittedError):
            put(person, lot, Band.LOW)
    with pytest.raises(OverrideInputError, match="90 days"):
        put(cast.national_regulator, lot, Band.LOW, days=91)
    Lot.unscoped.filter(pk=lot.pk).update(nation="England")
    with pytest.raises(Lot.DoesNotExist):
        put(cast.scottish_regulator, lot, Band.LOW)


def test_a_lot_has_one_override_at_a_time(cast: Cast) -> None:
    lot = scored(cast)
    made = put(cast.national_regulator, lot, Band.HIGH)
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_overrides_are_judged_once_their_ninety_days_have_passed(cast: Cast) -> None:
    left, stayed = scored(cast), scored(cast)
    for lot in (left, stayed):
        put(cast.national_regulator, lot, Band.HIGH)
    record_export(cast.scrapyard.viewer, left.pk, happened_on=(NOW + 20 * DAY).date(), at=NOW + 21 * DAY)
    assert override_book(cast.national_regulator.viewer, at=NOW + 60 * DAY).judged == 0
    book = override_book(cast.national_regulator.viewer, at=NOW + 91 * DAY)
    assert book.judged == 2
    raised = next(line for line in book.record if line.count)
    assert raised.exported == 1
    assert 0 < raised.expected_by_model < 2
    assert override_book(cast.long_loop_planner.viewer, at=NOW + 91 * DAY).judged <= 1


def test_people_are_right_when_outcomes_went_their_way() -> None:
    raised, lowered, kept = record_of(
        [Judged(3, 1, 0.1, True), Judged(1, 3, 0.6, True), Judged(1, 2, 0.3, False), Judged(2, 2, 0.2, True)]
    )
    assert (raised.people_were_right, lowered.people_were_right, kept.people_were_right) == (
        True,
        False,
        None,
    )


def test_the_pages(cast: Cast, client: Client) -> None:
    lot = log_one(cast, at=dt.datetime.now(dt.UTC) - DAY)
    assess([lot.pk], at=dt.datetime.now(dt.UTC))
    client.force_login(cast.national_regulator.user)
    assert "Override the band" in client.get(f"/lots/{lot.reference}/").content.decode()
    answers = {"band": "1", "reason": "holder_told", "words": "Sold to a plant next week", "days": "14"}
    assert client.post(f"/lots/{lot.reference}/override/", answers | {"words": ""}).status_code == 422
    page = client.post(f"/lots/{lot.reference}/override/", answers, follow=True).content.decode()
    assert "Sold to a plant next week" in page
    assert "Sold to a plant next week" in client.get("/risk/overrides/").content.decode()
    client.post(f"/lots/{lot.reference}/override/lift/")
    assert not RiskOverride.objects.filter(ended_at=None).exists()
    client.force_login(cast.scrapyard.user)
    assert client.get("/risk/overrides/").status_code == 403
    assert client.get(f"/lots/{lot.reference}/override/").status_code == 403


def test_the_planners_home_does_not_pass_a_persons_band_off_as_the_models(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    lot = scored(cast)
    put(cast.national_regulator, lot, Band.HIGH)
    home = on_one_line(as_person(cast.short_loop_planner).get("/planner/"))
    assert lot.reference in home
    assert "A person set this band; the model gave" in home
    assert "likely to be exported within 90 days" not in home
