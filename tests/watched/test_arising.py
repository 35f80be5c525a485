"""What was watched becomes lots, and is compared with what was expected."""

from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.watched import begin_arrival
from collection.models import (
    Arrival,
    Lot,
    LotDraft,
    WatchedSource,
)
from tests.cast import Cast, Person
from tests.journey.lots import NOW
from tests.pages import on_one_line
from tests.watched.sources import watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _log_what_arose(client: Client, watched: WatchedSource, quantity: str) -> Lot:
    draft = client.post(f"/watched/{watched.reference}/arisen/").headers["Location"].removesuffix("check/")
    assert client.get(f"{draft}check/").headers["Location"] == f"{draft}turbine/"
    pages = {
        "turbine": {"serial": ""},
        "amount": {"unit": "MW", "quantity": quantity},
        "state": {"condition": "intact"},
        "intent": {"intent": "sell_here"},
        "photos": {},
    }
    for slug, typed in pages.items():
        assert client.post(f"{draft}{slug}/", typed).status_code == 302, slug
    answer = client.post(f"{draft}check/", {"decision": "different"})
    lot: Lot = Lot.unscoped.get(reference=answer.headers["Location"].split("/")[2])
    return lot


def test_what_arises_goes_through_the_log_journey_and_is_compared(cast: Cast, as_person: SignIn) -> None:
    person = cast.turbine_dismantler
    client, watched = as_person(person), watch(person)

    lot = _log_what_arose(client, watched, "4.5 MW")

    assert (lot.source_kind, lot.product.code, lot.site_id) == (
        "wind",
        "wind_dd_pmsg_onshore",
        person.site.pk if person.site else 0,
    )
    watched.refresh_from_db()
    assert (watched.state, watched.remind_on) == ("arisen", None)
    page = client.get(f"/watched/{watched.reference}/").content.decode()
    assert lot.reference in page
    assert "0.75 times what was expected" in page
    listed = client.get("/watched/?show=arisen").content.decode()
    assert "Wind turbine" in listed
    assert "0.75" in listed
    assert "1 of 1" in listed or "0 of 1" in listed


def test_a_source_may_arise_in_several_lots(cast: Cast, as_person: SignIn) -> None:
    client, watched = as_person(cast.turbine_dismantler), watch(cast.turbine_dismantler)

    lots = [_log_what_arose(client, watched, megawatts) for megawatts in ("2 MW", "4 MW")]

    assert [arrival.lot for arrival in Arrival.objects.order_by("pk")] == lots
    page = on_one_line(client.get(f"/watched/{watched.reference}/"))
    assert "1.00 times what was expected: within" in page


def test_a_draft_thrown_away_leaves_the_source_watched(cast: Cast, as_person: SignIn) -> None:
    client, watched = as_person(cast.turbine_dismantler), watch(cast.turbine_dismantler)
    begin_arrival(cast.turbine_dismantler.viewer, watched, {}, at=NOW)

    client.post(f"/log/{LotDraft.objects.get().submission_id}/discard/")

    watched.refresh_from_db()
    assert watched.state == "watched"
