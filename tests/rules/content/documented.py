"""The computed blocks of docs/how-content-is-estimated.md. Run this module to write them afresh."""

import re
from pathlib import Path

from collection.rules.content import (
    Catalogue,
    ContentSum,
    LotInput,
    Spread,
    composition_of,
    estimate,
    sum_estimates,
)
from collection.rules.content.composition import diffusion_adoption
from collection.rules.valuation import BASES, PAYABLE_SHARE, price_lines

from .conftest import DATA

PAGE = DATA.parents[1] / "docs" / "how-content-is-estimated.md"
BLOCK = re.compile(r"<!-- generated: (\w+) -->\n(.*?)<!-- end -->\n", re.DOTALL)
MARK = "<!-- generated: {} -->\n"
MOTOR = "auto_bev_traction_motor"


def blocks(catalogue: Catalogue) -> dict[str, str]:
    """Every computed block by name."""
    return {
        "example": _example(catalogue),
        "assumptions": _assumptions(catalogue),
        "diffusion": _diffusion(catalogue),
        "sums": _sums(catalogue),
        "prices": _prices(catalogue),
        "payable": _payable(catalogue),
    }


def _table(header: str, rows: list[str]) -> str:
    columns = header.count("|") - 1
    return "\n".join(["", header, "|---" * columns + "|", *rows, ""]) + "\n"


def _kilograms(grams: Spread) -> str:
    return " | ".join(f"{each / 1000:,.1f}" for each in (grams.low, grams.central, grams.high))


def _example(catalogue: Catalogue) -> str:
    result = estimate(catalogue, LotInput(product_code=MOTOR, quantity=100, build_year=2014))
    named = {"magnets": result.magnet, **result.elements, "total rare earths": result.total_ree}
    rows = [f"| {name} | {_kilograms(spread)} |" for name, spread in named.items() if spread.high > 0]
    product = result.product
    opening = (
        f"\n100 {product.name} built in 2014: 100 × {product.prevalence:g} × {product.magnet_kg.central:g} kg"
        f" = {result.magnet.central / 1000:g} kg.\n"
    )
    return opening + _table("| kg | low | central | high |", rows)


def _assumptions(catalogue: Catalogue) -> str:
    assumed = catalogue.assumptions
    rows = [
        f"| counting or weighing error, class {letter} | {error:.1%} |"
        for letter, error in assumed.own_error_by_class.items()
    ]
    rows.append(f"| difference of single items from their mean | {assumed.item_variation:.0%} |")
    rows += [
        f"| prevalence, log-odds, where the row's confidence is {level} | {error:.2f} |"
        for level, error in assumed.prevalence_logit_sd.items()
    ]
    return _table("| Assumed standard deviation | |", rows)


def _diffusion(catalogue: Catalogue) -> str:
    grade = catalogue.grade("ndfeb_uh")
    rows = []
    for year in (2005, 2010, 2014, 2018, 2022, 2026):
        alloy = composition_of(grade, year, catalogue.assumptions)
        share = diffusion_adoption(year, catalogue.assumptions)
        dysprosium = " | ".join(
            f"{each:.1%}" for each in (alloy.dysprosium.low, alloy.dysprosium.central, alloy.dysprosium.high)
        )
        rows.append(f"| {year} | {share:.0%} | {dysprosium} | {alloy.ndpr.central:.1%} |")
    return "\nUH grade, shares of magnet mass:\n" + _table(
        "| built | diffused | Dy low | Dy central | Dy high | NdPr central |", rows
    )


def _sums(catalogue: Catalogue) -> str:
    def total(*lots: tuple[str, int]) -> ContentSum:
        return sum_estimates(
            [estimate(catalogue, LotInput(product_code=code, quantity=count)) for code, count in lots]
        )

    cases = {
        "1,000 e-bike hub motors": total(("lev_ebike_hub_motor", 1000)),
        "ten such lots": total(*[("lev_ebike_hub_motor", 1000)] * 10),
        "1,000 e-bike hub motors, 226 robot arms and 2,500 steering motors": total(
            ("lev_ebike_hub_motor", 1000), ("ind_robot_articulated", 226), ("auto_eps_motor", 2500)
        ),
    }
    rows = [
        f"| {name} | {_kilograms(each.magnet)} | {each.expected_magnet_grams / 1000:,.1f} "
        f"| {each.magnet.relative_width:.0%} |"
        for name, each in cases.items()
    ]
    return _table("| kg of magnet | low | central | high | expected | width |", rows)


def _prices(catalogue: Catalogue) -> str:
    rows = []
    for basis, name in BASES.items():
        for element, line in sorted(price_lines(catalogue.prices, basis).items()):
            figures = " | ".join(f"{each:,.0f}" for each in (line.usd_per_kg.low, line.usd_per_kg.high))
            rows.append(f"| {name} | {element} | {figures} | {line.as_of:%-d %B %Y} | {line.source} |")
    return _table("| list | element | USD/kg low | high | quoted | source |", rows)


def _payable(catalogue: Catalogue) -> str:
    rows = [
        f"| {catalogue.routes[code].name} | {low:.0%} to {high:.0%} |"
        for code, (low, high) in PAYABLE_SHARE.items()
    ]
    return _table("| Route | Payable share |", rows)


def with_blocks(page: str, computed: dict[str, str]) -> str:
    """The page with its computed blocks put in."""
    return BLOCK.sub(lambda found: f"{MARK.format(found[1])}{computed[found[1]]}<!-- end -->\n", page)


def write(path: Path = PAGE) -> None:
    computed = blocks(Catalogue.from_csv(DATA))
    path.write_text(with_blocks(path.read_text(encoding="utf-8"), computed), encoding="utf-8")


if __name__ == "__main__":
    write()
