"""The line for a flag follows from a stated capacity or cost, and only a product administrator draws it."""

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from collection.actions.risk import assess_all, ensure_thresholds
from collection.models import AssessmentDue, RiskThresholds
from collection.rules.risk_cuts import by_capacity, by_cost
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.risk.made_register import NOW, log_one

SignIn = Callable[[Person], Client]
chances = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60).map(np.array)


@given(p=chances, lots=st.integers(1, 80))
def test_no_more_lots_are_flagged_than_the_vans_can_fetch(p: np.ndarray, lots: int) -> None:
    cuts = by_capacity(np.clip(p, 0.01, 0.99), lots)

    assert 0 < cuts.medium_from < cuts.high_from < 1
    assert (np.clip(p, 0.01, 0.99) >= cuts.high_from).sum() <= lots


@given(p=chances, cost=st.floats(0, 500))
def test_a_dearer_visit_never_draws_the_line_lower(p: np.ndarray, cost: float) -> None:
    kg = np.linspace(1, 50, len(p))

    cheap = by_cost(p, kg, cost_per_visit=cost, value_per_kg=20)
    dear = by_cost(p, kg, cost_per_visit=cost + 50, value_per_kg=20)

    assert 0 < cheap.medium_from < cheap.high_from < 1
    assert dear.high_from >= cheap.high_from


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_the_line_is_shown_before_it_is_drawn_and_the_old_one_kept(cast: Cast, as_person: SignIn) -> None:
    for intent in ("export", "sell_here", "undecided"):
        log_one(cast, intent=intent)
    assess_all(at=NOW)
    old = ensure_thresholds(at=NOW)
    AssessmentDue.objects.all().delete()
    client, answers = (
        as_person(cast.product_admin),
        {"way": "capacity", "lots_a_week": "1", "value_per_kg": "20"},
    )

    shown = client.get("/risk/thresholds/", answers).content.decode()
    assert "1 lot flagged" in shown
    assert RiskThresholds.objects.get(is_current=True) == old

    client.post("/risk/thresholds/", answers)
    new = RiskThresholds.objects.get(is_current=True)
    assert new.basis == "Our vans can fetch 1 lot a week"
    assert new.set_by == cast.product_admin.user
    assert "set by Product admin" in client.get("/risk/thresholds/").content.decode()
    assert RiskThresholds.objects.filter(pk=old.pk, is_current=False).exists()
    assert AssessmentDue.objects.count() == 3

    client.post("/risk/thresholds/", answers)
    assert RiskThresholds.objects.get(is_current=True) == new, "the second press is the same line"


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_a_missing_answer_is_asked_for_and_regulators_only_read(cast: Cast, as_person: SignIn) -> None:
    log_one(cast)
    assess_all(at=NOW)
    client = as_person(cast.national_regulator)

    asked = client.get("/risk/thresholds/", {"way": "cost", "value_per_kg": "20"})
    assert asked.status_code == 422
    assert "Enter what a visit costs" in asked.content.decode()
    nothing_chosen = client.get("/risk/thresholds/", {"cost_per_visit": "175", "value_per_kg": "20"})
    assert "Choose what is short" in nothing_chosen.content.decode()
    assert 'value="175"' in nothing_chosen.content.decode()

    answers = {"way": "capacity", "lots_a_week": "1", "value_per_kg": "20"}
    assert "Draw the line here" not in on_one_line(client.get("/risk/thresholds/", answers))
    assert client.post("/risk/thresholds/", answers).status_code == 403
    assert RiskThresholds.objects.count() == 1
    client.force_login(cast.scrapyard.user)
    assert client.get("/risk/thresholds/").status_code == 403
