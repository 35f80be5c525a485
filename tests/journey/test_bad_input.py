"""Bad input is answered with a sentence that names the field and the way out; what was typed stays."""

import html
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from collection.models import Lot, LotDraft, LotPhoto
from tests.cast import Cast, Person
from tests.journey.answers import PAGES, answer_all, begin, errors_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _draft_at(client: Client, slug: str, **changes: dict[str, str]) -> str:
    """A draft answered up to, and without, one page."""
    draft = begin(client)
    for before in list(PAGES)[1 : list(PAGES).index(slug)]:
        assert (
            client.post(f"{draft}{before}/", {**PAGES[before], **changes.get(before, {})}).status_code == 302
        )
    return draft


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"quantity": "-5"},
            "quantity",
            "How much cannot be negative. Give the amount without the minus sign.",
        ),
        ({"quantity": "0"}, "quantity", "How much must be at least 1."),
        ({"quantity": "1e99"}, "quantity", "is not a number we can read"),
        ({"quantity": "99999999999999999999"}, "quantity", "Check for digits typed twice."),
        ({"quantity": "5000000"}, "quantity", "more than one lot can hold"),
        ({"quantity": "1.5"}, "quantity", "must be a whole number of items"),
        ({"quantity": "12 🧲"}, "quantity", "contains “🧲”, which is not part of a number."),
        ({"quantity": "about 12"}, "quantity", "is an approximation"),
        ({"quantity": "1,5 t"}, "quantity", "asks for a number of items, and “t” is a weight."),
        ({"quantity": ""}, "quantity", "Enter how much there is"),
        ({"quantity": "1", "gross": "3 t"}, "gross", "Check the count and the unit (kg or t)"),
        ({"quantity": "10", "gross": "-3 kg"}, "gross", "Gross weight cannot be negative."),
        ({"quantity": "10", "gross": "5 stone"}, "gross", "is not a metric weight."),
        ({"quantity": "10", "unit": "elephants"}, "unit", "Choose counted in from the list"),
    ],
)
def test_amounts(cast: Cast, as_person: SignIn, typed: dict[str, str], field: str, sentence: str) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "amount")

    answer = client.post(f"{draft}amount/", {"unit": "items", **typed})

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    assert answer.context["form"].errors[field]
    kept = LotDraft.objects.get().answers["pages"]["amount"]
    assert {name: kept[name] for name in typed} == typed
    assert Lot.unscoped.count() == 0


@pytest.mark.parametrize(
    ("gross", "typed", "page", "sentence"),
    [
        ("90 kg", {"tare": "95 kg"}, "weights", "must be less than gross weight"),
        ("90 kg", {"tare": "10 kg", "pallet": "85 kg"}, "weights", "must weigh less than what is left"),
        ("90 kg", {"pallet": "22 kg", "net": "70 kg"}, "weights", "less pallet 22 kg is 68 kg, not 70 kg."),
        ("90 kg", {"net": "heavy"}, "weights", "is not a number we can read"),
        ("", {"tare": "9 kg"}, "amount", "Tare was given without a gross weight."),
    ],
)
def test_weights_that_do_not_add_up(
    cast: Cast, as_person: SignIn, gross: str, typed: dict[str, str], page: str, sentence: str
) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client, amount={"quantity": "120", "gross": gross})

    client.post(f"{draft}weights/", typed)

    assert client.get(f"{draft}check/").headers["Location"] == f"{draft}{page}/"
    shown = client.get(f"{draft}{page}/")
    assert any(sentence in html.unescape(error) for error in errors_of(shown)), errors_of(shown)


@pytest.mark.parametrize("typed", ["1,5 t", "1.5 tonnes", "1500", "1 500 kg", "1,500 kg"])
def test_one_and_a_half_tonnes_in_every_usual_writing(cast: Cast, as_person: SignIn, typed: str) -> None:
    client = as_person(cast.scrapyard)
    product = {"product": "", "product-picked": "scrap_hdd_whole_3_5"}
    draft = _draft_at(client, "amount", product=product)

    answer = client.post(f"{draft}amount/", {"unit": "kg_gross", "quantity": typed})

    assert answer.status_code == 302, errors_of(answer)
    assert answer.headers["Location"] == f"{draft}state/"


@pytest.mark.parametrize(
    ("postcode", "sentence"),
    [
        ("", "Enter a postcode, or its first half such as G51"),
        ("ZZ99 9ZZ", "is not a postcode we know"),
        ("Glasgow", "does not look like a UK postcode"),
        ("G5I 4BW", "Did you mean G51 4BW?"),
        ("🧲", "does not look like a UK postcode"),
        ("JE2 3QA", "outside the United Kingdom"),
    ],
)
def test_postcodes(cast: Cast, as_person: SignIn, postcode: str, sentence: str) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "place")

    answer = client.post(f"{draft}place/", {"place": "other", "postcode": postcode})

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    assert LotDraft.objects.get().answers["pages"]["place"]["postcode"] == postcode


def test_a_place_of_somebody_else_cannot_be_chosen(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "place")
    assert cast.turbine_dismantler.site is not None

    answer = client.post(f"{draft}place/", {"place": str(cast.turbine_dismantler.site.pk), "postcode": ""})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (
            ("1", "1", "2020"),
            "1 January 2020 is in the past. Give today, or the first day it may be fetched.",
        ),
        (("31", "2", "2030"), "February 2030 has 28 days"),
        (("", "", ""), "Enter the first day it may be fetched"),
        (("1", "13", "2030"), "the month must be a number from 1 to 12"),
        (("1", "1", "2099"), "more than five years ahead"),
    ],
)
def test_days(cast: Cast, as_person: SignIn, day: tuple[str, str, str], sentence: str) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "when")
    typed = dict(zip(("day-day", "day-month", "day-year"), day, strict=True))

    answer = client.post(f"{draft}when/", {"when": "later", **typed})

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    kept = LotDraft.objects.get().answers["pages"]["when"]
    assert {name: kept[name] for name in typed} == typed


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("fourteen", "is not a year"),
        ("２０１４", "is not a year"),
        ("1890", "is before 1940"),
        ("2090", "is in the future"),
    ],
)
def test_build_years(cast: Cast, as_person: SignIn, year: str, sentence: str) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "state")

    answer = client.post(f"{draft}state/", {"condition": "intact", "build_year": year})

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)


@pytest.mark.parametrize("words", ["zzzzqqq", "🧲🧲", "'; DROP TABLE lots; --", "x" * 5000])
def test_products_nobody_knows(cast: Cast, as_person: SignIn, words: str) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "product")

    answer = client.post(f"{draft}product/", {"product": words, "product-picked": ""})

    assert answer.status_code == 422
    assert any("We cannot find a product for" in error for error in errors_of(answer))


def test_defence_material_from_a_scrapyard_is_sent_back_to_the_source(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "product")

    answer = client.post(f"{draft}product/", {"product": "", "product-picked": "def_radar_twt"})

    assert answer.headers["Location"] == f"{draft}source/"
    assert "is defence material" in client.get(f"{draft}source/").content.decode()


# --- Photos ---


def _picture(
    size: tuple[int, int] = (64, 48), kind: str = "JPEG", mode: str = "RGB", exif: bytes = b""
) -> bytes:
    buffer = BytesIO()
    options = {"exif": exif} if exif else {}
    Image.new(mode, size, "steelblue").save(buffer, kind, **options)
    return buffer.getvalue()


def _send(client: Client, draft: str, *files: tuple[str, bytes]) -> object:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"{draft}photos/", {"photos": uploads})


def test_photos_are_redrawn_without_what_the_phone_wrote_into_them(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")
    exif = Image.Exif()
    exif[0x010F] = "A telling camera"
    exif[0x8825] = {1: "N", 2: (55.0, 51.0, 54.0)}

    _send(client, draft, ("a.jpg", _picture(exif=exif.tobytes())), ("b.png", _picture((70, 50), "PNG")))

    photos = list(LotPhoto.objects.order_by("pk"))
    assert len(photos) == 2
    with photos[0].file.open("rb") as file, photos[1].thumbnail.open("rb") as small:
        stored, thumbnail = file.read(), small.read()
    assert b"telling" not in stored
    assert not Image.open(BytesIO(stored)).getexif()
    assert Image.open(BytesIO(thumbnail)).format == "JPEG"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.jpg", b"just words", "is not a photo we can read. Send a JPEG, PNG or WebP file"),
        ("page.jpg", b"<svg><script/></svg>", "is not a photo we can read"),
        ("old.gif", _picture(kind="GIF"), "is not a photo we can read"),
        ("cut.jpg", _picture((900, 900))[:4000], "is damaged and cannot be read"),
        ("dot.png", _picture((2, 2), "PNG"), "is too small to show anything"),
        ("empty.jpg", b"", "empty"),
    ],
)
def test_files_that_are_no_photos(
    cast: Cast, as_person: SignIn, name: str, content: bytes, sentence: str
) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")

    answer = _send(client, draft, (name, content))

    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    assert not LotPhoto.objects.exists()


def test_a_picture_that_unpacks_to_gigabytes_is_refused_by_its_header(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")
    bomb = BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 1_000_000

    answer = _send(client, draft, ("bomb.png", bomb.getvalue()))

    assert any("has more than 60 million pixels" in error for error in errors_of(answer))


def test_sixty_megabytes_are_refused_with_a_sentence_and_nothing_else_is_lost(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")

    answer = _send(client, draft, ("scan.jpg", b"\xff" * 60_000_000))

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert any("“scan.jpg” is 60 MB" in html.unescape(error) for error in errors_of(answer))
    assert set(LotDraft.objects.get().answers["pages"]) == set(PAGES) - {"intent"}


def test_good_photos_stay_when_another_of_the_same_sending_is_bad(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")

    answer = _send(client, draft, ("a.jpg", _picture()), ("b.jpg", b"words"))

    assert LotPhoto.objects.count() == 1
    assert any("“b.jpg” is not a photo" in html.unescape(error) for error in errors_of(answer))


def test_the_same_photo_twice_is_kept_once(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")

    _send(client, draft, ("a.jpg", _picture()), ("again.jpg", _picture()))

    assert LotPhoto.objects.count() == 1


def test_photos_are_shown_only_to_those_who_may_see_the_lot(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")
    _send(client, draft, ("a.jpg", _picture()))
    address = f"/photos/{LotPhoto.objects.get().pk}/small/"

    shown = client.get(address)
    assert Image.open(BytesIO(shown.content)).format == "JPEG"
    assert Client().get(address).status_code == 302
    rival = Client()
    rival.force_login(cast.turbine_dismantler.user)
    assert rival.get(address).status_code == 404
    planner = Client()
    planner.force_login(cast.short_loop_planner.user)
    assert planner.get(address).status_code == 404
    client.post(f"{draft}intent/", PAGES["intent"])
    client.post(f"{draft}check/")
    assert LotPhoto.objects.get().lot_id == Lot.unscoped.get().pk
    assert planner.get(address).status_code == 200
    assert rival.get(address).status_code == 404


def test_a_request_beyond_all_bounds_is_turned_away_unread(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = _draft_at(client, "intent")

    answer = client.post(f"{draft}photos/", {}, headers={"content-length": "900000000"})

    assert answer.status_code == 413
    assert "What you sent is 900 MB" in answer.content.decode()
