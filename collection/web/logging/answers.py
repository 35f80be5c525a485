"""The answers of a lot being logged: typed text on pages, read into one `NewLot`.

What was typed is kept as text and read anew each time, so an answer that was right last week (a day that has
passed, a place since closed) is asked again instead of failing at the end. Answers to pages that do not belong
to the lot any more, because its source changed, are kept and not read.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from collection.models import LotDraft, ProductType, Unit
from collection.queries.intake import turbine_facts
from collection.queries.reference import product_facts
from collection.queries.turbines import turbine_of
from collection.rules.answers import Problem, errors_in, warnings_in
from collection.rules.intake import LookedUp, check_new_lot
from collection.rules.new_lot import NewLot
from collection.rules.plausibility import ProductFacts
from collection.rules.sources import Drive, ScannerMagnet, TurbineFacts
from collection.web.logging.forms import ASKED, PAGE_OF_SLUG, PHOTOS, asked_for, slugs_for
from collection.web.logging.goods import ProductPage
from collection.web.logging.page import Known, LotChoices, LotPage
from collection.web.logging.products import current_product
from collection.web.logging.waste_pages import WastePage

Typed = dict[str, str]

NO_LOT = uuid.UUID(int=0)


class Answers:
    """All pages of one lot being logged."""

    def __init__(self, choices: LotChoices, pages: Mapping[str, Typed], submission_id: uuid.UUID) -> None:
        self.choices, self.pages, self.submission_id = choices, dict(pages), submission_id
        self._forms: dict[str, LotPage] = {}

    @classmethod
    def of(cls, choices: LotChoices, draft: LotDraft) -> Answers:
        return cls(choices, draft.answers.get("pages", {}), draft.submission_id)

    def replaced(self, slug: str, typed: Typed) -> Answers:
        """The same answers with one page typed anew.

        A product found by its words alone is kept as a picked one.
        """
        anew = Answers(self.choices, {**self.pages, slug: typed}, self.submission_id)
        form = anew.form(slug)
        if not isinstance(form, ProductPage) or not form.is_valid():
            return anew
        return Answers(self.choices, {**self.pages, slug: form.as_picked()}, self.submission_id)

    @property
    def facts(self) -> ProductFacts | None:
        """What is known of the chosen product; None before one is chosen."""
        return self.known.facts

    @cached_property
    def known(self) -> Known:
        """What earlier pages said that later ones depend on, right or wrong."""
        source_kind = self.pages.get("source", {}).get("source_kind", "")
        product_page = self.pages.get("product", {})
        product = self._product
        return Known(
            source_kind=source_kind,
            facts=product_facts(product) if product else None,
            turbine_code=product_page.get("turbine-code", ""),
            turbine_megawatts=product_page.get("megawatts", ""),
            condition=self.pages.get("state", {}).get("condition", ""),
            suggested_code=product.ewc_code if product else "",
            nation=self._nation if source_kind == "scrapyard" else "",
        )

    @cached_property
    def _product(self) -> ProductType | None:
        code = self.pages.get("product", {}).get("product-picked", "")
        return current_product(code) if code else None

    @cached_property
    def _nation(self) -> str:
        """Where the lot is, for what only some nations ask; empty before that was answered."""
        form = self.form("place")
        if not form.is_bound or not form.is_valid():
            return ""
        if form.cleaned_data["point"] is not None:
            return str(form.cleaned_data["point"].nation)
        place = form.cleaned_data["place"]
        return next((site.nation for site in self.choices.places if str(site.pk) == place), "")

    @property
    def slugs(self) -> tuple[str, ...]:
        """The pages that belong to this lot, asked and offered."""
        return slugs_for(self.known)

    @property
    def asked(self) -> tuple[str, ...]:
        """The pages that have to be answered for this lot."""
        return asked_for(self.known)

    def form(self, slug: str) -> LotPage:
        """A page's form, bound to what was typed on it; unbound before anything was."""
        if slug not in self._forms:
            # The product page asks for the product anew, so it is not told of an earlier one; where it is
            # depends on nothing, and what is known depends on it.
            known = Known() if slug in ("product", "place") else self.known
            page = PAGE_OF_SLUG[slug]
            self._forms[slug] = page(self._typed_on(slug), choices=self.choices, known=known)
        return self._forms[slug]

    def _typed_on(self, slug: str) -> Typed | None:
        """What was typed on a page. One that is only offered counts as sent empty: its proposal stands."""
        return self.pages.get(slug, None if slug in ASKED else {})

    @cached_property
    def lot_fields(self) -> dict[str, dict[str, Any]]:
        """Page → its answers as fields of a `NewLot`, for pages that can be read."""
        return {
            slug: self.form(slug).lot_fields()
            for slug in self.slugs
            if self._typed_on(slug) is not None and self.form(slug).is_valid()
        }

    @cached_property
    def problems(self) -> list[Problem]:
        """Every error and warning of the rules about the pages that can be read.

        Pages not answered yet stand in with answers that no check minds; what is found about them is
        dropped.
        """
        new_lot = self._provisional()
        found = check_new_lot(new_lot, self.facts, self.choices.today, self._looked_up(new_lot))
        asked = {field for slug in self.lot_fields for field in PAGE_OF_SLUG[slug].problem_fields}
        return [problem for problem in found if problem.field in asked]

    def _looked_up(self, new_lot: NewLot) -> LookedUp:
        site = next((site for site in self.choices.places if site.pk == new_lot.site_id), None)
        return LookedUp(
            turbine=self._turbine(new_lot.turbine_model),
            largest_vehicle=site.largest_vehicle if site else "",
            nation=self.known.nation,
            code_is_hazardous=self._code_is_hazardous,
        )

    @property
    def _code_is_hazardous(self) -> bool | None:
        form = self.form("waste")
        return form.is_hazardous if isinstance(form, WastePage) and form.is_valid() else None

    def _turbine(self, code: str) -> TurbineFacts | None:
        turbine = turbine_of(code) if code else None
        return turbine_facts(turbine) if turbine else None

    @property
    def warnings(self) -> list[Problem]:
        return warnings_in(self.problems)

    def show_problems(self, slug: str) -> None:
        """Put the errors of the rules beside the fields of a page."""
        form = self.form(slug)
        if slug not in self.lot_fields:
            return
        for problem in errors_in(self.problems):
            field = form.problem_fields.get(problem.field)
            if field is not None:
                form.add_error(field, str(problem))

    def is_finished(self, slug: str) -> bool:
        """Whether a page was answered and nothing is wrong with it."""
        if slug == PHOTOS:
            return slug in self.pages
        fields = PAGE_OF_SLUG[slug].problem_fields
        return slug in self.lot_fields and not any(p.field in fields for p in errors_in(self.problems))

    def next_page(self) -> str | None:
        """The first page still to answer, or to mend; None when all are."""
        return next((slug for slug in (*self.slugs, PHOTOS) if not self.is_finished(slug)), None)

    def new_lot(self) -> NewLot | None:
        """The finished lot; None while a page is missing or wrong."""
        if any(not self.is_finished(slug) for slug in self.slugs):
            return None
        return self._provisional()

    def _provisional(self) -> NewLot:
        fields: dict[str, Any] = {
            "submission_id": self.submission_id,
            "source_kind": "defence" if self.facts and self.facts.is_defence_controlled else "scrapyard",
            "product_code": self.facts.code if self.facts else "",
            "quantity": Decimal(1),
            "unit": Unit.ITEMS.value,
            "condition": "intact",
            "intent": "undecided",
            "available_from_on": self.choices.today,
            "postcode": "G1",
            "drive": Drive.SEVERAL.value,
            "scanner_magnet": ScannerMagnet.UNKNOWN.value,
        }
        for answers in self.lot_fields.values():
            fields |= answers
        return NewLot(**_only_of_source(fields))


def _only_of_source(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the stand-in answers that this kind of source is never asked."""
    if fields["source_kind"] != "vehicle":
        fields["drive"] = ""
    if fields["source_kind"] != "medical":
        fields["scanner_magnet"] = ""
    return fields
