"""The answers of a lot as people look them over: what was asked, what they said, a link to change it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils.formats import date_format

from collection.models import Intent, LotDraft, SourceKind
from collection.queries.drafts import photos_of_draft
from collection.rules.mass_input import format_mass
from collection.web.kit.components import Link, SummaryRow
from collection.web.logging.answers import Answers
from collection.web.logging.forms import PHOTOS
from collection.web.logging.terms import OTHER_PLACE

Address = Callable[[uuid.UUID, str], str]

# Pages that say themselves what was answered, by the words of their row. Of those that are only offered, an
# empty one is shown with a link to add to it.
_OF_SOURCE = (
    ("vehicle", "Vehicle"),
    ("turbine", "Turbine"),
    ("scanner", "Magnetic field"),
    ("defence", "Stores record"),
)
_OFFERED = (("nameplate", "Nameplate"), ("waste", "Waste code"), ("packing", "Packing"))


def summary_rows(answers: Answers, draft: LotDraft, address: Address) -> list[SummaryRow]:
    """One row a question. Only for answers that make a whole lot."""

    def row(key: str, value: str | list[str], slug: str, verb: str = "Change") -> SummaryRow:
        link = Link(verb, address(answers.submission_id, slug), key.lower())
        return SummaryRow(key, value, [link])

    def told(slug: str, key: str) -> SummaryRow:
        lines = answers.form(slug).summary()
        return row(key, lines or "Not given", slug, "Change" if lines else "Add")

    fields, slugs = answers.lot_fields, answers.slugs
    intent = fields["intent"]
    rows = [
        row("Comes from", SourceKind(fields["source"]["source_kind"]).label, "source"),
        row("What it is", answers.facts.name if answers.facts else "", "product"),
        *(told(slug, key) for slug, key in _OF_SOURCE if slug in slugs),
        told("amount", "How much"),
        row("Tare, pallet and net", *_weights(answers)),
        told("state", "State"),
        row("Where", _place(answers), "place"),
        row("May be fetched", f"From {date_format(fields['when']['available_from_on'], 'j F Y')}", "when"),
        row("Intention", Intent(intent["intent"]).label, "intent"),
        *(told(slug, key) for slug, key in _OFFERED if slug in slugs),
    ]
    if "dealer" in slugs:
        rows.append(told("dealer", "Dealer’s record"))
    if intent["note"]:
        rows.append(row("Note", intent["note"], "intent"))
    count = len(photos_of_draft(draft))
    photos = f"{count} photo{'' if count == 1 else 's'}" if count else "None"
    rows.append(row("Photos", photos, PHOTOS, "Change" if count else "Add"))
    return rows


def _weights(answers: Answers) -> tuple[str | list[str], str, str]:
    """Tare, pallet and what is left, worked out; a link to add them where nothing was said."""
    lot = answers.new_lot()
    if lot is None or (lot.tare_grams, lot.pallet_grams, lot.stated_net_grams) == (None, None, None):
        return "Not given", "weights", "Add"
    parts = (("Tare", lot.tare_grams), ("Pallet", lot.pallet_grams), ("Net", lot.net_grams))
    return [f"{name} {format_mass(grams)}" for name, grams in parts if grams is not None], "weights", "Change"


def _place(answers: Answers) -> list[str]:
    form = answers.form("place")
    place = form.cleaned_data["place"]
    if place != OTHER_PLACE:
        site = next(site for site in answers.choices.places if str(site.pk) == place)
        lines = [site.name, site.postcode] if site.postcode else [site.name]
        return lines if site.lat is not None else [*lines, "Not on the map yet: recyclers cannot plan it in"]
    point = form.cleaned_data["point"]
    return [
        str(point.postcode),
        f"{point.place}: known to about {point.precision_km:.0f} km. A saved place can be exact.",
    ]
