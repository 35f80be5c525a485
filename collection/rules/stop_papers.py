"""Which paper goes with which load within the United Kingdom.

Waste that is not hazardous moves with a waste transfer note or any document with the same facts; hazardous
waste with a consignment note, made out before it moves (GOV.UK, consignment note guidance).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collection.rules.waste_codes import format_ewc_code


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLoad:
    reference: str
    what: str
    ewc_code: str
    is_hazardous: bool

    def __str__(self) -> str:
        code = (
            format_ewc_code(self.ewc_code, is_hazardous=self.is_hazardous)
            if self.ewc_code
            else "no waste code yet"
        )
        return f"{self.reference}: {self.what} ({code})"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with the loads it covers, and what the driver must see to."""

    name: str
    state: str
    tone: Literal["good", "caution", "bad"]
    sentence: str
    loads: tuple[PaperLoad, ...]


def papers_needed(loads: Sequence[PaperLoad]) -> list[Paper]:
    """The papers of a stop, the strictest first."""
    hazardous = tuple(load for load in loads if load.is_hazardous)
    ordinary = tuple(load for load in loads if load.ewc_code and not load.is_hazardous)
    unknown = tuple(load for load in loads if not load.ewc_code)
    papers = []
    if hazardous:
        papers.append(
            Paper(
                "Hazardous waste consignment note",
                "Before loading",
                "bad",
                "Parts A and B must be filled in and with you before the load moves; you fill in part C.",
                hazardous,
            )
        )
    if unknown:
        papers.append(
            Paper(
                "Waste code missing",
                "Ask the holder",
                "caution",
                "Without a code nobody can say which note is needed. Ask before you load.",
                unknown,
            )
        )
    if ordinary:
        papers.append(
            Paper(
                "Waste transfer note",
                "Both sign",
                "good",
                "The signatures below, with these particulars, are the note of this handover.",
                ordinary,
            )
        )
    return papers
