"""Two lots that may be one thing counted twice: in what they are alike, and what a person may decide."""

from enum import StrEnum


class Likeness(StrEnum):
    """Why two lots look the same."""

    NUMBER = "number"
    AMOUNT = "amount"


class Decision(StrEnum):
    """What somebody said after looking at both. The same lot is not logged again at all."""

    DIFFERENT = "different"
    PASSED_ON = "passed_on"
    SAME = "same"


LIKENESS_LABELS = {
    Likeness.NUMBER: "The same serial number, VIN or turbine",
    Likeness.AMOUNT: "The same product and amount on the same day",
}
DECISION_LABELS = {
    Decision.DIFFERENT: "It is another one; the number or amount only looks the same",
    Decision.PASSED_ON: "We have it now: it came to us from somebody else",
    Decision.SAME: "It is the same lot",
}
