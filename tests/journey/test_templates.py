"""Templates: what they keep and what they never keep, one tap to use, shared inside and hidden outside."""

import html
from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.templates import MOST_TEMPLATES, save_template
from collection.models import LotDraft, LotTemplate, Membership, User
from collection.web.logging.forms import PAGE_OF_SLUG, PHOTOS
from collection.web.logging.template_pages import STAYS, kept_pages
from tests.cast import Cast, Person
from tests.journey.answers import answer_all, errors_of
from tests.journey.lots import NOW, log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
VOLATILE = ("120", "2014", "SN-4711", "84.5 kg", "Behind the shed")


def _draft(client: Client) -> str:
    return answer_all(
        client,
        amount={"gross": "84.5 kg"},
        state={"serial": "SN-4711"},
        intent={"note": "Behind the shed"},
    )


def test_a_template_of_a_draft_keeps_what_stays_and_nothing_that_changes(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft(client)
    assert "Save as a template" in client.get(f"{draft}check/").content.decode()

    client.post(f"{draft}template/", {"name": "Glasgow drives"})

    template = LotTemplate.objects.get()
    assert template.pages == {
        "source": {"source_kind": "scrapyard"},
        "product": {"product": "Hard disk drive, 3.5 inch desktop", "product-picked": "weee_hdd_3_5"},
        "state": {"condition": "intact"},
        "place": {"place": "other", "postcode": "G51 4BW"},
        "when": {"when": "now"},
        "intent": {"intent": "sell_here"},
        PHOTOS: {},
    }
    assert not any(value in str(template.pages) for value in VOLATILE)
    assert LotDraft.objects.count() == 1


def test_one_tap_at_the_start_leads_to_the_first_question_that_changes(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    lot = log(cast.scrapyard, serial="SN-4711", build_year=2014, note="Behind the shed")
    client.post(f"/lots/{lot.reference}/template/", {"name": "Govan drives"})
    template = LotTemplate.objects.get()
    assert not any(value in str(template.pages) for value in VOLATILE)
    assert f"/log/templates/{template.pk}/use/" in client.get("/log/").content.decode()

    answer = client.post(f"/log/templates/{template.pk}/use/")
    address = answer.headers["Location"]
    assert client.get(address).headers["Location"] == address.replace("check", "amount")

    draft = address.removesuffix("check/")
    answer = client.post(f"{draft}amount/", {"unit": "items", "quantity": "40"})
    assert answer.headers["Location"] == f"{draft}check/"
    assert client.get(f"{draft}check/").status_code == 200


def test_a_question_nobody_has_classed_is_asked_each_time() -> None:
    """A page or a field that is new is kept by no template until somebody says that it stays."""
    assert set(STAYS) <= set(PAGE_OF_SLUG)
    everything = {slug: {"brand_new": "secret", "serial": ""} for slug in PAGE_OF_SLUG}

    assert kept_pages(everything) == {"when": {"when": "now"}, PHOTOS: {}}


@pytest.mark.parametrize(
    ("slug", "field"), [("vehicle", "drive"), ("turbine", "model"), ("defence", "stock_number")]
)
def test_who_gave_a_number_is_asked_for_the_next_ones(slug: str, field: str) -> None:
    assert slug not in kept_pages({slug: {field: "x", "serial": "WBA12345678901234"}})
    assert kept_pages({slug: {field: "x", "serial": ""}})[slug] == {field: "x"}


def test_everybody_in_the_organisation_shares_it_and_nobody_else_sees_it(
    cast: Cast, as_person: SignIn, client: Client
) -> None:
    template = save_template(cast.scrapyard.viewer, "Shared drives", {}, at=NOW)
    colleague = User.objects.create(email="colleague@example.com", name="Colleague")
    Membership.objects.create(user=colleague, organisation=cast.scrapyard.organisation, role="collector")
    client.force_login(colleague)
    assert "Shared drives" in client.get("/log/templates/").content.decode()
    assert client.post(f"/log/templates/{template.pk}/use/").status_code == 302
    rival = as_person(cast.turbine_dismantler)

    assert "Shared drives" not in on_one_line(rival.get("/log/templates/"))
    for step in ("", "use/", "delete/"):
        assert rival.post(f"/log/templates/{template.pk}/{step}", {"name": "Mine"}).status_code == 404
    assert as_person(cast.short_loop_planner).get("/log/templates/").status_code == 403


def test_it_is_renamed_and_deleted_and_what_was_logged_stays(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    template = save_template(cast.scrapyard.viewer, "Old", {}, at=NOW)

    client.post(f"/log/templates/{template.pk}/", {"name": "New"})
    assert "New" in client.get("/log/templates/").content.decode()
    client.post(f"/log/templates/{template.pk}/use/")
    client.post(f"/log/templates/{template.pk}/delete/")

    assert not LotTemplate.objects.exists()
    assert LotDraft.objects.count() == 1


@pytest.mark.parametrize(("name", "sentence"), [("", "Enter a name"), ("Taken", "You have another template")])
def test_names_that_cannot_be(cast: Cast, as_person: SignIn, name: str, sentence: str) -> None:
    save_template(cast.scrapyard.viewer, "Taken", {}, at=NOW)
    lot = log(cast.scrapyard)

    answer = as_person(cast.scrapyard).post(f"/lots/{lot.reference}/template/", {"name": name})

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer))


def test_there_is_an_end_to_templates(cast: Cast, as_person: SignIn) -> None:
    for number in range(MOST_TEMPLATES):
        save_template(cast.scrapyard.viewer, f"Template {number}", {}, at=NOW)
    lot = log(cast.scrapyard)

    answer = as_person(cast.scrapyard).post(f"/lots/{lot.reference}/template/", {"name": "One more"})

    assert f"can have {MOST_TEMPLATES} templates" in errors_of(answer)[0]
