"""Who may open which page, and what people read who may not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from collection.models import Lot, Membership, Organisation, User
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError, Permission
from collection.web.access import ViewerMiddleware, public, requires, signed_in
from tests.cast import PASSWORD, Cast, Person


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the page")


def _ask(view: Callable[..., Any], user: User) -> Any:
    """The middleware's answer for a view, as Django would call it."""
    request = RequestFactory().get("/anything/")
    request.user = user
    request.session = {}  # type: ignore[assignment]
    request._messages = []  # type: ignore[attr-defined]

    def call(request: HttpRequest) -> HttpResponse:
        answer = middleware.process_view(request, view, (), {})
        if answer is not None:
            return answer  # type: ignore[return-value]
        try:
            return view(request)
        except Exception as exception:
            answer = middleware.process_exception(request, exception)
            if answer is None:
                raise
            return answer

    middleware = ViewerMiddleware(call)
    return middleware(request)


def test_a_page_without_a_mark_is_open_to_nobody(cast: Cast) -> None:
    answer = _ask(_page, cast.product_admin.user)

    assert answer.status_code == 403


def test_a_page_is_open_to_a_viewer_with_the_permission_and_closed_to_others(cast: Cast) -> None:
    gated = requires(Permission.LOG_LOT)(_page)

    assert _ask(gated, cast.scrapyard.user).content == b"the page"
    refused = _ask(gated, cast.national_regulator.user)
    assert refused.status_code == 403
    assert "Your role does not let you log lots." in refused.content.decode()


def test_any_one_of_several_permissions_is_enough(cast: Cast) -> None:
    gated = requires(Permission.LOG_LOT, Permission.PLAN_ROUNDS)(_page)

    assert _ask(gated, cast.short_loop_planner.user).status_code == 200
    assert _ask(gated, cast.driver.user).status_code == 403


def test_a_gated_view_called_around_the_middleware_still_refuses(cast: Cast) -> None:
    with pytest.raises(NotPermittedError):
        requires(Permission.LOG_LOT)(_page)(RequestFactory().get("/"))


def test_somebody_without_a_membership_is_told_so(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("new@example.com", PASSWORD, name="New"))

    answer = client.get("/", follow=True)

    assert answer.redirect_chain == [("/account/waiting/", 302)]
    assert "You are not part of an organisation yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("exception", "status", "words"),
    [
        (NotPermittedError("Your role does not let you fly."), 403, "does not let you fly"),
        (StateConflictError("This lot was collected already."), 409, "was collected already"),
        (Lot.DoesNotExist(), 404, "Page not found"),
    ],
)
def test_errors_with_words_for_people_become_pages(
    cast: Cast, exception: Exception, status: int, words: str
) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        raise exception

    answer = _ask(signed_in(fails), cast.scrapyard.user)

    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_person_acts_for_the_organisation_they_chose(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    other = cast.turbine_dismantler.organisation
    Membership.objects.create(user=cast.scrapyard.user, organisation=other, role="collector")
    client = as_person(cast.scrapyard)

    client.post("/account/organisation/", {"organisation": other.pk})

    page = client.get("/account/organisation/")
    assert page.wsgi_request.viewer.organisation_id == other.pk  # type: ignore[attr-defined]
    # What is of their other organisation is not found while they act for this one: the page says whom they act for.
    missing = client.get("/lots/LOT-26-999999/").content.decode()
    assert f"You act for {other.name}" in missing
    assert "Act for another of your organisations" in missing
    assert other.name in page.content.decode()


def test_nobody_acts_for_an_organisation_that_is_not_theirs(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    client = as_person(cast.scrapyard)

    answer = client.post("/account/organisation/", {"organisation": cast.driver.organisation.pk})

    assert answer.status_code == 422
    assert "organisation_id" not in client.session


def test_a_membership_taken_away_ends_at_once(cast: Cast, as_person: Callable[[Person], Client]) -> None:
    client = as_person(cast.scrapyard)
    Membership.objects.filter(user=cast.scrapyard.user).delete()

    assert client.get("/").headers["Location"] == "/account/waiting/"


def test_signing_in_by_e_mail_in_any_case(client: Client, cast: Cast) -> None:
    answer = client.post("/sign-in/", {"username": "Scrapyard@Example.com", "password": PASSWORD})

    assert answer.headers["Location"] == "/"


def test_a_wrong_password_keeps_the_address_and_says_what_to_check(client: Client, cast: Cast) -> None:
    answer = client.post("/sign-in/", {"username": "scrapyard@example.com", "password": "wrong"})

    text = answer.content.decode()
    assert "The e-mail address or the password is not right" in text
    assert 'value="scrapyard@example.com"' in text


def test_guessing_is_stopped_after_a_few_tries_and_says_how_long(client: Client, cast: Cast) -> None:
    for _try in range(8):
        client.post("/sign-in/", {"username": "driver@example.com", "password": "wrong"})

    answer = client.post("/sign-in/", {"username": "driver@example.com", "password": PASSWORD})

    assert "Wait 15 minutes" in answer.content.decode()


def test_signing_out_is_a_post(cast: Cast, as_person: Callable[[Person], Client]) -> None:
    client = as_person(cast.scrapyard)

    client.get("/sign-out/")
    assert "_auth_user_id" in client.session
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_a_stranger_is_sent_to_sign_in_and_brought_back(client: Client, cast: Cast) -> None:
    answer = client.get("/account/organisation/")

    assert answer.headers["Location"] == "/sign-in/?next=/account/organisation/"


def test_public_pages_open_to_strangers(client: Client, db: None) -> None:
    assert public(_page).lodestone_access == "public"  # type: ignore[attr-defined]
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/sign-in/forgotten/").status_code == 200


def test_organisations_are_offered_in_order_of_name(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    for slug in ("short-loop", "long-loop"):
        organisation = Organisation.objects.get(slug=slug)
        Membership.objects.create(user=cast.scrapyard.user, organisation=organisation, role="planner")

    text = as_person(cast.scrapyard).get("/account/organisation/").content.decode()

    assert text.index("Clyde Metals") < text.index("Long Loop") < text.index("Short Loop")
