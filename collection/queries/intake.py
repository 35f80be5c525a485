"""What the checks of a new lot need from the register."""

from collection.models import Site, SupplyClass, TurbineModel, WasteCode
from collection.queries.turbines import turbine_of
from collection.rules.intake import LookedUp
from collection.rules.new_lot import NewLot
from collection.rules.sources import TurbineFacts


def look_up(new_lot: NewLot, *, nation: str, site: Site | None) -> LookedUp:
    """Turbine model and waste code of a lot, where it names any; one query each."""
    turbine = turbine_of(new_lot.turbine_model) if new_lot.turbine_model else None
    return LookedUp(
        turbine=turbine_facts(turbine) if turbine else None,
        largest_vehicle=site.largest_vehicle if site else "",
        nation=nation,
        code_is_hazardous=code_is_hazardous(new_lot.ewc_code),
    )


def turbine_facts(turbine: TurbineModel) -> TurbineFacts:
    """A turbine model in the words of the rules; `product` has to be fetched with it."""
    return TurbineFacts(
        code=turbine.code,
        name=turbine.name,
        maker=turbine.manufacturer,
        rated_mw=turbine.rated_mw,
        drive_train=turbine.drive_train,
        generator=turbine.generator,
        has_magnets=turbine.has_magnets,
        product_code=turbine.product.code if turbine.product else "",
    )


def code_is_hazardous(ewc_code: str) -> bool | None:
    """What the list says of a code of six digits; None where there is no such code."""
    if not ewc_code:
        return None
    return WasteCode.objects.filter(code=ewc_code).values_list("is_hazardous", flat=True).first()


def supply_class_of(stock_number: str) -> SupplyClass | None:
    """The supply class that the first four figures of a stock number name."""
    return SupplyClass.objects.filter(code=stock_number[:4]).first()
