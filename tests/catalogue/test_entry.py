"""A product type added without a deploy: found, logged and estimated; figures change by versions only."""

from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from collection.actions.reference import load_reference
from collection.models import DatasetLoad, ProductCoefficient, ProductType
from collection.queries.reference import current_catalogue, find_products
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
GRINDER: dict[str, Any] = {
    "name": "Burr coffee grinder",
    "code": "weee_coffee_grinder",
    "sector": "weee",
    "unit_basis": "per_item",
    "grade_code": "ndfeb_n",
    "low": "0.02",
    "central": "0.035",
    "high": "0.06",
    "prevalence": "40",
    "basis": "reported",
    "confidence": "low",
    "source": "Ten grinders opened at a WEEE plant, 2026",
    "source_url": "",
    "year": "2026",
    "notes": "",
    "synonyms": "coffee mill\nburr grinder\n",
    "accessibility": "3",
    "typical_form": "arc_segment",
    "service_life_years": "8",
    "preferred_route": "short_loop_hpms",
    "ewc_code": "16 02 14",
}


def test_a_new_product_is_found_logged_and_estimated_at_once(cast: Cast, as_person: SignIn) -> None:
    answer = as_person(cast.product_admin).post("/catalogue/products/new/", GRINDER)
    assert answer.status_code == 302, answer.context["form"].errors

    assert find_products("coffee mill")[0].code == "weee_coffee_grinder"
    assert (
        "Burr coffee grinder" in as_person(cast.scrapyard).get("/catalogue/?q=burr+grinder").content.decode()
    )
    lot = log(cast.scrapyard, product_code="weee_coffee_grinder", quantity=Decimal(100))
    assert lot.magnet_grams == 1_400
    made = lot.estimates.get()
    assert made.magnet_low_grams < 1_400 < made.magnet_high_grams
    assert made.coefficient_version.startswith("weee_coffee_grinder v1")
    out = StringIO()
    call_command(
        "estimate_content",
        "--product",
        "coffee mill",
        "--quantity",
        "100",
        "--catalogue",
        "current",
        stdout=out,
    )
    assert "1.400 kg" in out.getvalue()
    DatasetLoad.objects.all().delete()
    load_reference(at=NOW)
    assert "weee_coffee_grinder" in current_catalogue().products


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "weee_hdd_3_5"}, "There is a product with the code weee_hdd_3_5 already"),
        ({"code": "Coffee Grinder"}, "small letters, digits and underscores"),
        ({"name": "Hard disk drive, 3.5 inch desktop"}, "has this name already"),
        ({"low": "0.05"}, "The central figure must be at least the low one"),
        ({"high": "0.03"}, "The high figure must be at least the central one"),
        ({"unit_basis": "per_tonne_of_item", "high": "1200"}, "a tonne cannot hold more than 1,000 kg"),
        ({"prevalence": "0"}, "above 0 %"),
        ({"source": ""}, "an estimate without one is not kept"),
        ({"synonyms": "hard drive"}, "stands for weee_hdd_3_5 already"),
        ({"ewc_code": "99 99"}, "99 99"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, as_person: SignIn, changes: dict[str, str], words: str
) -> None:
    answer = as_person(cast.product_admin).post("/catalogue/products/new/", GRINDER | changes)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ProductType.objects.filter(code="weee_coffee_grinder").exists()


def test_changed_figures_are_a_new_version_that_outlives_a_reload(cast: Cast, as_person: SignIn) -> None:
    kept = log(cast.scrapyard).estimates.get()
    client = as_person(cast.product_admin)
    address = "/catalogue/products/weee_hdd_3_5/change/"
    asked = client.get(address).context["form"]
    unchanged = {name: asked.get_initial_for_field(field, name) for name, field in asked.fields.items()}

    assert client.post(address, unchanged).status_code == 302
    assert ProductCoefficient.objects.filter(product__code="weee_hdd_3_5").count() == 1
    changed = unchanged | {"central": "0.016", "synonyms": f"{unchanged['synonyms']}\nspinning rust"}
    assert client.post(address, changed).status_code == 302
    DatasetLoad.objects.all().delete()
    load_reference(at=NOW)

    version = ProductCoefficient.objects.get(product__code="weee_hdd_3_5", is_current=True)
    assert (version.version, version.magnet_kg_central) == (2, Decimal("0.016"))
    assert version.entered_by == cast.product_admin.user
    kept.refresh_from_db()
    assert kept.coefficient is not None
    assert kept.coefficient.version == 1
    assert find_products("spinning rust")[0].code == "weee_hdd_3_5"
    assert client.post(address, changed).status_code == 409


def test_only_administrators_change_the_catalogue(cast: Cast, as_person: SignIn) -> None:
    for name, person in cast.everybody().items():
        if name == "product_admin":
            continue
        client = as_person(person)
        assert client.get("/catalogue/products/new/").status_code == 403, name
        assert client.post("/catalogue/products/weee_hdd_3_5/change/", GRINDER).status_code == 403, name
        assert "Add a product" not in on_one_line(client.get("/catalogue/"))
