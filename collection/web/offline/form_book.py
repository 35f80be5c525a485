"""The journey as one document that a phone can keep: every page in every shape, and what they choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collection.models import ProductSynonym, ProductType, TurbineModel
from collection.queries.drafts import places_of, usual_products
from collection.queries.reference import facts_of_products
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.logging.forms import ASKED, PAGE_OF_SLUG, PHOTOS
from collection.web.logging.page import Known, LotChoices, LotPage
from collection.web.logging.photos import PhotosForm
from collection.web.logging.products import TURBINE
from collection.web.logging.repeats import pages_like
from collection.web.offline.seats import kept_offline, seat_key
from collection.web.offline.variants import (
    FROM_ANSWERS,
    Facts,
    Product,
    TooManyVariantsError,
    variants,
)


@dataclass(frozen=True, slots=True)
class PageShape:
    """One page in one of its shapes. `when` are the facts in which it is asked this way."""

    form: LotPage
    when: Facts

    @property
    def slug(self) -> str:
        return self.form.slug

    @property
    def required(self) -> dict[str, str]:
        """Field → what to say when it was left empty."""
        return {
            name: str(field.error_messages["required"])
            for name, field in self.form.fields.items()
            if field.required
        }


@require_GET
@requires(Permission.LOG_LOT)
@kept_offline
def log_offline(request: ViewerRequest) -> HttpResponse:
    """The journey for a phone without signal: one document, moved through by a script."""
    choices = LotChoices(places=places_of(request.viewer), today=timezone.localdate(request.now))
    products = _products()
    pages = PAGE_OF_SLUG.values()
    shapes = [shape for page in pages for shape in _shapes(page, choices, list(products.values()))]
    usual = [
        {"name": one.product.name, "code": one.product.code, "pages": pages_like(one.last_lot)}
        for one in usual_products(request.viewer)
    ]
    decided_by = {name for shape in shapes for name in shape.when}
    book = {
        "seat": seat_key(request.viewer),
        "order": [*ASKED, PHOTOS],
        "offered": [slug for slug in PAGE_OF_SLUG if slug not in ASKED],
        "titles": {page.slug: page.title for page in pages} | {PHOTOS: "Photos"},
        "facts": FROM_ANSWERS,
        "nations": {str(site.pk): site.nation for site in choices.places},
        "shapes": [{"page": shape.slug, "when": shape.when, "required": shape.required} for shape in shapes],
        "usual": usual,
        "products": _searchable(products, decided_by),
    }
    context = {"shapes": shapes, "book": book, "photos_form": PhotosForm()}
    return render(request, "collection/offline/log.html", context)


def _shapes(page: type[LotPage], choices: LotChoices, products: Sequence[Product]) -> Iterator[PageShape]:
    def draw(known: Known) -> LotPage | None:
        if not page.belongs_to(known):
            return None
        form = page(choices=choices, known=known)
        str(form)
        return form

    try:
        found = list(variants(draw, products))
    except TooManyVariantsError:
        return
    for when, form in found:
        if form is not None:
            yield PageShape(form, when)


def _products() -> dict[int, Product]:
    """Every current product with what the pages may ask of it, by primary key."""
    current = list(ProductType.objects.filter(is_current=True).order_by("name"))
    facts = facts_of_products(current)
    return {product.pk: Product(facts[product.pk], product.ewc_code) for product in current}


def _searchable(products: Mapping[int, Product], decided_by: set[str]) -> list[dict[str, Any]]:
    """What the search without signal goes through: products and turbine models, with the facts of each."""
    terms: dict[int, list[str]] = {}
    for product_id, term in ProductSynonym.objects.order_by("term").values_list("product_id", "term"):
        terms.setdefault(product_id, []).append(term)
    facts = {
        pk: {name: value for name, value in product.by_name().items() if name in decided_by}
        for pk, product in products.items()
    }
    found: list[dict[str, Any]] = [
        {
            "value": product.facts.code,
            "label": product.facts.name,
            "terms": terms.get(pk, []),
            "facts": facts[pk],
        }
        for pk, product in products.items()
    ]
    for turbine in TurbineModel.objects.filter(product__in=list(products)).order_by("code"):
        power = f"{turbine.rated_mw.normalize():f} MW"
        found.append(
            {
                "value": f"{TURBINE}{turbine.code}",
                "label": str(turbine),
                "hint": f"{power}, {turbine.drive_train.replace('_', ' ')}",
                "terms": [],
                "facts": facts[turbine.product_id or 0],
                "initial": {"amount": {"quantity": power}},
            }
        )
    return found
