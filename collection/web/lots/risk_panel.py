"""How likely a lot is to leave the country, and why, as its page shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from collection.actions.custody import LONDON
from collection.models import Band, Lot, Score
from collection.queries.risk import explanation_of
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.risk import Explanation
from collection.rules.risk.card_text import chance
from collection.rules.spoken_mass import mass
from collection.web.kit.components import Contribution
from collection.web.kit.numbers import percent

REASONS_SHOWN = 6
LEAST_POINTS = 0.05


@dataclass(frozen=True)
class RiskPanel:
    """`is_waiting` while the lot is open and nobody has scored it yet; what holds nothing is never scored."""

    is_open: bool
    is_waiting: bool
    holds_nothing: bool
    band: str
    chances: Sequence[tuple[str, str]]
    in_a_sentence: str
    reasons: Sequence[Contribution]
    total: str
    kept: Sequence[str]
    remedies: Sequence[str]
    how_sure: str
    model: str


def risk_panel(lot: Lot, score: Score | None, *, at: dt.datetime) -> RiskPanel:
    """The panel of one lot; the explanation is worked out anew from the lot as it is."""
    is_open, holds_nothing = lot.state in OPEN_STATES, not lot.magnet_grams
    explanation = explanation_of(lot, at=at) if is_open and score is not None else None
    if score is None or explanation is None:
        is_waiting = is_open and score is None and not holds_nothing
        return RiskPanel(is_open, is_waiting, holds_nothing, "", (), "", (), "", (), (), "", "")
    return RiskPanel(
        is_open=True,
        is_waiting=False,
        holds_nothing=False,
        band=Band(score.band).label.lower(),
        chances=[
            ("within 30 days", percent(score.p30)),
            ("within 60 days", percent(score.p60)),
            ("within 90 days", percent(score.p90)),
        ],
        in_a_sentence=explanation.in_a_sentence,
        reasons=_reasons(explanation),
        total=_total(explanation),
        kept=[_kept(lot, days, share, at) for days, share in explanation.kept_if_fetched if share > 0],
        remedies=[_remedy(remedy.words, remedy.p90) for remedy in explanation.remedies],
        how_sure=explanation.how_sure,
        model=score.model.version,
    )


def _reasons(explanation: Explanation) -> list[Contribution]:
    """The weightiest reasons one by one, the rest as one bar, so that the bars add up to the total."""
    felt = [reason for reason in explanation.reasons if abs(reason.points) >= LEAST_POINTS]
    shown = [
        Contribution(f"{r.words}: {r.value}" if r.value else r.words, r.points, r.sentence)
        for r in felt[:REASONS_SHOWN]
    ]
    rest = sum(reason.points for reason in explanation.reasons) - sum(one.points for one in shown)
    if abs(rest) >= LEAST_POINTS:
        shown.append(Contribution("Everything else", rest))
    return shown


def _total(explanation: Explanation) -> str:
    added = f"{explanation.points - explanation.baseline:+.1f}".replace("-", "−")
    return (
        f"With no reason either way the chance would be {percent(chance(explanation.baseline))}. Together these "
        f"reasons come to {added} points and make it {percent(explanation.p90)} within 90 days. Ten points more "
        "double the odds."
    )


def _kept(lot: Lot, days: int, share: float, at: dt.datetime) -> str:
    """What fetching the lot by a day is worth: the magnets that would else have left after it."""
    day = (at + dt.timedelta(days=days)).astimezone(LONDON)
    return f"by {day:%-d %B}: {mass(round(lot.magnet_grams * share))} of magnets"


def _remedy(words: str, p90: float) -> str:
    return f"{words}: {percent(p90)} within 90 days instead."
