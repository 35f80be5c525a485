"""Estimates of lots: made from the catalogue, kept for ever, one current per lot."""

import datetime as dt
from dataclasses import asdict, dataclass, fields
from typing import Any

from collection.models import Estimate, Lot, ProductCoefficient
from collection.queries.reference import current_catalogue
from collection.rules.content import (
    Catalogue,
    Composition,
    Condition,
    ContentEstimate,
    LotInput,
    Spread,
    estimate,
)
from collection.rules.content.evidence import sharpened_by_opening
from collection.rules.content.xrf import XrfReading
from collection.rules.route_rules import condition_seen

# Where an estimate's explanation keeps what was found out about this lot: the alloy as measured, the XRF
# readings behind it with the alloy they sharpened, and the magnets of opened items in grams.
MEASURED = "measured_composition"
READINGS = "xrf_readings"
SHARPENED = "xrf_sharpened"
OPENED = "opened_grams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found out about a lot besides its weight. `composition` is the alloy after all of it;
    `sharpened` the certified alloy that `readings` sharpened, None where it was the grade's."""

    composition: Composition | None = None
    readings: tuple[XrfReading, ...] = ()
    sharpened: Composition | None = None
    opened_grams: tuple[float, ...] = ()

    def catalogue(self, catalogue: Catalogue, product_code: str) -> Catalogue:
        """The catalogue as it holds for this lot: its product sharpened by the items that were opened."""
        if not self.opened_grams:
            return catalogue
        product = catalogue.product(product_code)
        sharpened = sharpened_by_opening(product, self.opened_grams, catalogue.assumptions)
        return catalogue.with_product(sharpened)


def content_of(catalogue: Catalogue, lot: Lot) -> ContentEstimate:
    """What the catalogue says this lot holds. Raises ContentInputError naming the field."""
    return estimate(catalogue, lot_input(lot))


def condition_of(lot: Lot) -> Condition:
    """What the holder said of the lot's state, in the words of the route's rules."""
    return condition_seen(lot.condition, lot.unit)


def lot_input(
    lot: Lot, *, magnet_grams_weighed: int | None = None, composition: Composition | None = None
) -> LotInput:
    """A stored lot in the words of the content rules; a measured `composition` replaces the grade's."""
    return LotInput(
        product_code=lot.product.code,
        quantity=float(lot.quantity),
        unit=lot.unit,
        build_year=lot.build_year,
        magnet_grams_weighed=magnet_grams_weighed,
        composition=composition,
    )


def kept_composition(kept: Estimate) -> Composition | None:
    """The measured alloy an estimate was made with; None where it was the catalogue's."""
    return _composition(kept.explanation.get(MEASURED))


def kept_findings(kept: Estimate) -> Findings:
    """Everything an estimate knows of its lot besides the weight."""
    readings = kept.explanation.get(READINGS, [])
    return Findings(
        composition=kept_composition(kept),
        readings=tuple(XrfReading(**record) for record in readings),
        sharpened=_composition(kept.explanation.get(SHARPENED)),
        opened_grams=tuple(kept.explanation.get(OPENED, [])),
    )


def _findings_record(findings: Findings) -> dict[str, Any]:
    record = {
        MEASURED: findings.composition and _composition_record(findings.composition),
        READINGS: [asdict(reading) for reading in findings.readings],
        SHARPENED: findings.sharpened and _composition_record(findings.sharpened),
        OPENED: list(findings.opened_grams),
    }
    return {name: found for name, found in record.items() if found}


def _composition(record: dict[str, Any] | None) -> Composition | None:
    if record is None:
        return None
    parts: dict[str, Any] = {
        name: Spread(*part) if isinstance(part, list) else part for name, part in record.items()
    }
    return Composition(**parts)


def _composition_record(composition: Composition) -> dict[str, list[float] | str]:
    parts = {each.name: getattr(composition, each.name) for each in fields(composition)}
    return {
        name: [part.low, part.central, part.high] if isinstance(part, Spread) else part
        for name, part in parts.items()
    }


def estimate_row(
    lot: Lot,
    content: ContentEstimate,
    *,
    at: dt.datetime,
    route_code: str = "",
    findings: Findings | None = None,
) -> Estimate:
    """The row to keep, unsaved. The coefficient kept is the one in force now, none where opened items of the
    lot itself replaced it. Magnets that hold no rare earths are not counted."""
    content = content.counted
    coefficient = ProductCoefficient.objects.filter(product_id=lot.product_id, is_current=True).first()
    if content.product.is_of_one_lot:
        coefficient = None
    magnet = content.magnet_grams
    measured = content.lot.composition
    ppm = content.composition_ppm
    return Estimate(
        lot=lot,
        made_at=at,
        magnet_low_grams=magnet.low,
        magnet_central_grams=magnet.central,
        magnet_high_grams=magnet.high,
        nd_ppm=ppm["Nd"],
        pr_ppm=ppm["Pr"],
        dy_ppm=ppm["Dy"],
        tb_ppm=ppm["Tb"],
        sm_ppm=ppm["Sm"],
        elements=_element_bounds(content),
        shared_sd_grams=content.shared_sd_grams,
        own_variance=content.own_variance,
        evidence_class=content.evidence_class,
        method=_method(content),
        coefficient=coefficient,
        coefficient_version=content.coefficient_version[:80],
        source=f"{content.source}; alloy: {measured.source}" if measured else content.source,
        route_code=route_code,
        explanation=_findings_record(findings or Findings(composition=measured)),
    )


def _method(content: ContentEstimate) -> str:
    method = content.method
    if content.lot.composition is not None:
        method = method.replace("grade composition", "measured composition")
    return method[:120]


def _element_bounds(content: ContentEstimate) -> dict[str, list[int]]:
    bounds = {
        element: [grams.low, grams.central, grams.high] for element, grams in content.element_grams.items()
    }
    sums: dict[str, Spread] = {"NdPr": content.ndpr, "total_ree": content.total_ree}
    return bounds | {name: [round(s.low), round(s.central), round(s.high)] for name, s in sums.items()}


def replace_estimate(lot: Lot, row: Estimate) -> Estimate:
    """Make `row` the lot's current estimate; the one before stays. Inside the caller's transaction."""
    lot.estimates.filter(is_current=True).update(is_current=False)
    row.is_current = True
    row.save(force_insert=True)
    Lot.unscoped.filter(pk=lot.pk).update(magnet_grams=row.magnet_central_grams)
    lot.magnet_grams = row.magnet_central_grams
    return row


def weighed_estimate(lot: Lot, before: Estimate, magnet_grams: int, *, at: dt.datetime) -> Estimate:
    """The estimate once the lot's freed magnets were weighed: mass by the scale, alloy as measured before
    or by the catalogue."""
    findings = kept_findings(before)
    known = lot_input(lot, magnet_grams_weighed=magnet_grams, composition=findings.composition)
    content = estimate(current_catalogue(), known)
    return estimate_row(lot, content, at=at, route_code=before.route_code, findings=findings)
