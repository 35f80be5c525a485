"""What evidence taught: every truth beside the estimate it replaced, and what each coefficient should become.

Lots of all holders are read, since one coefficient serves them all; what leaves this module are counts and
ratios by product type, never a lot. Coefficients are for everybody to read, so defence lots teach only in whole
blocks that may be told.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max, OuterRef, Subquery, Sum

from collection.models import Estimate, ProductCoefficient
from collection.queries.catalogue import current_catalogue, product_of_version
from collection.queries.disclosure import tellable
from collection.queries.kept import Stamp, kept_until_changed
from collection.rules.content.learning import (
    Accuracy,
    Coverage,
    Observation,
    Proposal,
    accuracies,
    coverage,
    propose,
)

WEIGHED_CLASSES = ("A", "B")


@dataclass(frozen=True, slots=True)
class Truth:
    """One lot whose magnets were weighed: the estimate as it was stated, and the coefficient it was made
    with (None where it was not the catalogue's)."""

    observation: Observation
    coefficient_id: int | None
    holder_id: int
    is_defence: bool


@dataclass(frozen=True)
class Lesson:
    """What was learnt of one product: how all its estimates did, and how each version of its coefficient."""

    product_code: str
    in_force: ProductCoefficient
    base: ProductCoefficient
    accuracy: Accuracy
    coverage: Coverage
    by_version: Sequence[tuple[ProductCoefficient, Accuracy, Coverage]]
    ratios: Sequence[float]
    proposal: Proposal | None

    @property
    def is_news(self) -> bool:
        """Whether the proposal differs from the figure in force as a person would notice."""
        if self.proposal is None:
            return False
        now = self.in_force
        pairs = (
            (float(now.magnet_kg_low), self.proposal.proposed.low),
            (float(now.magnet_kg_central), self.proposal.proposed.central),
            (float(now.magnet_kg_high), self.proposal.proposed.high),
        )
        return any(abs(proposed - stated) > 0.005 * max(stated, 1e-9) for stated, proposed in pairs)


@dataclass(frozen=True)
class Lessons:
    """Every product with at least one truth, most observed first, and how all of them did together."""

    overall: Coverage
    by_product: dict[str, Lesson] = field(default_factory=dict)


def truths() -> list[Truth]:
    """Every estimate that a weighing of the freed magnets replaced, oldest first, without defence lots that may
    not be told. One statement."""
    replaced = Estimate.objects.filter(lot=OuterRef("lot"), pk__lt=OuterRef("pk")).order_by("-pk")
    rows = (
        Estimate.objects.filter(evidence_class__in=WEIGHED_CLASSES)
        .annotate(
            low=Subquery(replaced.values("magnet_low_grams")[:1]),
            central=Subquery(replaced.values("magnet_central_grams")[:1]),
            high=Subquery(replaced.values("magnet_high_grams")[:1]),
            evidence_before=Subquery(replaced.values("evidence_class")[:1]),
            made_with=Subquery(replaced.values("coefficient_id")[:1]),
        )
        .filter(evidence_before__isnull=False, central__gt=0)
        .exclude(evidence_before__in=WEIGHED_CLASSES)
        .order_by("pk")
        .values_list(
            *("lot__product__code", "magnet_central_grams", "low", "central", "high"),
            *("made_with", "lot__holder_id", "lot__is_defence"),
        )
    )
    found = [
        Truth(Observation(code, float(low), float(central), float(high), float(truth)), *rest)
        for code, truth, low, central, high, *rest in rows
    ]
    return tellable(found, lambda truth: (truth.observation.product_code, truth.coefficient_id))


def _learning_stamp() -> Stamp:
    weighed = Estimate.objects.filter(evidence_class__in=WEIGHED_CLASSES)
    return (
        *weighed.aggregate(Max("pk"), Count("pk"), Sum("magnet_central_grams")).values(),
        *ProductCoefficient.objects.aggregate(Max("pk"), Count("pk")).values(),
        *ProductCoefficient.objects.filter(is_current=True).aggregate(newest=Max("pk")).values(),
    )


@kept_until_changed(_learning_stamp)
def lessons() -> Lessons:
    """What was learnt, product by product; worked out again when a lot was weighed or a version came."""
    found = truths()
    groups: dict[str, list[Truth]] = defaultdict(list)
    for truth in found:
        groups[truth.observation.product_code].append(truth)
    versions = _versions(list(groups))
    in_force = {code: current for code in groups if (current := _current(versions[code])) is not None}
    bases = {code: _base(current) for code, current in in_force.items()}
    proposals = _proposals(groups, versions, bases)
    by_product = {
        code: _lesson(code, groups[code], versions[code], in_force[code], bases[code], proposals.get(code))
        for code in sorted(in_force, key=lambda code: (-len(groups[code]), code))
        if any(truth.observation.is_usable for truth in groups[code])
    }
    return Lessons(coverage(truth.observation for truth in found), by_product)


def _versions(codes: Sequence[str]) -> dict[str, dict[int, ProductCoefficient]]:
    versions: dict[str, dict[int, ProductCoefficient]] = {code: {} for code in codes}
    rows = ProductCoefficient.objects.filter(product__code__in=codes)
    for row in rows.select_related("product", "refit__base__product", "refit__activated_by").order_by(
        "version"
    ):
        versions[row.product.code][row.pk] = row
    return versions


def _current(versions: dict[int, ProductCoefficient]) -> ProductCoefficient | None:
    return next((row for row in versions.values() if row.is_current), None)


def _base(coefficient: ProductCoefficient) -> ProductCoefficient:
    """The published version a coefficient stands on; itself unless it was refitted."""
    refit = getattr(coefficient, "refit", None)
    return refit.base if refit else coefficient


def _proposals(
    groups: dict[str, list[Truth]],
    versions: dict[str, dict[int, ProductCoefficient]],
    bases: dict[str, ProductCoefficient],
) -> dict[str, Proposal]:
    """A refit of each product's published figure to all its truths, whichever version estimated them."""
    catalogue = current_catalogue()
    observations = []
    for code, base in bases.items():
        catalogue = catalogue.with_product(product_of_version(base))
        for truth in groups[code]:
            made_with = versions[code].get(truth.coefficient_id or 0)
            if made_with is not None and _per_unit(made_with) > 0:
                observations.append(truth.observation.scaled(_per_unit(base) / _per_unit(made_with)))
    return {proposal.product_code: proposal for proposal in propose(catalogue, observations)}


def _per_unit(coefficient: ProductCoefficient) -> float:
    return float(coefficient.magnet_kg_central * coefficient.prevalence_central)


def _lesson(
    code: str,
    group: list[Truth],
    versions: dict[int, ProductCoefficient],
    in_force: ProductCoefficient,
    base: ProductCoefficient,
    proposal: Proposal | None,
) -> Lesson:
    stated = [truth.observation for truth in group]
    by_version = []
    for pk, version in versions.items():
        made_with_it = [truth.observation for truth in group if truth.coefficient_id == pk]
        found = accuracies(made_with_it).get(code)
        if found is not None:
            by_version.append((version, found, coverage(made_with_it)))
    return Lesson(
        product_code=code,
        in_force=in_force,
        base=base,
        accuracy=accuracies(stated)[code],
        coverage=coverage(stated),
        by_version=by_version,
        ratios=sorted(each.truth / each.central for each in stated),
        proposal=proposal,
    )
