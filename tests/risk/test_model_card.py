"""Regulators read the model card; only a product administrator puts a model in force, and back again."""

from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.risk import ensure_model
from collection.models import AssessmentDue, RiskModelVersion
from collection.rules.risk import SIGNALS, prior_model
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.risk.made_register import NOW, log_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

MAY_READ = {"national_regulator", "scottish_regulator", "product_admin"}
SignIn = Callable[[Person], Client]

FIGURES = {
    "rows": 90,
    "metrics": {"brier": 0.1234, "expected_kg": 1234.5},
    "reliability": [[0.1, 0.08, 45], [0.4, 0.45, 45]],
    "groups": {"holder_type": [["elv_atf", 40, 0.2, 0.25, 0.1]], "nation": []},
}


def _other_version() -> RiskModelVersion:
    active, model = ensure_model(at=NOW)
    return RiskModelVersion.objects.create(
        version="another",
        record={"model": model.as_json(), "basis": "Fitted to the register's own outcomes"},
        metrics={"compared_with": active.version, "compared": {"active": FIGURES, "fitted": FIGURES}},
        created_at=NOW,
    )


def test_regulators_and_administrators_read_the_card_and_nobody_else(cast: Cast) -> None:
    for name, person in cast.everybody().items():
        client = Client()
        client.force_login(person.user)
        assert client.get("/risk/model/").status_code == (200 if name in MAY_READ else 403), name


def test_the_card_names_every_signal_and_speaks_in_words(cast: Cast, as_person: SignIn) -> None:
    _other_version()

    page = as_person(cast.national_regulator).get("/risk/model/").content.decode()

    assert prior_model().version in page
    assert "an early warning, not an accusation" in page
    for signal in SIGNALS:
        assert signal.words.replace("'", "&#x27;") in page
    assert "vehicle dismantler" in page
    assert "elv_atf" not in page
    assert "rotor_motor" not in page
    assert "0.123" in page
    assert "Activate another" not in on_one_line(page)


def test_an_administrator_activates_and_goes_back(cast: Cast, as_person: SignIn) -> None:
    first, _ = ensure_model(at=NOW)
    other = _other_version()
    lot = log_one(cast)
    AssessmentDue.objects.all().delete()
    client = as_person(cast.product_admin)

    asked = client.get(f"/risk/model/{other.pk}/activate/")
    assert asked.status_code == 200
    assert RiskModelVersion.objects.get(is_active=True) == first

    client.post(f"/risk/model/{other.pk}/activate/")
    active = RiskModelVersion.objects.get(is_active=True)
    assert active == other
    assert active.activated_by == cast.product_admin.user
    assert list(AssessmentDue.objects.values_list("lot_id", flat=True)) == [lot.pk]
    assert f"Go back to {first.version}" in on_one_line(client.get("/risk/model/"))

    client.post(f"/risk/model/{first.pk}/activate/")
    assert RiskModelVersion.objects.get(is_active=True) == first


def test_a_regulator_cannot_put_a_model_in_force(cast: Cast, as_person: SignIn) -> None:
    first, _ = ensure_model(at=NOW)
    other = _other_version()

    answer = as_person(cast.national_regulator).post(f"/risk/model/{other.pk}/activate/")

    assert answer.status_code == 403
    assert RiskModelVersion.objects.get(is_active=True) == first
