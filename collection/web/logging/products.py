"""Products as the pages of a new lot need them: searched, picked again, counted in their units."""

from collection.models import ProductType, TurbineModel, Unit
from collection.queries.reference import find_products
from collection.queries.turbines import find_turbines, turbine_of
from collection.rules.new_lot import UNITS_OF_BASIS
from collection.rules.plausibility import ProductFacts
from collection.web.kit.lookup import Match

TURBINE = "turbine:"


def find_product(words: str) -> list[Match]:
    """Turbine models by name, and current products by what people call them, best first."""
    found = [Match(one.code, one.name, _also(one.matched, one.name)) for one in find_products(words)]
    return [*(_turbine_match(turbine) for turbine in find_turbines(words)), *found]


def turbine_of_value(value: str) -> TurbineModel | None:
    """The turbine model a picked value stands for; None where it stands for a product."""
    return turbine_of(value.removeprefix(TURBINE)) if value.startswith(TURBINE) else None


def _turbine_match(turbine: TurbineModel) -> Match:
    drive = turbine.drive_train.replace("_", " ")
    magnets = "" if turbine.has_magnets else ", no permanent magnets in its generator"
    power = f"{turbine.rated_mw.normalize():f} MW"
    return Match(f"{TURBINE}{turbine.code}", str(turbine), f"{power}, {drive}{magnets}")


def find_turbine_model(words: str) -> list[Match]:
    """Turbine models by maker or model, whether or not they hold magnets."""
    return [_model_match(turbine) for turbine in find_turbines(words, needs_figure=False)]


def resolve_turbine_model(code: str) -> Match | None:
    turbine = turbine_of(code)
    return _model_match(turbine) if turbine else None


def _model_match(turbine: TurbineModel) -> Match:
    return _turbine_match(turbine)._replace(value=turbine.code)


def resolve_product(code: str) -> Match | None:
    """A product, or a turbine model that stands for one; None for what nobody knows."""
    turbine = turbine_of_value(code)
    if turbine is not None:
        return _turbine_match(turbine)
    product = ProductType.objects.filter(code=code, is_current=True).first()
    return Match(product.code, product.name) if product else None


def current_product(code: str) -> ProductType | None:
    """A product of the catalogue; None for a code nobody knows."""
    return ProductType.objects.filter(code=code, is_current=True).first()


def units_for(product: ProductFacts | None) -> list[tuple[str, str]]:
    """The units a product can be counted in, the usual one first, as choices."""
    allowed = UNITS_OF_BASIS.get(product.unit_basis, tuple(Unit)) if product else tuple(Unit)
    return [(unit.value, Unit(unit.value).label) for unit in allowed]


def _also(matched: str, name: str) -> str:
    return f"Also called: {matched}" if matched.casefold() != name.casefold() else ""
