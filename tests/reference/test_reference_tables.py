"""What the loaded reference tables say: counts, places, plants, codes, and the catalogue made of them."""

import csv
import datetime as dt
from decimal import Decimal

import pytest

from collection.actions.reference.tables import SHIPPED
from collection.models import (
    Facility,
    Outcode,
    Port,
    ProductCoefficient,
    ProductType,
    Region,
    Source,
    SupplyClass,
    TurbineModel,
    VersionedRow,
    WasteCode,
)
from collection.queries.reference import current_catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_reference")]


def test_every_shipped_row_arrives() -> None:
    assert ProductType.objects.count() == 71
    assert ProductCoefficient.objects.filter(is_current=True, version=1).count() == 71
    assert VersionedRow.objects.filter(table="magnet_grades").count() == 19
    assert VersionedRow.objects.filter(table="element_prices").count() == 44
    assert VersionedRow.objects.filter(table="process_routes").count() == 11
    assert Region.objects.count() == 12
    assert Outcode.objects.count() == 3002
    assert Port.objects.count() == 214
    assert Port.objects.filter(is_listed=True).count() == 96
    assert WasteCode.objects.count() == 842
    assert SupplyClass.objects.count() == 764
    assert TurbineModel.objects.count() == 103
    assert Source.objects.filter(kind="scrapyard").count() == 266
    assert Source.objects.filter(kind="wind").count() == 31


def test_exactly_the_plants_that_take_lots_are_marked_as_receiving() -> None:
    receiving = Facility.objects.filter(accepts_lots=True).values_list("code", flat=True)
    assert set(receiving) == {"hypromag_tyseley", "ionic_belfast_demo", "emr_preprocessing"}


def test_a_wind_farm_knows_when_it_will_be_taken_down() -> None:
    beatrice = Source.objects.get(code="repd:2521:siemens_swt_7_0_154")
    assert beatrice.commissioned_on == dt.date(2019, 8, 5)
    assert beatrice.expected_decommissioning_year == 2044
    assert (beatrice.capacity_mw, beatrice.unit_count) == (Decimal(588), 84)
    assert beatrice.product is not None
    assert beatrice.product.code == "wind_dd_pmsg_offshore"
    assert beatrice.region is not None
    assert beatrice.region.itl1_code == "TLM"


def test_a_farm_of_two_models_is_two_sources_whose_power_is_not_counted_twice() -> None:
    walney = Source.objects.filter(code__startswith="repd:2533:")
    assert {source.capacity_mw for source in walney} == {Decimal(320), Decimal(329)}
    assert sum(source.unit_count or 0 for source in walney) == 87


def test_a_farm_not_yet_built_has_no_end_of_life() -> None:
    sofia = Source.objects.get(code__startswith="repd:6556:")
    assert (sofia.status, sofia.commissioned_on, sofia.expected_decommissioning_year) == (
        "Under Construction",
        None,
        None,
    )


def test_a_scrapyard_shows_a_company_but_never_a_person() -> None:
    companies = [source.data["company"] for source in Source.objects.filter(kind="scrapyard")]
    shown = [name for name in companies if name]
    assert len(shown) > 50
    assert all(
        name.upper().rstrip(".").endswith(("LTD", "LIMITED", "PLC", "LLP", "COUNCIL")) for name in shown
    )
    assert Source.objects.filter(kind="scrapyard", data__has_key="operator").count() == 0


def test_no_source_lies_at_nought() -> None:
    assert not Source.objects.filter(lat=0, lon=0).exists()
    assert not Source.objects.filter(lat=None).exists()


def test_waste_codes_are_described_in_our_own_words() -> None:
    assert WasteCode.objects.get(code="160216").description.startswith("Component taken from equipment")
    assert "Mining" in WasteCode.objects.get(code="010101").description
    listed = (SHIPPED / "dwt_ewc_codes.csv").read_text(encoding="utf-8").splitlines()
    theirs = {row["code"]: row["description"].casefold() for row in csv.DictReader(listed)}
    assert [
        code.code for code in WasteCode.objects.all() if code.description.casefold() == theirs[code.code]
    ] == []


def test_a_product_keeps_its_waste_code_as_digits() -> None:
    assert ProductType.objects.get(code="weee_aircon_compressor").ewc_code == "160213"


def test_the_catalogue_of_the_database_equals_the_catalogue_of_the_files() -> None:
    stored, shipped = current_catalogue(), type(current_catalogue()).from_csv(SHIPPED)
    assert stored.prices == shipped.prices
    assert dict(stored.routes) == dict(shipped.routes)
    assert stored.facilities == shipped.facilities
    assert stored.exchange_rate == shipped.exchange_rate
    for code, product in shipped.products.items():
        assert stored.products[code].magnet_kg == product.magnet_kg
        assert stored.products[code].prevalence == product.prevalence
        assert stored.products[code].typical_grade == product.typical_grade
    for code, grade in shipped.grades.items():
        assert stored.grades[code].fractions == grade.fractions
