"""The card that is shipped is the model that is shipped; every signal has its place in the ablation."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from collection.actions.risk import ensure_model
from collection.actions.risk_models import keep_ablation
from collection.rules.risk import SIGNALS, TrainingSet, prior_model
from collection.rules.risk.ablation import FAMILIES, ablate
from collection.rules.risk.card_text import model_card_text
from collection.rules.risk_review import split_by_time
from tests.risk.made_register import NOW
from tests.rules.risk.conftest import history, rows, world

__all__ = ["history", "rows", "world"]
SHIPPED = Path(settings.BASE_DIR) / "docs" / "export-risk-model-card.md"


def test_the_shipped_card_is_up_to_date() -> None:
    call_command("write_risk_model_card", "--shipped", "--check", "--out", str(SHIPPED))


def test_a_card_that_is_not_up_to_date_is_found_out(tmp_path: Path) -> None:
    old = tmp_path / "card.md"
    old.write_text(SHIPPED.read_text(encoding="utf-8").replace("-35", "-34").replace("−35", "−34"))
    with pytest.raises(CommandError, match="not up to date"):
        call_command("write_risk_model_card", "--shipped", "--check", "--out", str(old))
    call_command("write_risk_model_card", "--shipped", "--out", str(old))
    assert old.read_text(encoding="utf-8") == model_card_text(prior_model())


def test_every_signal_is_in_one_family_and_on_the_card() -> None:
    placed = [name for signals in FAMILIES.values() for name in signals]
    assert sorted(placed) == sorted(signal.name for signal in SIGNALS)
    text = model_card_text(prior_model())
    assert all(f"**{signal.words}.**" in text for signal in SIGNALS)


def test_leaving_out_what_matters_costs_most(rows: TrainingSet) -> None:
    """In a world where holders differ and offers bind, these families must show."""
    split = split_by_time(rows)
    assert split is not None
    family = "Domestic offer, contract or hold"
    whole, lesser = ablate(rows.rows(split.learn), rows.rows(split.judge), [family])
    assert (whole.without, lesser.without) == ("", family)
    assert lesser.auc < whole.auc
    assert lesser.brier > whole.brier


@pytest.mark.django_db
def test_the_card_shows_the_table_that_was_kept() -> None:
    version, _ = ensure_model(at=NOW)
    assert keep_ablation([{"without": "", "brier": 0.1, "auc": 0.75, "caught": 0.3}]) == version.version
    version.refresh_from_db()
    assert "0.10000" in model_card_text(prior_model(), metrics=version.metrics)
