"""Weighed lots teach the catalogue: counted, shown, refitted, and brought into force by a person only."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.actions.evidence import Evidence, record_evidence
from collection.actions.learning import activate_refit
from collection.actions.reference import load_reference
from collection.models import CoefficientRefit, DatasetLoad, Estimate, Lot, ProductCoefficient
from collection.queries.learning import lessons
from collection.queries.reference import current_catalogue
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError
from collection.rules.spread import Spread, quantile
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
DRIVES = "weee_hdd_3_5"
LATER = NOW + dt.timedelta(days=30)


def _weigh(person: Person, lot: Lot, grams: int) -> None:
    evidence = Evidence(words="Freed magnets weighed", magnet_grams=grams)
    record_evidence(person.viewer, lot.pk, evidence, submission_id=uuid.uuid4(), at=LATER)


def _weighed(cast: Cast, ratios: list[float]) -> list[Lot]:
    """Lots of hard drives whose magnets weighed that many times the estimate."""
    lots = [log(cast.scrapyard) for _ in ratios]
    for lot, ratio in zip(lots, ratios, strict=True):
        _weigh(cast.scrapyard, lot, round(lot.magnet_grams * ratio))
    return lots


def _activate(cast: Cast, **changes: object) -> ProductCoefficient:
    lesson = lessons().by_product[DRIVES]
    reviewed = {"reviewed_version": lesson.in_force.version, "reviewed_lots": lesson.accuracy.count}
    answers = reviewed | {"reason": "Five lots agree", "at": LATER} | changes
    return activate_refit(cast.product_admin.viewer, DRIVES, **answers)  # type: ignore[arg-type]


def test_a_weighing_is_put_beside_the_estimate_it_replaced_and_only_the_first_is(cast: Cast) -> None:
    lot = _weighed(cast, [1.5])[0]
    _weigh(cast.scrapyard, lot, 10)

    lesson = lessons().by_product[DRIVES]

    assert lesson.accuracy.count == 1
    assert lesson.ratios == pytest.approx([1.5], rel=1e-3)
    assert lesson.coverage.inside == 1


def test_magnets_logged_by_their_weight_teach_nothing(cast: Cast) -> None:
    lot = log(cast.scrapyard, quantity=Decimal("3.2"), unit="kg_magnets")
    _weigh(cast.scrapyard, lot, 3_000)

    assert lessons().by_product == {}


def test_a_refit_is_a_new_version_and_estimates_made_before_keep_theirs(cast: Cast) -> None:
    lots = _weighed(cast, [1.4] * 5)
    before = ProductCoefficient.objects.get(product__code=DRIVES, is_current=True)
    kept = Estimate.objects.filter(lot=lots[0]).order_by("pk")[0]

    version = _activate(cast)

    assert float(version.magnet_kg_central) == pytest.approx(0.015 * 1.4**0.5, rel=1e-3)
    assert (version.version, version.is_current) == (before.version + 1, True)
    before.refresh_from_db()
    assert not before.is_current
    kept.refresh_from_db()
    assert kept.coefficient == before
    refit = CoefficientRefit.objects.get(coefficient=version)
    assert (refit.base, refit.lots, refit.activated_by) == (before, 5, cast.product_admin.user)
    assert current_catalogue().products[DRIVES].version == f"{DRIVES} v{version.version}"
    fresh = log(cast.scrapyard)
    assert fresh.estimates.get().coefficient == version
    assert fresh.magnet_grams == pytest.approx(1_800 * 1.4**0.5, abs=2)


def test_learning_twice_from_the_same_lots_changes_nothing(cast: Cast) -> None:
    _weighed(cast, [1.4] * 5)
    _activate(cast)

    lesson = lessons().by_product[DRIVES]

    assert not lesson.is_news
    assert lesson.base.version == 1
    _weighed(cast, [1.4 / 1.4**0.5] * 5)  # truths as before, estimated by the refit
    again = lessons().by_product[DRIVES].proposal
    assert again is not None
    assert (again.count, again.weight) == (10, pytest.approx(10 / 15))
    assert again.bias == pytest.approx(0.4, rel=0.01)


def test_loading_the_same_tables_again_leaves_a_refit_in_force(cast: Cast) -> None:
    _weighed(cast, [1.4] * 5)
    version = _activate(cast)
    DatasetLoad.objects.all().delete()

    load_reference(at=LATER)

    assert ProductCoefficient.objects.get(product__code=DRIVES, is_current=True) == version


def test_only_an_administrator_activates_and_only_what_was_reviewed(cast: Cast) -> None:
    _weighed(cast, [1.4] * 5)

    for person in (cast.scrapyard, cast.short_loop_planner, cast.national_regulator):
        with pytest.raises(NotPermittedError):
            activate_refit(
                person.viewer, DRIVES, reviewed_version=1, reviewed_lots=5, reason="Mine", at=LATER
            )
    with pytest.raises(StateConflictError, match="moved on"):
        _activate(cast, reviewed_lots=4)
    _activate(cast)
    with pytest.raises(StateConflictError, match="moved on"):
        _activate(cast, reviewed_version=1)
    assert CoefficientRefit.objects.count() == 1


def test_the_stated_interval_contains_about_eight_truths_in_ten(cast: Cast) -> None:
    """Truths drawn from the distribution that the catalogue states, weighed through the product's own door."""
    rng = np.random.default_rng(2026)
    for product, quantity in ((DRIVES, 120), ("ind_servo_motor", 60), ("lev_ebike_hub_motor", 40)):
        for _ in range(12):
            lot = log(cast.scrapyard, product_code=product, quantity=Decimal(quantity))
            made = lot.estimates.get()
            stated = Spread(
                float(made.magnet_low_grams), float(made.magnet_central_grams), float(made.magnet_high_grams)
            )
            _weigh(cast.scrapyard, lot, round(float(quantile(stated, rng.standard_normal(1))[0])))

    overall = lessons().overall

    assert overall.count == 36
    assert overall.is_honest
    assert overall.share == pytest.approx(0.8, abs=0.1)


def test_everybody_reads_the_page_and_only_an_administrator_sees_the_button(
    cast: Cast, as_person: SignIn
) -> None:
    _weighed(cast, [1.4] * 5)
    button = "Put the proposal in force"

    for name, person in cast.everybody().items():
        client = as_person(person)
        listed = " ".join(client.get("/catalogue/learning/").content.decode().split())
        assert "5 of 5 truths (100%) lay inside the stated 80 % interval" in listed, name
        assert "+40%" in listed
        page = client.get(f"/catalogue/learning/{DRIVES}/").content.decode()
        assert (button in page) == (name == "product_admin"), name


def test_the_reviewer_says_why_and_the_page_then_shows_it(cast: Cast, as_person: SignIn) -> None:
    _weighed(cast, [1.4] * 5)
    client = as_person(cast.product_admin)
    address = f"/catalogue/learning/{DRIVES}/"

    refused = client.post(address, {"version": 1, "lots": 5, "reason": ""})
    assert refused.status_code == 422
    assert "Say why it should come into force" in refused.content.decode()

    answer = client.post(
        address, {"version": 1, "lots": 5, "reason": "Weighed on a checked scale"}, follow=True
    )
    text = " ".join(answer.content.decode().split())
    assert "Version 2 is in force" in text
    assert "Weighed on a checked scale" in text
    assert "The figure in force already says what these lots teach" in text


def test_the_value_beside_an_older_estimate_stays_that_of_its_mass(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    client = as_person(cast.scrapyard)

    def worth() -> object:
        return client.get(f"/lots/{lot.reference}/").context["content"].valuation.bases["china"].contained_gbp

    before = worth()
    _weighed(cast, [2.0] * 8)
    _activate(cast)

    assert worth() == before


def test_more_lots_ask_the_same_of_the_database(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.driver)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/catalogue/learning/").status_code == 200
        return len(queries)

    _weighed(cast, [1.4])
    asked()
    _weighed(cast, [1.4])
    few = asked()
    _weighed(cast, [1.2] * 6)
    assert asked() == few


def _weighed_by(cast: Cast, holders: list[Person]) -> None:
    """One defence lot of hard drives of each holder named, weighed."""
    for holder in holders:
        lot = log(cast.scrapyard)
        Lot.unscoped.filter(pk=lot.pk).update(is_defence=True, holder=holder.organisation)
        _weigh(holder, lot, lot.magnet_grams)


def test_defence_lots_teach_only_in_blocks_that_may_be_told(cast: Cast, settings: Any) -> None:
    settings.DEFENCE_LEAST_LOTS = 4
    yards = [cast.scrapyard, cast.turbine_dismantler, cast.defence_officer]

    _weighed_by(cast, yards)
    assert lessons().by_product == {}
    _weighed_by(cast, yards[:1])
    assert lessons().by_product[DRIVES].accuracy.count == 4
    _weighed_by(cast, yards[:2])
    assert lessons().by_product[DRIVES].accuracy.count == 4, "two more would be told by subtraction"
