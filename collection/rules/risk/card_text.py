"""The model card as a document, written from the model record alone, so that it cannot disagree with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from collection.rules.risk.ablation import FAMILIES
from collection.rules.risk.model import HEADS, RiskModel
from collection.rules.risk.priors import BASE_RATE, BASE_RATE_HIGH, BASE_RATE_LOW, PRIOR_BY_SIGNAL
from collection.rules.risk.scoring import probability
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.words import level_words, number_words

GRADES = {
    "A": "official or peer-reviewed",
    "B": "named trade source or regulator",
    "C": "by analogy",
    "D": "judgement",
}
HEAD_WORDS = {
    "export": "exported within 90 days",
    "export_60": "exported within 60 days, given within 90",
    "export_30": "exported within 30 days, given within 60",
    "retained": "reaches a UK plant within 90 days, given no export",
    "lost": "lost within 90 days, given neither",
}
IS_CHANGE = ("price_gap", "ndpr_change")
MOST_VALUES = 12
CANNOT = (
    "It says how often lots like this one left, not what this holder intends. A score starts an offer or a call; "
    "it is no accusation and blocks no lawful sale.",
    "It knows only exports somebody recorded. A lot that left unseen teaches it nothing.",
    "Points by judgement (grade D) are starting points until outcomes move them.",
    "Offers, bids, broker visits and dispatches count only where somebody reported them; “not known” has its own "
    "small points and is never the safest value.",
    "A holder who declares to sell here lowers the score a little, never below a floor.",
    "A sudden rule or price change is learnt only after it has happened.",
)


def chance(points: float) -> float:
    """Points as a probability."""
    return float(probability(np.array([points]))[0])


def model_card_text(model: RiskModel, *, metrics: Mapping[str, Any] | None = None) -> str:
    """Markdown. `metrics` are those kept beside a fitted version; a model without outcomes has none."""
    parts = [_head(model), _figures(metrics or {}), _ablation(metrics or {}), _signals(model), _ends(model)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(model: RiskModel) -> str:
    about, baseline = model.about, model.heads["export"].baseline
    lines = [
        "# Export-risk model card",
        "Written by `manage.py write_risk_model_card` from the model record; change the model, not this page.",
        f"**{about.get('name', 'Model')}, version `{model.version}`.** {about.get('note', '')}".strip(),
        "**What it says.** For each open lot: the probability that it is exported within 30, 60 and 90 days, that "
        "it reaches a UK plant, and that it is lost. Ten points double the odds. The score is the baseline plus "
        "the points of every signal, and nothing else.",
        f"**Baseline.** {baseline:.1f} points before any signal, a chance of {chance(baseline):.0%} within 90 days. "
        f"The assumed rate of a typical lot is {BASE_RATE:.0%} ({BASE_RATE_LOW:.0%} to {BASE_RATE_HIGH:.0%}).",
    ]
    if about.get("trained_rows"):
        lines.append(
            f"**Training.** {about['trained_rows']:,} monthly reviews of {about['lots']:,} lots, of which "
            f"{about['closed_lots']:,} had ended, on {about['separate_days']} days; what was recorded before "
            f"{about.get('trained_before', 'the day of the fit')}. Held towards the expert points by a factor of "
            f"{about['prior_hold']}. Data fingerprint `{about['data_hash']}`."
        )
    lines.append("**What it cannot do.**\n\n" + "\n".join(f"- {line}" for line in CANNOT))
    return "\n\n".join(lines)


def _figures(metrics: Mapping[str, Any]) -> str:
    judged = metrics.get("compared", {}).get("fitted")
    if not judged:
        return (
            "## How good it was\n\nNot judged on outcomes yet. Backtests on synthetic histories are in "
            "[Export risk backtests](export-risk-backtests.md)."
        )
    lines = [f"| {name.replace('_', ' ')} | {value:,.4g} |" for name, value in judged["metrics"].items()]
    return "\n".join(
        [
            f"## How good it was\n\nOn {judged['rows']:,} later reviews.\n",
            "| figure | value |",
            "|---|---|",
            *lines,
        ]
    )


def _ablation(metrics: Mapping[str, Any]) -> str:
    lines: Sequence[Mapping[str, Any]] = metrics.get("ablation", ())
    if not lines:
        return ""
    rows = [
        f"| {line['without'] or 'nothing: the whole model'} | {line['brier']:.5f} | {line['auc']:.4f} | "
        f"{line['caught']:.3f} |"
        for line in lines
    ]
    return "\n".join(
        [
            "## What each family of signals is worth\n",
            "| without | Brier | AUC | mass caught |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def _signals(model: RiskModel) -> str:
    known = [name for name in model.signals if name in SIGNAL_BY_NAME]
    parts = ["## What it looks at"]
    for family, signals in FAMILIES.items():
        own = [name for name in known if name in signals]
        if own:
            parts.append(f"### {family}")
            parts += [_signal(model, name) for name in own]
    return "\n\n".join(parts)


def _signal(model: RiskModel, name: str) -> str:
    signal, prior = SIGNAL_BY_NAME[name], PRIOR_BY_SIGNAL[name]
    about = (
        f"**{signal.words}.** {prior.sentence} Source: {prior.source}; grade {prior.grade} "
        f"({GRADES[prior.grade]}). Whose word: {signal.control}."
    )
    if signal.floor is not None:
        about += f" Takes off at most {-signal.floor:g} points."
    if signal.is_group:
        return about + " Each has points of its own, pulled towards nought while its record is short."
    values = [f"{words} {points:+.1f}" for words, points in values_of(model, name)]
    return about + "\n\n> " + "; ".join(values).replace("-", "−")


def values_of(model: RiskModel, name: str) -> Iterator[tuple[str, float]]:
    """Each value of a signal in words with its points in the export score; "not known" comes last."""
    signal, shape = SIGNAL_BY_NAME[name], model.shapes[name]
    points = model.heads["export"].points.get(name, (0.0,) * shape.slots)
    if shape.knots:
        for knot, value in zip(shape.knots, points[:-1], strict=True):
            words = (
                f"{knot:+.1f} in log-odds"
                if signal.unit == "logits"
                else number_words(signal.unit, knot, is_change=name in IS_CHANGE)
            )
            yield words, value
    else:
        for level, value in zip(shape.levels, points[:-1], strict=True):
            yield level_words(name, level), value
    yield "not known", points[-1]


def _ends(model: RiskModel) -> str:
    rows = [
        f"| {HEAD_WORDS[head]} | {model.heads[head].baseline:.1f} | "
        f"{', '.join(SIGNAL_BY_NAME[n].words for n, v in model.heads[head].points.items() if any(v)) or 'none'} |"
        for head in HEADS
        if head != "export"
    ]
    return "\n".join(
        ["## The other ends\n", "| chance | baseline | signals that move it |", "|---|---|---|", *rows]
    )
