"""The planner's weights, and what each of them costs, in words."""

from collections.abc import Mapping
from typing import Any

from collection.actions.plans import wishes_of
from collection.models import Plan
from collection.rules.planning.answer import PlanAnswer, WeightCost
from collection.rules.planning.worth import ELEMENT_NAMES, ELEMENTS
from collection.rules.spoken_mass import mass
from collection.web.kit.components import SummaryRow
from collection.web.kit.numbers import pounds

GRAMS_PER_KG = 1000


def element_words(settings: Mapping[str, Any]) -> str:
    """ "Dysprosium 3 ×, terbium 3 ×, the rest at market value"."""
    weights = {element: settings[f"{element.lower()}_weight"] for element in ELEMENTS}
    said = [f"{ELEMENT_NAMES[element]} {weight:g} ×" for element, weight in weights.items() if weight != 1]
    return f"{', '.join(said)}; the rest at market value" if said else "All at market value"


def weight_rows(plan: Plan, answer: PlanAnswer) -> list[SummaryRow]:
    """A line for every weight that is not 1; a plan that was never compared says how to have it compared."""
    if answer.weight_costs:
        return [
            SummaryRow(f"{each.name}, {each.weight:g} ×", weight_words(each)) for each in answer.weight_costs
        ]
    wishes = wishes_of(plan)
    if any(wishes[name] != 1 for name in ("saving_weight", "ndpr_weight", "dy_weight", "tb_weight")):
        return [
            SummaryRow("Your weights", "Not compared yet. Search on from this plan to see what they cost.")
        ]
    return [SummaryRow("Every weight is 1", "Only what pays for its miles at market value is fetched.")]


def weight_words(cost: WeightCost) -> list[str]:
    """What the weight costs, what it brings, and how that was found."""
    found = f"Found by searching {cost.searched_s:g} seconds for a plan with this weight at 1."
    if cost.changes_nothing:
        return ["Makes no difference: with this weight at 1 the same stops are fetched.", found]
    lines = [
        f"{_more(cost.pence, pounds)} and {_more(cost.metres, _kilometres)}, for "
        f"{_more(cost.saved_grams, mass)} of magnets kept: {_more(cost.saved_ndpr_grams, mass)} neodymium and "
        f"praseodymium, {_more(cost.saved_dytb_grams, mass)} dysprosium and terbium."
    ]
    if cost.pence > 0 and cost.saved_grams > 0:
        each = round(cost.pence * GRAMS_PER_KG / cost.saved_grams)
        lines.append(f"{pounds(each)} for each kilogram more.")
    return [*lines, found]


def _more(amount: int, words: Any) -> str:
    return f"{words(abs(amount))} {'less' if amount < 0 else 'more'}"


def _kilometres(metres: int) -> str:
    return f"{metres / 1000:,.0f} km"
