"""Who acts for an organisation: begun from the command line, kept by its own administrator."""

import io
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from collection.actions.mail import send_waiting
from collection.models import Facility, Membership, Organisation, User
from collection.rules.roles import Role
from tests.cast import Cast, Person

pytestmark = pytest.mark.django_db

AsPerson = Callable[[Person], Client]


@pytest.fixture
def keeper(cast: Cast) -> Person:
    """The planner of a recycler who is also its administrator."""
    planner = cast.short_loop_planner
    Membership.objects.create(
        user=planner.user, organisation=planner.organisation, role=Role.ORGANISATION_ADMIN.value
    )
    return planner


def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def _roles(email: str, organisation: Organisation) -> set[str]:
    return set(
        Membership.objects.filter(user__email=email, organisation=organisation).values_list("role", flat=True)
    )


def _run(*words: str, **options: object) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_an_administrator_adds_a_driver_who_is_told_how_to_sign_in(keeper: Person) -> None:
    client = _client(keeper)
    assert 'href="/account/people/"' in client.get("/").content.decode()
    answer = client.post(
        "/account/people/add/",
        {"name": "Robin Weir", "email": "Robin@Example.org", "roles": ["driver"]},
        follow=True,
    )
    page = answer.content.decode()

    assert "Robin Weir was added." in page
    assert "Never" in page
    assert _roles("robin@example.org", keeper.organisation) == {"driver"}
    notice = User.objects.get(email="robin@example.org").notifications.get()
    assert notice.title == "You were added to Short Loop Magnets"
    send_waiting(now=notice.created_at)
    (told,) = mail.outbox
    assert told.to == ["robin@example.org"]
    assert "choose one here" in told.body
    assert told.body.endswith("/sign-in/forgotten/")
    # The link asks for the address; whoever was added this way is sent one although they never had a password.
    Client().post("/sign-in/forgotten/", {"email": "robin@example.org"})
    assert len(mail.outbox) == 2
    assert "/sign-in/new/" in mail.outbox[1].body


def test_somebody_who_acts_for_others_already_keeps_name_and_password(keeper: Person, cast: Cast) -> None:
    known = cast.long_loop_planner.user
    _client(keeper).post(
        "/account/people/add/", {"name": "Other", "email": known.email, "roles": ["planner"]}
    )
    before = (known.name, known.password)
    known.refresh_from_db()
    assert (known.name, known.password) == before
    assert known.notifications.get().url == "/account/organisation/"


def test_roles_are_changed_and_taken_and_only_those_of_the_kind(keeper: Person, cast: Cast) -> None:
    client, driver = _client(keeper), cast.driver.user
    client.post(f"/account/people/{driver.pk}/", {"roles": ["planner", "driver"]})
    assert _roles(driver.email, keeper.organisation) == {"planner", "driver"}
    for role in ("regulator", "product_admin"):
        answer = client.post(f"/account/people/{driver.pk}/", {"roles": [role]})
        assert answer.status_code == 422
    client.post(f"/account/people/{driver.pk}/", {"roles": []})
    assert _roles(driver.email, keeper.organisation) == set()


def test_the_last_administrator_cannot_go(keeper: Person) -> None:
    answer = _client(keeper).post(f"/account/people/{keeper.user.pk}/", {"roles": ["planner"]})
    assert answer.status_code == 422
    assert "Make another person its administrator first." in answer.content.decode()
    assert "organisation_admin" in _roles(keeper.user.email, keeper.organisation)


def test_people_of_others_and_pages_without_the_role_stay_closed(keeper: Person, cast: Cast) -> None:
    stranger = cast.long_loop_planner.user
    client = _client(keeper)
    assert client.get(f"/account/people/{stranger.pk}/").status_code == 404
    assert stranger.email not in client.get("/account/people/").content.decode()
    driver = _client(cast.driver)
    assert driver.get("/account/people/").status_code == 403
    assert "/account/people/" not in driver.get("/").content.decode()


def test_an_administrator_of_the_product_stays_one(keeper: Person, cast: Cast) -> None:
    admin = cast.product_admin.user
    Membership.objects.create(user=admin, organisation=keeper.organisation, role=Role.PRODUCT_ADMIN.value)
    _client(keeper).post(f"/account/people/{admin.pk}/", {"roles": []})
    assert _roles(admin.email, keeper.organisation) == {"product_admin"}


def test_everybody_finds_where_to_change_their_password(cast: Cast) -> None:
    client = _client(cast.scrapyard)
    assert 'href="/account/password/"' in client.get("/").content.decode()
    assert client.get("/account/password/").status_code == 200


def test_the_first_of_each_role_come_from_the_command_line(cast: Cast) -> None:
    said = _run("add_person", "New@example.org", organisation="national-regulator", role=["product_admin"])
    assert "new@example.org is product admin of National Regulator." in said
    assert "Forgotten your password?" in said
    with pytest.raises(CommandError, match="A regulator has no driver"):
        _run("add_person", "new@example.org", organisation="national-regulator", role=["driver"])
    with pytest.raises(CommandError, match="There is no organisation “nowhere”"):
        _run("add_person", "new@example.org", organisation="nowhere", role=["driver"])


def test_a_recycler_is_given_its_plant_and_nobody_elses(cast: Cast) -> None:
    free = Facility.objects.create(
        code="free-plant", name="Free plant", operator_name="Nobody", town="Leeds", nation="England",
        lat=53.8, lon=-1.5, accepts_lots=True,
    )  # fmt: skip
    for _twice in range(2):
        _run("create_organisation", "newcomer", kind="recycler", plant=["free-plant"])
    free.refresh_from_db()
    assert free.organisation is not None
    assert free.organisation.slug == "newcomer"
    taken = Facility.objects.exclude(pk=free.pk).filter(accepts_lots=True)[0]
    with pytest.raises(CommandError, match="is run by"):
        _run("create_organisation", "newcomer", kind="recycler", plant=[taken.code])
    with pytest.raises(CommandError, match=r"Plants: .*free-plant"):
        _run("create_organisation", "newcomer", kind="recycler", plant=["nowhere"])
    with pytest.raises(CommandError, match="A collector runs no plant"):
        _run("create_organisation", "yard", kind="collector", plant=["free-plant"])


def test_a_planner_without_plant_or_vehicle_is_told_what_comes_first(cast: Cast) -> None:
    client = _client(cast.short_loop_planner)
    assert 'href="/vehicles/new/"' in client.get("/").content.decode()
    assert 'href="/vehicles/new/"' in client.get("/regular-rounds/new/").content.decode()

    Facility.objects.update(organisation=None)
    for address in ("/", "/vehicles/new/", "/plans/new/", "/regular-rounds/new/"):
        assert "Ask whoever runs this register" in client.get(address).content.decode(), address
