"""The answers of a lot as people look them over: what was asked, what they said, a link to change it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils.formats import date_format

from collection.models import Condition, Intent, LotDraft, SourceKind
from collection.queries.drafts import photos_of_draft
from collection.rules.mass_input import format_mass
from collection.web.kit.components import Link, SummaryRow
from collection.web.logging.answers import Answers
from collection.web.logging.forms import PHOTOS
from collection.web.logging.terms import OTHER_PLACE, WastePage
from collection.web.logging.waste import resolve_code

Address = Callable[[uuid.UUID, str], str]


def summary_rows(answers: Answers, draft: LotDraft, address: Address) -> list[SummaryRow]:
    """One row a question. Only for answers that make a whole lot."""

    def row(key: str, value: str | list[str], slug: str, verb: str = "Change") -> SummaryRow:
        link = Link(verb, address(answers.submission_id, slug), key.lower())
        return SummaryRow(key, value, [link])

    fields = answers.lot_fields
    state, intent = fields["state"], fields["intent"]
    rows = [
        row("Comes from", SourceKind(fields["source"]["source_kind"]).label, "source"),
        row("What it is", answers.facts.name if answers.facts else "", "product"),
        row("How much", _amount(answers), "amount"),
        row("State", _state(state), "state"),
        row("Where", _place(answers), "place"),
        row("May be fetched", f"From {date_format(fields['when']['available_from_on'], 'j F Y')}", "when"),
        row("Intention", Intent(intent["intent"]).label, "intent"),
    ]
    rows.append(row("Waste code", _waste_code(answers), "waste"))
    if intent["note"]:
        rows.append(row("Note", intent["note"], "intent"))
    count = len(photos_of_draft(draft))
    photos = f"{count} photo{'' if count == 1 else 's'}" if count else "None"
    rows.append(row("Photos", photos, PHOTOS, "Change" if count else "Add"))
    return rows


def _amount(answers: Answers) -> list[str]:
    """The amount as understood, with what was typed where that looks different, and the weights."""
    data = answers.form("amount").cleaned_data
    typed, understood = data["quantity"].strip(), data["understood"]
    lines = [understood if data["unit"] != "kg_magnets" else f"{understood} of freed magnets"]
    if typed.casefold() not in (understood.casefold(), understood.split(" ")[0].replace(",", "").casefold()):
        lines.append(f"You wrote “{typed}”")
    gross, tare = data["gross_grams"], data["tare_grams"]
    if gross is not None:
        lines.append(f"Gross {format_mass(gross)}")
    if gross is not None and tare is not None:
        lines.append(f"Tare {format_mass(tare)}, so net {format_mass(gross - tare)}")
    return lines


def _state(state: dict[str, object]) -> list[str]:
    lines = [Condition(str(state["condition"])).label]
    if state["build_year"]:
        lines.append(f"Built in {state['build_year']}")
    if state["is_magnetised"] is not None:
        lines.append("Still magnetised" if state["is_magnetised"] else "Not magnetised any more")
    if state["serial"]:
        lines.append(f"Serial number {state['serial']}")
    return lines


def _waste_code(answers: Answers) -> list[str]:
    """The code as the list prints it, with our words for it and why; what is still to be answered."""
    code = resolve_code(answers.lot_fields["waste"]["ewc_code"])
    form = answers.form("waste")
    proposal = form.proposal if isinstance(form, WastePage) else None
    if code is None:
        return ["Not known yet"]
    lines = [code.label, code.hint]
    if proposal is None or proposal.ewc_code != code.value:
        return lines
    return [*lines, proposal.why, *([proposal.question] if proposal.needs_answer else [])]


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
