"""The demonstration register is made by the product's own actions and holds together."""

import io

import pytest
from django.core.management import call_command

from collection.models import (
    DealerRecord,
    Flag,
    LookAlike,
    Lot,
    LotTemplate,
    Notification,
    Organisation,
    Round,
    Vehicle,
    WeightReading,
)
from collection.queries.custody import first_broken_chain, register_balances
from collection.queries.outcomes import round_outcome
from collection.rules.lifecycle import Place
from collection.rules.lot_templates import lot_fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> str:
    call_command("load_reference", stdout=io.StringIO())
    out = io.StringIO()
    call_command("load_demo", "--lots", "60", stdout=out)
    return out.getvalue()


def test_the_demonstration_is_plainly_marked_and_balanced(demo: str) -> None:
    assert "Logged 68 demonstration lots" in demo
    assert not Lot.unscoped.filter(is_demonstration=False).exists()
    assert not Organisation.objects.filter(is_demonstration=False).exists()
    assert all(name.startswith("Demo ") for name in Organisation.objects.values_list("name", flat=True))
    assert first_broken_chain() is None
    assert sum(register_balances().values()) == 0
    assert register_balances()[Place.RETAINED] > 0
    assert Round.unscoped.exists()
    assert Flag.objects.filter(closed_at=None).count() <= Lot.unscoped.filter(state="held").count()


def test_loading_it_again_changes_nothing(demo: str) -> None:
    before = Lot.unscoped.count()
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    assert "there already" in out.getvalue()
    assert Lot.unscoped.count() == before


def test_the_sign_ins_are_printed_for_every_role(demo: str) -> None:
    out = io.StringIO()
    call_command("demo_signins", stdout=out)
    for login in (
        "collector",
        "turbines",
        "defence",
        "planner",
        "longloop",
        "driver",
        "regulator",
        "scotland",
    ):
        assert f"{login}@" in out.getvalue()


def test_the_story_is_told_in_the_app_and_nobody_is_written_to_about_the_past(demo: str) -> None:
    assert Notification.objects.filter(kind="flag").exists()
    assert not Notification.objects.filter(email_state=Notification.EmailState.WAITING).exists()
    assert not Flag.objects.filter(closed_at=None, announced_at=None).exists()


def test_every_form_is_shown(demo: str) -> None:
    on_hold = Lot.unscoped.get(is_defence=True, state="held", holds_cleared_at=None, serial="", quantity=16)
    assert on_hold.hold_points.count() == 2
    assert DealerRecord.unscoped.filter(dealer__slug="demo-clyde-scrap").exists()
    assert Lot.unscoped.filter(source_kind="vehicle", serial__startswith="ZZZDEM").count() >= 2
    assert LookAlike.unscoped.filter(decision="passed_on").exists()
    assert WeightReading.objects.filter(is_current=True, is_estimate=True, owner__isnull=False).exists()
    turbines = Lot.unscoped.filter(source_kind="wind", source__isnull=False).select_related("source__product")
    assert turbines
    assert all(lot.source and lot.product == lot.source.product for lot in turbines.select_related("product"))


def test_its_templates_are_what_software_reads_too(demo: str) -> None:
    kept = [lot_fields_of(template.pages) for template in LotTemplate.objects.all()]
    assert len(kept) == 2
    assert all(fields.get("site_id") or fields.get("postcode") for fields in kept)


def test_rounds_of_the_past_cost_what_they_were_planned_to(demo: str) -> None:
    driven = Round.unscoped.filter(state="unloaded").select_related("vehicle", "facility")
    outcomes = [round_outcome(each) for each in driven.prefetch_related("pickups__lines__lot")]
    assert outcomes
    for found in outcomes:
        assert found.distance.actual == found.distance.planned
        assert found.cost.actual == pytest.approx(found.cost.planned, abs=100)


def test_no_two_vehicles_bear_one_number_plate(demo: str) -> None:
    plates = Vehicle.unscoped.values_list("registration", flat=True)
    assert len(plates) == len(set(plates)) > 0
