"""The one list of checks a new lot meets, whichever door it came through.

Errors stop the lot; warnings are shown before it is logged and a person may go on. What needs the register
(is the product there, is the saved place the holder's own, is the postcode known) is looked up by the caller.
"""

from datetime import date

from collection.rules.answer_checks import ANSWER_CHECKS
from collection.rules.answers import Problem, error
from collection.rules.new_lot import NewLot
from collection.rules.plausibility import ProductFacts
from collection.rules.product_checks import PRODUCT_CHECKS

FORM_ORDER = (
    "submission_id",
    "source_kind",
    "product_code",
    "quantity",
    "unit",
    "gross",
    "tare",
    "condition",
    "is_magnetised",
    "build_year",
    "serial",
    "site",
    "postcode",
    "available_from_on",
    "intent",
    "ewc_code",
    "note",
)


def check_new_lot(new_lot: NewLot, product: ProductFacts | None, today: date) -> list[Problem]:
    """Every error and warning about a lot, in the order of the form's fields.

    `product` is None where the product code is not in the catalogue; what depends on it is then not asked.
    """
    problems = [problem for check in ANSWER_CHECKS for problem in check(new_lot, today)]
    if product is None:
        problems.append(_unknown_product(new_lot))
    else:
        problems += [problem for check in PRODUCT_CHECKS for problem in check(new_lot, product)]
    return sorted(problems, key=lambda problem: FORM_ORDER.index(problem.field))


def _unknown_product(new_lot: NewLot) -> Problem:
    return error(
        "product_code",
        "product_unknown",
        f"“{new_lot.product_code[:60]}” is not a product in the catalogue.",
        "Search by what you call it, for example “hard drive”, and choose from the list.",
    )
