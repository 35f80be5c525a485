"""The catalogue: every coefficient an estimate may use, found by code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from collection.rules.content import tables
from collection.rules.content.coefficients import (
    DEFAULT_ASSUMPTIONS,
    Assumptions,
    ExchangeRate,
    Facility,
    Grade,
    Price,
    Product,
    Route,
)
from collection.rules.content.composition import Composition, composition_of


class ContentInputError(ValueError):
    """Something a person typed cannot be estimated. ``field`` names it; the message says the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownProduct(ContentInputError):
    """No such product code; the message names the nearest ones."""

    def __init__(self, code: str, near: tuple[str, ...]) -> None:
        hint = f" Did you mean {' or '.join(near)}?" if near else " See the catalogue for the list of codes."
        super().__init__("product", f"There is no product type “{code}”.{hint}")
        self.near = near


@dataclass(frozen=True, repr=False, eq=False)
class Catalogue:
    """Products, grades, prices, routes and plants, with the judgements that join them.

    A catalogue never changes and equals only itself, so what is computed from it can be kept by it.

    Built from the shipped tables by :meth:`from_csv`, or from rows of any other store by giving the same
    values.
    """

    products: Mapping[str, Product]
    grades: Mapping[str, Grade]
    prices: tuple[Price, ...]
    routes: Mapping[str, Route]
    facilities: tuple[Facility, ...]
    exchange_rate: ExchangeRate
    assumptions: Assumptions = DEFAULT_ASSUMPTIONS

    @classmethod
    def of(
        cls,
        *,
        products: Iterable[Product],
        grades: Iterable[Grade],
        prices: Iterable[Price],
        routes: Iterable[Route],
        facilities: Iterable[Facility],
        exchange_rate: ExchangeRate,
        assumptions: Assumptions = DEFAULT_ASSUMPTIONS,
    ) -> Catalogue:
        """A catalogue of the given values. Raises ValueError when a product names a grade that is not
        there."""
        catalogue = cls(
            products={product.code: product for product in products},
            grades={grade.code: grade for grade in grades},
            prices=tuple(prices),
            routes={route.code: route for route in routes},
            facilities=tuple(facilities),
            exchange_rate=exchange_rate,
            assumptions=assumptions,
        )
        for product in catalogue.products.values():
            if product.grade_code not in catalogue.grades:
                raise ValueError(
                    f"Product {product.code} names grade {product.grade_code}, which is not in the table."
                )
        return catalogue

    @classmethod
    def from_csv(cls, folder: Path | str) -> Catalogue:
        """The catalogue of a folder of shipped tables. Raises TableError naming file, row and column."""
        folder = Path(folder)
        return cls.of(
            products=tables.read_products(folder / "product_types.csv"),
            grades=tables.read_grades(folder / "magnet_grades.csv"),
            prices=tables.read_prices(folder / "element_prices.csv"),
            routes=tables.read_routes(folder / "process_routes.csv"),
            facilities=tables.read_facilities(folder / "uk_facilities.csv"),
            exchange_rate=tables.read_exchange_rate(folder / "exchange_rates.csv"),
        )

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self.products)} products, {len(self.grades)} grades>"

    def product(self, code: str) -> Product:
        """The product of a code or a synonym. Raises UnknownProduct with the nearest codes."""
        wanted = code.strip().lower()
        found = self._names.get(wanted)
        if found is None:
            raise UnknownProduct(code.strip(), self._near(wanted))
        return self.products[found]

    def grade(self, code: str) -> Grade:
        """The grade of a code. Raises ContentInputError with the nearest codes."""
        found = self.grades.get(code.strip())
        if found is None:
            near = difflib.get_close_matches(code.strip().lower(), self.grades, n=3, cutoff=0.4)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise ContentInputError("grade", f"There is no magnet grade “{code.strip()}”.{hint}")
        return found

    def with_product(self, product: Product) -> Catalogue:
        """The same catalogue with one product put in or replaced, such as one sharpened for a lot."""
        return replace(self, products={**self.products, product.code: product})

    def composition(self, grade_code: str, build_year: int | None) -> Composition:
        """The alloy of a grade in a build year, computed once."""
        key = (grade_code, build_year)
        if key not in self._compositions:
            self._compositions[key] = composition_of(self.grade(grade_code), build_year, self.assumptions)
        return self._compositions[key]

    @cached_property
    def _compositions(self) -> dict[tuple[str, int | None], Composition]:
        return {}

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {alias.lower(): p.code for p in self.products.values() for alias in p.synonyms}
        return names | {code.lower(): code for code in self.products}

    def _near(self, wanted: str) -> tuple[str, ...]:
        by_code = difflib.get_close_matches(wanted, self._names, n=3, cutoff=0.5)
        words = set(wanted.replace("_", " ").split())
        by_name = sorted(
            (p.code for p in self.products.values() if words & set(p.name.lower().replace(",", "").split())),
            key=lambda code: -difflib.SequenceMatcher(None, wanted, code).ratio(),
        )
        codes = [self._names[name] for name in by_code] + by_name
        return tuple(dict.fromkeys(codes))[:3]
