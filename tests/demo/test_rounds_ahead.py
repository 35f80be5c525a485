"""What the demonstration has of the days to come: booked rounds, an open proposal, a round that comes again."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from collection.models import Lot, Pickup, RegularRound

pytestmark = pytest.mark.django_db


def test_the_collector_has_a_proposal_to_answer_and_the_planner_a_regular_round() -> None:
    call_command("load_reference", stdout=io.StringIO())
    call_command("load_demo", "--lots", "150", stdout=io.StringIO())
    ahead = Pickup.unscoped.filter(planned_arrival_at__gt=timezone.now(), state="scheduled")
    asked = ahead.filter(holder__slug="demo-clyde-scrap", answer="waiting")
    assert asked.exists()
    assert all(stop.slot_starts_at and stop.slot_ends_at for stop in asked)
    booked = Pickup.unscoped.filter(
        round__on__gte=timezone.localdate(), state="scheduled", site__isnull=False
    )
    early = [
        stop.reference
        for stop in booked.select_related("site")
        if stop.site and timezone.localtime(stop.planned_arrival_at).time() < stop.site.opens_at
    ]
    assert booked.exists()
    assert early == [], "no vehicle stands before a closed gate"
    assert RegularRound.unscoped.filter(is_active=True, sites__isnull=False).exists()
    planned = Lot.unscoped.filter(pickup_lots__pickup__in=ahead)
    assert planned.exclude(ewc_code="").exists()
    assert planned.filter(waste__container_type="PAL").exists()
