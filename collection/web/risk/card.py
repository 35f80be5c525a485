"""What the model card shows, as values the template writes down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collection.models import RiskModelVersion
from collection.rules.risk import RiskModel
from collection.rules.risk.card_text import CANNOT, GRADES, chance, values_of
from collection.rules.risk.priors import PRIOR_BY_SIGNAL
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.words import level_words
from collection.rules.risk_words import METRIC_WORDS
from collection.web.kit.charts import Chart, Series, lines
from collection.web.kit.numbers import percent

MOST_VERSIONS = 20
GROUP_TITLES = {"nation": "Nation", "holder_type": "Kind of holder"}


@dataclass(frozen=True)
class SignalLine:
    """One signal: its words, what it means, where its points come from, and the points of each value."""

    words: str
    sentence: str
    source: str
    grade: str
    control: str
    points: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class GroupTable:
    """Rates of each group: name, reviews, was exported, was expected, flagged though kept."""

    title: str
    rows: Sequence[tuple[str, str, str, str, str]]


@dataclass(frozen=True)
class Card:
    version: RiskModelVersion
    name: str
    basis: str
    training: dict[str, Any]
    baseline: str
    signals: Sequence[SignalLine]
    metrics: Sequence[tuple[str, str]]
    judged_rows: int
    calibration: Chart | None
    groups: Sequence[GroupTable]
    ablation: Sequence[tuple[str, str, str, str]]
    cannot: Sequence[str] = CANNOT

    @property
    def activated_by(self) -> str:
        person = self.version.activated_by
        return str(person.name) if person is not None else "the service, not a person"


@dataclass(frozen=True)
class VersionRow:
    """One version with the figures of its own trial, in the order of `METRIC_WORDS`."""

    pk: int
    version: str
    created_at: dt.datetime
    activated_at: dt.datetime | None
    is_active: bool
    figures: Sequence[str]


def figure_rows(versions: Sequence[VersionRow]) -> list[tuple[str, list[str]]]:
    """One line for each figure: its words, and its value in each version."""
    return [
        (words, [one.figures[place] for one in versions]) for place, words in enumerate(METRIC_WORDS.values())
    ]


def card_of(version: RiskModelVersion, model: RiskModel) -> Card:
    judged = _judged(version)
    before = percent(chance(model.heads["export"].baseline))
    return Card(
        version=version,
        name=str(model.about.get("name", "")),
        basis=str(version.record.get("basis", "")),
        training=version.metrics.get("training", {}),
        baseline=f"{model.heads['export'].baseline:.1f} points, a chance of {before} before any signal",
        signals=[_signal(model, name) for name in model.signals],
        metrics=[(words, _figure(judged, name)) for name, words in METRIC_WORDS.items()] if judged else [],
        judged_rows=judged.get("rows", 0),
        calibration=calibration_chart(judged.get("reliability", [])),
        groups=_groups(judged),
        ablation=_ablation(version.metrics.get("ablation", [])),
    )


def versions_table() -> list[VersionRow]:
    """The newest versions, and the active one wherever it stands."""
    versions = RiskModelVersion.objects.defer("record").order_by("-is_active", "-pk")[:MOST_VERSIONS]
    return [
        VersionRow(
            one.pk,
            one.version,
            one.created_at,
            one.activated_at,
            one.is_active,
            [_figure(_judged(one), name) for name in METRIC_WORDS],
        )
        for one in versions
    ]


def _judged(version: RiskModelVersion) -> dict[str, Any]:
    """The trial figures of a version; the first model was never fitted, so later ones judged it instead."""
    own = version.metrics.get("compared", {}).get("fitted")
    if own:
        return dict(own)
    later = RiskModelVersion.objects.filter(metrics__compared_with=version.version).order_by("-pk")
    metrics = later.values_list("metrics", flat=True).first() or {}
    return dict(metrics.get("compared", {}).get("active", {}))


def _figure(judged: dict[str, Any], name: str) -> str:
    value = judged.get("metrics", {}).get(name)
    if value is None:
        return "not known"
    return f"{value:,.0f}" if name.endswith("_kg") else f"{value:.3f}"


def _signal(model: RiskModel, name: str) -> SignalLine:
    signal, prior = SIGNAL_BY_NAME[name], PRIOR_BY_SIGNAL[name]
    named = [] if signal.is_group else list(values_of(model, name))
    return SignalLine(
        words=signal.words,
        sentence=prior.sentence,
        source=prior.source,
        grade=f"{prior.grade}: {GRADES.get(prior.grade, '')}",
        control=signal.control,
        points=[(words, f"{value:+.1f}".replace("-", "−")) for words, value in named],
    )


def calibration_chart(bins: Sequence[Sequence[float]]) -> Chart | None:
    """What was expected and what happened, in equally filled groups of the score; None without any."""
    if not bins:
        return None
    return lines(
        title="What was expected and what happened",
        summary="Reviews in ten equal groups, from the lowest chance to the highest. The lines should lie "
        "together.",
        labels=[percent(expected) for expected, _, _ in bins],
        series=[
            Series("Expected", [expected for expected, _, _ in bins]),
            Series("Was exported within 90 days", [observed for _, observed, _ in bins]),
        ],
        text=percent,
        labels_title="Expected chance",
    )


def _ablation(lines: Sequence[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """What is lost without each family: its name, then Brier score, ranking and mass caught."""
    return [
        (
            line["without"] or "Nothing: the whole model",
            f"{line['brier']:.4f}",
            f"{line['auc']:.3f}",
            percent(line["caught"]),
        )
        for line in lines
    ]


def _groups(judged: dict[str, Any]) -> list[GroupTable]:
    return [
        GroupTable(
            GROUP_TITLES[name],
            [
                (
                    (level_words(name, word) if word else "not known"),
                    f"{rows:,}",
                    percent(observed),
                    percent(expected),
                    percent(wrongly),
                )
                for word, rows, observed, expected, wrongly in found
            ],
        )
        for name, found in judged.get("groups", {}).items()
        if found
    ]
