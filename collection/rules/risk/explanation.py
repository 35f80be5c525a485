"""Why a lot has its score, in words a yard owner can follow; and what would lower it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from collection.rules.risk.counterfactual import saved_kg
from collection.rules.risk.features import Category, FeatureTable
from collection.rules.risk.model import RiskModel
from collection.rules.risk.priors import PRIOR_BY_SIGNAL
from collection.rules.risk.scoring import Scores, score
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.words import level_words, number_words

FETCHED_IN = (7, 30, 60)
SAID, WORTH_SAYING = 2, 1.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal of one lot: `value` as read, `points` added, and the sentence behind them."""

    signal: str
    words: str
    value: str
    points: float
    sentence: str
    source: str
    grade: str
    control: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that would lower the score, and the probability of export after it."""

    words: str
    points: float
    p90: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """`baseline + sum(reason.points) == points`; reasons come largest first.

    `kept_if_fetched` has (days from now, share of the lot's mass that would otherwise leave after that day).
    """

    p30: float
    p60: float
    p90: float
    p_retained: float
    p_lost: float
    points: float
    baseline: float
    reasons: tuple[Reason, ...]
    remedies: tuple[Remedy, ...]
    kept_if_fetched: tuple[tuple[int, float], ...]
    missing: tuple[str, ...]

    @property
    def in_a_sentence(self) -> str:
        """What a person would say when asked why: the two weightiest reasons on either side."""
        raises = [_spoken(r) for r in self.reasons if r.points >= WORTH_SAYING][:SAID]
        lowers = [_spoken(r) for r in self.reasons if r.points <= -WORTH_SAYING][:SAID]
        said = []
        if raises:
            said.append(f"What raises it most is {' and '.join(raises)}.")
        if lowers:
            said.append(f"What lowers it most is {' and '.join(lowers)}.")
        return " ".join(said) or "No single fact says much either way."

    @property
    def how_sure(self) -> str:
        """A plain sentence on how much of the record the score rests on."""
        total = sum(not SIGNAL_BY_NAME[reason.signal].is_group for reason in self.reasons)
        known = total - len(self.missing)
        if known >= 0.8 * total:
            return f"{known} of {total} facts are on record."
        return f"Only {known} of {total} facts are on record; the score would move as they are filled in."


def explain(model: RiskModel, features: FeatureTable, i: int) -> Explanation:
    """Explain row `i` of the table."""
    one = features.rows(slice(i, i + 1))
    scores = score(model, one, contributions=True)
    parts = scores.contributions if scores.contributions is not None else np.zeros((1, 0))
    values = {name: SIGNAL_BY_NAME[name].read(one, model.settings) for name in model.signals}
    reasons = [
        _reason(name, values[name], float(points))
        for name, points in zip(model.signals, parts[0], strict=True)
    ]
    reasons.sort(key=lambda reason: (-abs(reason.points), reason.signal))
    missing = tuple(
        SIGNAL_BY_NAME[name].words
        for name, value in values.items()
        if not SIGNAL_BY_NAME[name].is_group and _value_text(name, value) == ""
    )
    return Explanation(
        p30=float(scores.p30[0]),
        p60=float(scores.p60[0]),
        p90=float(scores.p90[0]),
        p_retained=float(scores.p_retained[0]),
        p_lost=float(scores.p_lost[0]),
        points=float(scores.points[0]),
        baseline=scores.baseline,
        reasons=tuple(reasons),
        remedies=_remedies(model, one, float(scores.points[0])),
        kept_if_fetched=tuple(zip(FETCHED_IN, _kept(scores), strict=True)),
        missing=missing,
    )


def _spoken(reason: Reason) -> str:
    """A reason inside a sentence; a holder's or site's own record has nothing to add to its name."""
    first = reason.words.split()[0]
    is_name = first[1:] != first[1:].lower()
    words = reason.words if is_name else reason.words[0].lower() + reason.words[1:]
    return words if SIGNAL_BY_NAME[reason.signal].is_group else f"{words} ({reason.value})"


def _kept(scores: Scores) -> list[float]:
    days = np.array(FETCHED_IN, dtype=np.float64)
    return [float(share) for share in saved_kg(scores, np.ones(1), days)[0]]


def _value_text(name: str, value: np.ndarray | Category) -> str:
    if isinstance(value, Category):
        return level_words(name, str(value.words()[0]))
    if np.isnan(value[0]):
        return ""
    is_change = name in ("price_gap", "ndpr_change")
    return number_words(SIGNAL_BY_NAME[name].unit, float(value[0]), is_change=is_change)


def _reason(name: str, value: np.ndarray | Category, points: float) -> Reason:
    signal, prior = SIGNAL_BY_NAME[name], PRIOR_BY_SIGNAL[name]
    text = _value_text(name, value) or "not known"
    return Reason(name, signal.words, text, points, prior.sentence, prior.source, prior.grade, signal.control)


def _with_status(table: FeatureTable, status: str) -> FeatureTable:
    words = {**table.words, "status": Category.of([status] * len(table))}
    return replace(table, words=words)


def _remedies(model: RiskModel, one: FeatureTable, points: float) -> tuple[Remedy, ...]:
    """Acts within the collector's reach that lower the score: an offer, a matching price, a pickup."""
    changed = [
        ("A booked pickup", _with_status(one, "booked")),
        ("An offer on the table", _with_status(one, "offered")),
    ]
    bid = one.number("export_bid_gbp_kg")
    if bid[0] > one.number("domestic_price_gbp_kg")[0]:
        matched = replace(one, numbers={**one.numbers, "domestic_price_gbp_kg": bid})
        changed.append(
            (f"An offer at £{bid[0]:,.2f} a kg, equal to the export bid", _with_status(matched, "offered"))
        )
    remedies = []
    for words, table in changed:
        after = score(model, table)
        if after.points[0] < points - 0.05:
            remedies.append(Remedy(words, float(after.points[0] - points), float(after.p90[0])))
    return tuple(sorted(remedies, key=lambda remedy: remedy.p90))
