"""Papers of a lot: told apart by content, kept with who and when, read by those who may see the lot."""

import datetime as dt
import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.actions.papers import MOST_PAPERS
from collection.documents.files import LONGEST_NAME, safe_name
from collection.documents.pdf.paper import Paper
from collection.models import Event, Lot, LotPaper
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def ticket(words: str = "Ticket 4711: 84.5 kg") -> bytes:
    paper = Paper(title="Weighbridge ticket", at=dt.datetime(2026, 6, 10, tzinfo=dt.UTC))
    paper.add_page()
    paper.write_fitted(words, width=100, size=12, least=8)
    return paper.as_bytes()


def photo(*, with_place: bool = False) -> bytes:
    image, buffer = Image.new("RGB", (900, 1200), "ivory"), io.BytesIO()
    exif = Image.Exif()
    if with_place:
        exif.get_ifd(0x8825)[2] = (55.0, 51.0, 54.0)
        exif[0x013B] = "A. Person"
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def _add(client: Client, lot: Lot, content: bytes, name: str = "ticket.pdf", **changes: Any) -> Any:
    wanted = {
        "kind": "weighbridge",
        "number": "4711",
        "note": "",
        "papers": SimpleUploadedFile(name, content),
    }
    return client.post(f"/lots/{lot.reference}/papers/", wanted | changes)


def test_a_ticket_is_kept_as_it_came_with_who_and_when(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    asked = client.get(f"/lots/{lot.reference}/papers/")
    assert asked.status_code == 200
    assert "There is a problem" not in on_one_line(asked)

    answer = _add(client, lot, ticket(), note="Tare was checked")

    assert answer.headers["Location"] == f"/lots/{lot.reference}/#papers"
    paper = LotPaper.objects.get()
    assert str(paper) == "Weighbridge ticket 4711"
    page = client.get(f"/lots/{lot.reference}/").content.decode()
    for said in ("Weighbridge ticket 4711", "ticket.pdf", "Tare was checked", "by Scrapyard"):
        assert said in page, said
    download = client.get(f"/papers/{paper.pk}/full/")
    assert b"".join(download.streaming_content) == ticket()
    assert download.headers["Content-Disposition"] == 'attachment; filename="ticket.pdf"'
    assert "sandbox" in download.headers["Content-Security-Policy"]
    assert download.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_of_a_paper_is_redrawn_without_place_and_person(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)

    _add(client, lot, photo(with_place=True), "IMG_0001.HEIC", kind="certificate")

    paper = LotPaper.objects.get()
    assert (paper.media_type, paper.name) == ("image/jpeg", "IMG_0001.jpg")
    kept = b"".join(client.get(f"/papers/{paper.pk}/full/").streaming_content)
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    small = b"".join(client.get(f"/papers/{paper.pk}/small/").streaming_content)
    assert max(Image.open(io.BytesIO(small)).size) == 320


def test_several_at_once_and_the_same_again_is_kept_once(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    files = [SimpleUploadedFile(f"{n}.pdf", ticket(f"Ticket {n}")) for n in (1, 2, 1)]

    _add(client, lot, b"", papers=files)

    assert LotPaper.objects.count() == 2


def _booby_trapped(mark: bytes) -> bytes:
    return ticket().replace(b"/Catalog", b"/Catalog\n" + mark, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00 not a paper", "is neither a PDF nor a photo we can read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is neither a PDF nor a photo we can read"),
        (ticket()[:400], "is cut short"),
        (_booby_trapped(b"/Encrypt 9 0 R"), "is locked with a password"),
        (_booby_trapped(b"/OpenAction << /S /JavaScript /JS (app.alert) >>"), "carries a program"),
        (_booby_trapped(b"/Names << /EmbeddedFiles 9 0 R >>"), "carries a program or another file"),
        (photo()[:5000], "is damaged"),
    ],
    ids=["empty", "program", "drawing", "cut short", "locked", "script", "attachment", "damaged photo"],
)
def test_what_is_no_paper_is_refused_by_name_and_nothing_is_kept(
    cast: Cast, as_person: SignIn, content: bytes, sentence: str
) -> None:
    lot = log(cast.scrapyard)

    answer = _add(as_person(cast.scrapyard), lot, content)

    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    # An empty file is noticed by the form itself.
    assert sentence in page
    assert 'value="4711"' in page
    assert LotPaper.objects.count() == 0


def test_the_good_ones_of_several_are_kept_and_the_bad_one_is_named(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    files = [SimpleUploadedFile("good.pdf", ticket()), SimpleUploadedFile("bad.exe", b"MZ")]

    page = html.unescape(_add(client, lot, b"", papers=files).content.decode())

    assert "“bad.exe” is neither a PDF nor a photo" in page
    assert [paper.name for paper in LotPaper.objects.all()] == ["good.pdf"]


def test_a_paper_sent_by_itself_is_answered_for_itself(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    address = f"/lots/{lot.reference}/papers/"

    def send(**fields: Any) -> tuple[int, dict[str, Any]]:
        answer = client.post(address, fields, headers={"X-Upload": "one"})
        return answer.status_code, answer.json()

    assert send(kind="other", papers=SimpleUploadedFile("a.pdf", ticket())) == (
        200,
        {"html": "", "next": f"/lots/{lot.reference}/#papers"},
    )
    code, said = send(kind="other", papers=SimpleUploadedFile("b.exe", b"MZ"))
    assert (code, said["elsewhere"]) == (422, False)
    assert "“b.exe” is neither" in said["error"]
    code, said = send(papers=SimpleUploadedFile("a.pdf", ticket()))
    assert (code, said["elsewhere"]) == (422, True)


def test_a_photo_sent_by_itself_comes_back_as_its_thumbnail(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)

    answer = client.post(
        f"/lots/{lot.reference}/photos/",
        {"photos": SimpleUploadedFile("yard.jpg", photo())},
        headers={"X-Upload": "one"},
    )

    kept = lot.photos.get()
    assert f"/photos/{kept.pk}/small/" in answer.json()["html"]


def test_removing_a_paper_leaves_its_trace_in_the_history(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    _add(client, lot, ticket())
    paper = LotPaper.objects.get()
    stored = Path(settings.MEDIA_ROOT, paper.file.name)
    assert stored.exists()

    client.post(f"/papers/{paper.pk}/remove/yes/")

    assert not LotPaper.objects.exists()
    assert not stored.exists()
    words = list(Event.objects.filter(lot=lot, verb="changed").values_list("words", flat=True))
    assert words == [
        "Weighbridge ticket 4711 added: ticket.pdf",
        "Weighbridge ticket 4711 removed: ticket.pdf",
    ]


def test_no_lot_holds_more_papers_than_fit(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)
    _add(
        client, lot, b"", papers=[SimpleUploadedFile(f"{n}.pdf", ticket(str(n))) for n in range(MOST_PAPERS)]
    )

    page = _add(client, lot, ticket("One more")).content.decode()

    assert f"A lot can hold {MOST_PAPERS} papers" in page
    assert LotPaper.objects.count() == MOST_PAPERS


# --- Who ---


def test_rivals_neither_read_nor_add_nor_remove(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    _add(as_person(cast.scrapyard), lot, ticket())
    paper = LotPaper.objects.get()
    rival = as_person(cast.turbine_dismantler)

    assert rival.get(f"/papers/{paper.pk}/full/").status_code == 404
    assert _add(rival, lot, ticket("Forged")).status_code == 404
    assert rival.post(f"/papers/{paper.pk}/remove/yes/").status_code == 404
    assert LotPaper.objects.count() == 1


def test_a_planner_reads_the_papers_of_a_lot_on_offer_and_adds_once_it_is_booked(
    cast: Cast, as_person: SignIn
) -> None:
    lot = log(cast.scrapyard)
    _add(as_person(cast.scrapyard), lot, ticket())
    planner = as_person(cast.short_loop_planner)
    download = planner.get(f"/papers/{LotPaper.objects.get().pk}/full/")
    assert b"".join(download.streaming_content) == ticket()
    assert planner.get(f"/lots/{lot.reference}/papers/").status_code == 404
    Lot.unscoped.filter(pk=lot.pk).update(state="received", reserved_by=cast.short_loop_planner.organisation)

    assert _add(planner, lot, ticket("Plant's own"), kind="certificate").status_code == 302


def test_software_adds_reads_and_removes_papers(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    _, key = issue_key(cast.scrapyard.user.pk, cast.scrapyard.organisation.pk, "weighbridge", at=NOW)
    software = APIClient(HTTP_AUTHORIZATION=f"Token {key}")
    address = f"/api/v1/lots/{lot.reference}/papers/"

    def send(content: bytes) -> Any:
        body = {"kind": "weighbridge", "number": "4711", "paper": SimpleUploadedFile("t.pdf", content)}
        return software.post(address, body, format="multipart")

    first, again, wrong = send(ticket()), send(ticket()), send(b"MZ")

    assert (first.status_code, again.status_code, wrong.status_code) == (201, 200, 400)
    assert first.json()["id"] == again.json()["id"]
    assert wrong.json()["errors"][0]["field"] == "paper"
    [listed] = software.get(address).json()
    assert listed["media_type"] == "application/pdf"
    assert b"".join(software.get(listed["url"]).streaming_content) == ticket()
    assert software.delete(listed["url"]).status_code == 204
    assert software.get(address).json() == []


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_any_computer_takes(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= LONGEST_NAME
    assert not set(safe) & set('/\\<>:"|?*\n\r\0')
    assert safe_name(safe) == safe
