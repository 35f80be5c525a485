"""Reading band changes back: what a lot was scored on, and what each signal contributed then."""

from collection.models import BandChange
from collection.queries.risk import model_of
from collection.rules.risk import Explanation, explain
from collection.rules.risk.features import FeatureTable
from collection.rules.risk.frozen import thaw


def facts_of(change: BandChange) -> FeatureTable:
    """The one row of facts behind a band change."""
    return thaw(bytes(change.frozen), change.layout.columns)


def replay(change: BandChange) -> Explanation:
    """The score of a band change reckoned again, with every signal's contribution, by the model of then."""
    return explain(model_of(change.model), facts_of(change), 0)
