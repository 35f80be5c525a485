"""Waste codes as the journey needs them: proposed, searched by number and words, picked again."""

from collection.models import WasteCode
from collection.queries.waste import find_waste_codes
from collection.rules.classification import CodeProposal, Hazard, propose_code
from collection.rules.waste_codes import format_ewc_code
from collection.web.kit.lookup import Match
from collection.web.logging.page import Known


def propose(known: Known, hazard: Hazard = Hazard.UNKNOWN) -> CodeProposal | None:
    """The code that fits what is known; None before a product is chosen."""
    if known.facts is None:
        return None
    return propose_code(
        source_kind=known.source_kind,
        sector=known.facts.sector,
        suggested_code=known.suggested_code,
        condition=known.condition,
        hazard=hazard,
    )


def find_code(words: str) -> list[Match]:
    """Codes by number or by words in our own descriptions."""
    return [_match(code) for code in find_waste_codes(words)]


def resolve_code(value: str) -> Match | None:
    code = WasteCode.objects.filter(code=value).first()
    return _match(code) if code else None


def _match(code: WasteCode) -> Match:
    return Match(code.code, format_ewc_code(code.code, is_hazardous=code.is_hazardous), code.description)
