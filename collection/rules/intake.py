"""The one list of checks a new lot meets, whichever door it came through.

Errors stop the lot; warnings are shown before it is logged and a person may go on. What needs the register
(is the product there, is the saved place the holder's own, is the postcode known) is looked up by the caller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from collection.rules.answer_checks import ANSWER_CHECKS
from collection.rules.answers import Problem, error
from collection.rules.dealer_record import check_dealer_record, is_wanted
from collection.rules.new_lot import NewLot, Unit
from collection.rules.plausibility import ProductFacts
from collection.rules.product_checks import PRODUCT_CHECKS
from collection.rules.sources import TurbineFacts, check_source
from collection.rules.waste_terms import check_waste_terms
from collection.rules.weighing import check_weights

FORM_ORDER = (
    "submission_id",
    "source_kind",
    "product_code",
    "quantity",
    "unit",
    "gross",
    "weight_method",
    "tare",
    "pallet",
    "net",
    "condition",
    "is_magnetised",
    "build_year",
    "drive",
    "scanner_magnet",
    "turbine_model",
    "stock_number",
    "serial",
    "maker",
    "model_name",
    "power_kw",
    "site",
    "postcode",
    "available_from_on",
    "intent",
    "ewc_code",
    "hazard",
    "hazardous_properties",
    "physical_form",
    "container_type",
    "container_count",
    "note",
    "dealer_record",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What the checks need from the register besides the product. Empty or None: not given, or not there.

    `largest_vehicle` is what reaches the saved place, `nation` where the lot is, `code_is_hazardous` what the
    list says of the waste code.
    """

    turbine: TurbineFacts | None = None
    largest_vehicle: str = ""
    nation: str = ""
    code_is_hazardous: bool | None = None


NOTHING_LOOKED_UP = LookedUp()


def check_new_lot(
    new_lot: NewLot, product: ProductFacts | None, today: date, looked_up: LookedUp = NOTHING_LOOKED_UP
) -> list[Problem]:
    """Every error and warning about a lot, in the order of the form's fields.

    `product` is None where the product code is not in the catalogue; what depends on it is then not asked.
    """
    problems = [problem for check in ANSWER_CHECKS for problem in check(new_lot, today)]
    problems += _check_weights(new_lot, looked_up)
    problems += check_source(new_lot, product, looked_up.turbine)
    problems += check_waste_terms(
        hazardous_properties=new_lot.hazardous_properties,
        physical_form=new_lot.physical_form,
        container_type=new_lot.container_type,
        container_count=new_lot.container_count,
        code_is_hazardous=looked_up.code_is_hazardous,
    )
    problems += _check_dealer_record(new_lot, today, looked_up)
    if product is None:
        problems.append(_unknown_product(new_lot))
    else:
        problems += [problem for check in PRODUCT_CHECKS for problem in check(new_lot, product)]
    return sorted(problems, key=lambda problem: FORM_ORDER.index(problem.field.partition(".")[0]))


def _check_weights(new_lot: NewLot, looked_up: LookedUp) -> Iterator[Problem]:
    is_weight = new_lot.unit in (Unit.KG_GROSS, Unit.KG_MAGNETS) and new_lot.quantity.is_finite()
    return check_weights(
        gross=new_lot.gross_grams,
        tare=new_lot.tare_grams,
        pallet=new_lot.pallet_grams,
        net=new_lot.stated_net_grams,
        method=new_lot.weight_method,
        weighed_quantity=int(new_lot.quantity * 1000) if is_weight else None,
        largest_vehicle=looked_up.largest_vehicle,
    )


def _check_dealer_record(new_lot: NewLot, today: date, looked_up: LookedUp) -> Iterator[Problem]:
    if new_lot.dealer_record is None:
        return
    if looked_up.nation and not is_wanted(source_kind=new_lot.source_kind, nation=looked_up.nation):
        yield error(
            "dealer_record",
            "not_wanted",
            "A scrap metal dealer's record belongs to lots of a scrapyard in England or Wales.",
            "Leave it out: it holds personal details that nobody needs here.",
        )
        return
    yield from check_dealer_record(new_lot.dealer_record, today)


def _unknown_product(new_lot: NewLot) -> Problem:
    return error(
        "product_code",
        "product_unknown",
        f"“{new_lot.product_code[:60]}” is not a product in the catalogue.",
        "Search by what you call it, for example “hard drive”, and choose from the list.",
    )
