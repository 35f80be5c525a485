"""How much magnet and which rare earths are in a lot, or in every lot of a file."""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from collection.queries.catalogue import current_catalogue
from collection.rules.content import (
    Catalogue,
    ContentEstimate,
    ContentInputError,
    LotInput,
    RouteAdvice,
    Spread,
    Valuation,
    advise_route,
    estimate,
    value,
)
from collection.rules.content.inputs import EVIDENCE_CLASSES
from collection.rules.content.listing import (
    HEADER,
    estimate_list,
    kilograms,
    output_rows,
    own_columns,
    read_list,
)
from collection.rules.content.sheet import ListErrors
from collection.rules.valuation import BasisValue, MoneyRange

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = (
        "Estimates magnet mass and rare earths with an 80 % interval. "
        "One lot: --product CODE --quantity Q. Many: --csv IN.csv --out OUT.csv."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--product", help="product type code, such as auto_bev_traction_motor")
        parser.add_argument("--quantity", help="how many, in --unit")
        parser.add_argument("--unit", help="item, MW, kW, kg, tonne, or kg_magnet for freed magnets")
        parser.add_argument("--build-year", help="year the product was made")
        parser.add_argument("--evidence", help="evidence class A to E, or a word such as weighed or counted")
        parser.add_argument("--magnet-kg-weighed", help="weight of the freed magnets of the lot")
        parser.add_argument("--grade", help="magnet grade code, where marked or tested")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--catalogue",
            choices=["shipped", "current"],
            default="shipped",
            help="the tables shipped with the project (needs no database), or those in force in the register",
        )
        parser.add_argument("--csv", help="file of lots to estimate together")
        parser.add_argument("--out", help="file to write them to, with a TOTAL row")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = _catalogue_in_force() if options["catalogue"] == "current" else Catalogue.from_csv(DATA)
        if options["csv"]:
            self._estimate_file(catalogue, options)
        else:
            self._estimate_one(catalogue, options)

    def _estimate_one(self, catalogue: Catalogue, options: dict[str, Any]) -> None:
        if not options["product"] or options["quantity"] is None:
            raise CommandError("Give --product and --quantity for one lot, or --csv and --out for many.")
        try:
            result = estimate(catalogue, _lot(options))
        except ContentInputError as problem:
            raise CommandError(f"{problem.field}: {problem}") from None
        advice = advise_route(catalogue, result)
        worth = value(result, catalogue, route_code=advice.route_code)
        account = estimate_account(result, worth, advice)
        if options["format"] == "json":
            self.stdout.write(json.dumps(account, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(result, worth, advice)))

    def _estimate_file(self, catalogue: Catalogue, options: dict[str, Any]) -> None:
        source = Path(options["csv"])
        if not options["out"]:
            raise CommandError("Say where to write the estimates: add --out OUT.csv.")
        target = Path(options["out"])
        if target.resolve() == source.resolve():
            raise CommandError(
                "--out names the file to be read: choose another name, so that nothing typed is lost."
            )
        try:
            with source.open(encoding="utf-8-sig", newline="") as handle:
                lots = read_list(catalogue, handle)
        except FileNotFoundError:
            raise CommandError(f"There is no file {source}. Check --csv.") from None
        except OSError as problem:
            raise CommandError(f"{source} cannot be read: {problem.strerror}. Check --csv.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{source} is not UTF-8 text. Save it as “CSV UTF-8” and try again.") from None
        except ListErrors as problems:
            raise CommandError(f"{source} was not estimated:\n{problems}") from None
        arrays, total = estimate_list(catalogue, lots)
        try:
            with target.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, (*HEADER, *own_columns(lots)))
                writer.writeheader()
                writer.writerows(output_rows(lots, arrays, total))
        except OSError as problem:
            raise CommandError(f"{target} cannot be written: {problem.strerror}. Check --out.") from None
        self.stdout.write(f"{len(lots)} lots written to {target}; magnets in total {_text(total.magnet)}.")


def _catalogue_in_force() -> Catalogue:
    try:
        return current_catalogue()
    except (DatabaseError, ValueError) as problem:
        raise CommandError(
            f"The register's catalogue cannot be read ({problem}). "
            "Run “make setup”, or use --catalogue shipped."
        ) from None


def _lot(options: dict[str, Any]) -> LotInput:
    weighed = _number(options, "magnet_kg_weighed")
    quantity = _number(options, "quantity")
    year = _number(options, "build_year")
    if year is not None and not year.is_integer():
        raise ContentInputError("build_year", f"“{options['build_year']}” is not a year such as 2014.")
    return LotInput(
        product_code=options["product"],
        quantity=float("nan") if quantity is None else quantity,
        unit=options["unit"],
        build_year=None if year is None else int(year),
        evidence=options["evidence"],
        magnet_grams_weighed=None if weighed is None else weighed * 1000,
        grade_code=options["grade"],
    )


def _number(options: dict[str, Any], name: str) -> float | None:
    """A number typed after an option, None where it was left out. Raises ContentInputError naming it."""
    text = options[name]
    if text is None or text == "":
        return None
    try:
        return float(text)
    except ValueError:
        raise ContentInputError(name, f"“{text}” is not a number. Use digits and a point.") from None


def estimate_account(result: ContentEstimate, worth: Valuation, advice: RouteAdvice) -> dict[str, Any]:
    """The estimate as one JSON object."""
    quantity = float(result.lot.quantity)
    return {
        "product": result.product.code,
        "product_name": result.product.name,
        "quantity": int(quantity) if quantity.is_integer() else quantity,
        "unit": result.lot.unit or result.product.unit,
        "build_year": result.build_year,
        "estimated_on": timezone.localdate().isoformat(),
        "magnet": _kilograms(result.magnet),
        "elements": {element: _kilograms(spread) for element, spread in result.elements.items()},
        "total_ree": _kilograms(result.total_ree),
        "ndpr": _kilograms(result.ndpr),
        "recoverable": {element: _kilograms(spread) for element, spread in advice.recoverable.items()},
        "composition_ppm": result.composition_ppm,
        "value": _value(worth),
        "evidence_class": result.evidence_class,
        "evidence": EVIDENCE_CLASSES[result.evidence_class],
        "method": result.method,
        "interval": {
            "coverage": 0.8,
            "low": "p10",
            "central": "p50",
            "high": "p90",
            "statement": result.interval,
        },
        "shared_sd_grams": result.shared_sd_grams,
        "own_variance_grams2": result.own_variance,
        "coefficient_version": result.coefficient_version,
        "source": result.source,
        "warnings": list(result.warnings),
        "explanation": list(result.explanation.sentences),
        "route": _route(advice),
    }


def _kilograms(grams: Spread) -> dict[str, float]:
    return {f"{end}_kg": kilograms(getattr(grams, end)) for end in ("low", "central", "high")}


def _value(worth: Valuation) -> dict[str, Any]:
    return {
        **{basis: _basis(each) for basis, each in worth.bases.items()},
        "payable_share": {"low": float(worth.payable_share[0]), "high": float(worth.payable_share[1])},
        "usd_per_gbp": float(worth.exchange_rate.usd_per_gbp),
        "exchange_rate_on": worth.exchange_rate.as_of.isoformat(),
        "not_valued": list(worth.not_valued),
        "statements": list(worth.statements),
    }


def _basis(each: BasisValue) -> dict[str, Any]:
    return {
        "name": each.name,
        "vat": "excluded",
        "usd": _money(each.contained_usd),
        "gbp": _money(each.contained_gbp),
        "offer_gbp": {"low": float(each.offer_gbp_low), "high": float(each.offer_gbp_high)},
        "oldest_price_on": each.oldest_price_on.isoformat() if each.oldest_price_on else None,
        "newest_price_on": each.newest_price_on.isoformat() if each.newest_price_on else None,
        "prices": [
            {
                "element": line.element,
                "usd_per_kg_contained": round(line.usd_per_kg.central, 2),
                "as_of": line.as_of.isoformat(),
                "basis": line.basis_statement,
                "source": line.source,
            }
            for line in each.prices
        ],
    }


def _money(money: MoneyRange) -> dict[str, float]:
    return {"low": float(money.low), "central": float(money.central), "high": float(money.high)}


def _route(advice: RouteAdvice) -> dict[str, Any]:
    return {
        "code": advice.route_code,
        "name": advice.name,
        "decided_by": advice.deciding_observation,
        "then": advice.then_route_code,
        "is_provisional": advice.is_provisional,
        "assumptions": list(advice.assumptions),
        "ree_yield": {end: round(getattr(advice.ree_yield, end), 4) for end in ("low", "central", "high")},
        "plants": [plant.sentence for plant in advice.plants],
        "upgrades": [
            {
                "action": upgrade.action,
                "route": upgrade.route_code,
                "yield_gain": round(upgrade.yield_gain, 4),
                "offer_gain_gbp": {
                    "low": float(upgrade.offer_gain_gbp_low),
                    "high": float(upgrade.offer_gain_gbp_high),
                },
            }
            for upgrade in advice.upgrades
        ],
        "mixing_rules": list(advice.mixing_rules),
    }


def _lines(result: ContentEstimate, worth: Valuation, advice: RouteAdvice) -> list[str]:
    return [
        f"{result.product.name}: magnets {_text(result.magnet)}",
        *(f"  {element}: {_text(spread)}" for element, spread in result.elements.items() if spread.high > 0),
        f"  total rare earths: {_text(result.total_ree)}",
        f"Evidence class {result.evidence_class}; {result.method}; coefficients {result.coefficient_version}",
        *(
            f"Value on {each.name} prices: £{each.contained_gbp.central:,} "
            f"(£{each.contained_gbp.low:,} to £{each.contained_gbp.high:,})"
            for each in worth.bases.values()
        ),
        f"Route: {advice.sentence}",
        *result.warnings,
        *result.explanation.sentences,
        *worth.statements,
        result.interval,
    ]


def _text(grams: Spread) -> str:
    return f"{kilograms(grams.central):,.3f} kg ({kilograms(grams.low):,.3f} to {kilograms(grams.high):,.3f})"
