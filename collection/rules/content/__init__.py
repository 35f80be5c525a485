"""How much magnet and which rare earths a lot holds, with an honest interval."""

from collection.rules.content.arrays import ContentArrays, LotArrays, ProductArrays, estimate_many
from collection.rules.content.catalogue import Catalogue, ContentInputError, UnknownProduct
from collection.rules.content.composition import Composition, composition_of
from collection.rules.content.estimate import ContentEstimate, estimate
from collection.rules.content.inputs import EVIDENCE_CLASSES, LotInput
from collection.rules.content.sums import ContentSum, LedgerMass, sum_estimates, sum_ledger, sum_many
from collection.rules.routes import Condition, RouteAdvice, advise_route, mixing_problems
from collection.rules.spread import Spread, WholeGrams
from collection.rules.valuation import Valuation, value

__all__ = [
    "EVIDENCE_CLASSES",
    "Catalogue",
    "Composition",
    "Condition",
    "ContentArrays",
    "ContentEstimate",
    "ContentInputError",
    "ContentSum",
    "LedgerMass",
    "LotArrays",
    "LotInput",
    "ProductArrays",
    "RouteAdvice",
    "Spread",
    "UnknownProduct",
    "Valuation",
    "WholeGrams",
    "advise_route",
    "composition_of",
    "estimate",
    "estimate_many",
    "mixing_problems",
    "sum_estimates",
    "sum_ledger",
    "sum_many",
    "value",
]
