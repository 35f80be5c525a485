"""The written forms of the numbers a waste movement carries: List of Waste codes, registrations,
authorisations.

Formats: those the regulators' receipt service accepts (UK guidance and DEFRA's published validator, 2026).
A number of the right form is not proof of registration: the public registers must still be looked up.
"""

import re
from collections.abc import Iterable

from collection.rules.answers import Problem, RefusedAnswerError

_EWC = re.compile(r"^([0-9]{2})[ .]?([0-9]{2})[ .]?([0-9]{2}) ?(\*?)$")

_CARRIER_FORMS: dict[str, tuple[str, ...]] = {
    "England": (r"CBD[UL][0-9]{3,}",),
    "Wales": (r"CBD[UL][0-9]{3,}",),
    "Scotland": (r"WCR/R/[0-9]{7}", r"(SCO|SEA|SNO|SWE|WCR)/[0-9]{6}", r"PCT-[A-Z]-[0-9]{3,7}"),
    "Northern Ireland": (r"ROC[ /-]?(UT|LT)[ /-]?[0-9]{1,5}",),
}
_CARRIER_EXAMPLE = {
    "England": "CBDU123456",
    "Wales": "CBDU123456",
    "Scotland": "WCR/R/1234567 or SCO/123456",
    "Northern Ireland": "ROC UT 1234",
}
_NI_LICENCE = r"WML ?[0-9]{2}/[0-9]+(/T)? (LN/[0-9]{2}/[0-9]+(/(M|T|C|N|V[0-9]+))*|PAC/[0-9]{4}/WCL[0-9]{3})"
_SITE_FORMS: dict[str, tuple[str, ...]] = {
    "England": (r"(EPR/)?[A-Z]{2}[0-9]{4}[A-Z]{2}(/D[0-9]{4})?", r"(EAWML|WML) ?[0-9]{5,6}"),
    "Wales": (r"(EPR/)?[A-Z]{2}[0-9]{4}[A-Z]{2}",),
    "Scotland": (
        r"PPC/[AWEN]/[0-9]{7}",
        r"WML/[LWEN]/[0-9]{7}(/[0-9]{2})?",
        r"PPC/A/SEPA[0-9]{4}-[0-9]{4}",
        r"WML/L/SEPA[0-9]{4}-[0-9]{4}",
        r"EAS/P/[0-9]{6}",
    ),
    "Northern Ireland": (
        r"P[0-9]{4}/[0-9]{2}[A-Z](/V[0-9]+)?",
        r"WPPC [0-9]{2}/[0-9]{2}(/V[0-9]+)?",
        _NI_LICENCE,
    ),
}
_SITE_EXAMPLE = {
    "England": "EPR/AB1234CD",
    "Wales": "EPR/AB1234CD",
    "Scotland": "PPC/A/1234567 or EAS/P/123456",
    "Northern Ireland": "P1234/12A or WPPC 12/34",
}


# A class of the Standard Industrial Classification 2007, as a transfer note asks of whoever hands over.
SIC_CODE = r"^[0-9]{5}$"


def read_ewc_code(text: str, *, field: str = "ewc_code") -> str:
    """Read a List of Waste code ("16 02 16", "160216", "16 02 13*") as six digits.

    The star is how the list marks hazardous entries; whether it belongs is looked up, not typed. Raises
    RefusedAnswerError.
    """
    match = _EWC.match(" ".join(text.split()))
    if match is None:
        raise RefusedAnswerError(
            Problem(
                field,
                "ewc_malformed",
                f"“{text.strip()[:20]}” is not a waste code.",
                "Give six digits such as 16 02 16, or search by words.",
            )
        )
    return match[1] + match[2] + match[3]


def spaced_codes(codes: Iterable[str]) -> frozenset[str]:
    """The codes that are known, as permits and the solver's sentences spell them."""
    return frozenset(spaced_code(code) for code in codes if code)


def spaced_code(code: str) -> str:
    """ "16 02 13"."""
    return f"{code[:2]} {code[2:4]} {code[4:]}"


def format_ewc_code(code: str, *, is_hazardous: bool) -> str:
    """Six digits as the list prints them: "16 02 13*"."""
    return f"{spaced_code(code)}{'*' if is_hazardous else ''}"


def carrier_registration_problem(
    number: str, nation: str = "", *, field: str = "carrier_registration"
) -> Problem | None:
    """What is wrong with a carrier's registration number; None where its form is right.

    With `nation` empty any nation's form will do (carriers registered in one nation may work in the others).
    """
    return _form_problem(
        number, nation, _CARRIER_FORMS, _CARRIER_EXAMPLE, field, "carrier registration number"
    )


def site_authorisation_problem(
    number: str, nation: str = "", *, field: str = "authorisation_number"
) -> Problem | None:
    """What is wrong with a site's permit or licence number; None where its form is right."""
    return _form_problem(number, nation, _SITE_FORMS, _SITE_EXAMPLE, field, "site permit or licence number")


def _form_problem(
    number: str,
    nation: str,
    forms: dict[str, tuple[str, ...]],
    examples: dict[str, str],
    field: str,
    what: str,
) -> Problem | None:
    answer = " ".join(number.upper().split())
    nations = [nation] if nation in forms else list(forms)
    if any(re.fullmatch(form, answer) for name in nations for form in forms[name]):
        return None
    wanted = examples[nation] if nation in forms else "CBDU123456"
    return Problem(
        field,
        "number_malformed",
        f"“{number.strip()[:40]}” does not have the form of a {what}"
        + (f" in {nation}." if nation in forms else "."),
        f"Copy it from the certificate, for example {wanted}.",
    )
