"""Prices come in with their date, VAT basis and source; a bad row is named and nothing is kept."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from collection.actions.reference import load_reference
from collection.models import DatasetLoad, VersionedRow
from collection.queries.catalogue import current_catalogue
from collection.rules.content.price_file import read_price_file
from collection.rules.content.sheet import ListErrors
from collection.rules.valuation import price_lines
from tests.cast import Cast, Person
from tests.journey.lots import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
HEADER = (
    "element,product,specification,market,currency,unit,price_low,price_central,price_high,as_of,"
    "fx_to_usd_assumed,vat_included,source,valuation_basis"
)
NDPR = "NdPr,oxide,Pr-Nd oxide,china_domestic,CNY,t,800000,805000,810000,2026-03-02,7.1,true,Morning list,china_latest"
SAMARIUM = "Sm,oxide,99.9 %,china_domestic,CNY,t,15000,16000,17000,2026-03-02,7.1,true,Morning list,none"
TODAY = date(2026, 6, 10)


def _file(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def _ndpr() -> tuple[float, date]:
    line = price_lines(current_catalogue().prices, "china")["NdPr"]
    return round(line.usd_per_kg.central, 2), line.as_of


def test_a_newer_price_is_seen_first_then_kept_and_outlives_a_reload(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.product_admin)
    before = _ndpr()
    upload = SimpleUploadedFile("prices.csv", _file(NDPR, SAMARIUM).encode())

    checked = client.post("/catalogue/prices/import/", {"prices": upload})
    text = " ".join(checked.content.decode().split())
    assert "China domestic, NdPr" in text
    assert f"{before[0]:,.2f}" in text
    assert _ndpr() == before
    kept = client.post(
        "/catalogue/prices/import/", {"csv_text": checked.context["csv_text"], "save": "yes"}, follow=True
    )

    assert "2 prices added, 0 changed, 0 known already" in kept.content.decode()
    after = (round(805_000 / 1_000 / 1.13 / 7.1 * 1.166, 2), date(2026, 3, 2))
    assert _ndpr() == after
    DatasetLoad.objects.all().delete()
    load_reference(at=NOW)
    assert _ndpr() == after
    row = VersionedRow.objects.get(table="element_prices", is_entered=True, code__startswith="NdPr")
    assert (row.entered_by, row.data["source"]) == (cast.product_admin.user, "Morning list")
    again = client.post("/catalogue/prices/import/", {"csv_text": _file(NDPR), "save": "yes"}, follow=True)
    assert "0 prices added, 0 changed, 1 known already" in again.content.decode()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (NDPR.replace("NdPr", "Xx"), "Row 2, element: “Xx” is not one of NdPr"),
        (NDPR.replace("805000", "905000"), "Row 2, price_central: The three prices must rise"),
        (NDPR.replace("810000", "99000000"), "Row 2, price_high: High is over twenty times low"),
        (NDPR.replace("2026-03-02", "2026-31-02"), "Row 2, as_of: “2026-31-02” is not a date"),
        (NDPR.replace("2026-03-02", "2027-03-02"), "Row 2, as_of: 2027-03-02 is in the future"),
        (NDPR.replace("Morning list", ""), "Row 2, source: It is empty"),
        (NDPR.replace("7.1", ""), "Row 2, fx_to_usd_assumed: It is empty"),
        (NDPR.replace("true", "perhaps"), "Row 2, vat_included: “perhaps” is not one of true, false"),
        (SAMARIUM.replace("none", "both"), "Samarium and gadolinium are not valued"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column(row: str, words: str) -> None:
    with pytest.raises(ListErrors) as caught:
        read_price_file(_file(row).splitlines(keepends=True), today=TODAY)
    assert words in str(caught.value)


def test_every_bad_row_is_named_at_once_and_a_price_stands_once(cast: Cast, as_person: SignIn) -> None:
    text = _file(NDPR, NDPR, SAMARIUM.replace("15000", "many"))

    answer = as_person(cast.product_admin).post(
        "/catalogue/prices/import/", {"csv_text": text, "save": "yes"}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Row 3: this is the price of row 2 again" in page
    assert "Row 4, price_low: “many” is not a number" in page
    assert not VersionedRow.objects.filter(is_entered=True).exists()


def test_the_command_takes_the_same_file(cast: Cast, tmp_path: Path) -> None:
    source = tmp_path / "prices.csv"
    source.write_text(_file(NDPR).replace(",", ";"), encoding="utf-8")
    out = StringIO()

    call_command("import_prices", str(source), "--by", cast.product_admin.user.email, stdout=out)
    assert "1 prices added" in out.getvalue()
    with pytest.raises(CommandError, match="administer the product"):
        call_command("import_prices", str(source), "--by", cast.scrapyard.user.email)
    with pytest.raises(CommandError, match="Nobody with the address"):
        call_command("import_prices", str(source), "--by", "nobody@example.com")


def test_only_administrators_import_and_everybody_reads_the_payable_range(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)

    assert client.get("/catalogue/prices/import/").status_code == 403
    text = client.get("/catalogue/prices/").content.decode()
    assert "30% to 55%" in text
    assert "Samarium and gadolinium are not valued" in text
