"""When a question is asked: a condition as plain data, decided alike by the server and by a page without signal.

A condition names facts and the values each may have; it holds where every fact fits.
"""

from collections.abc import Callable, Mapping

Condition = Mapping[str, frozenset[str]]
"""Fact → the values with which the question is asked. Empty: always asked."""

ALWAYS: Condition = {}


def when(**facts: str | tuple[str, ...]) -> Condition:
    """A condition in the words of its facts: `when(source_kind="wind")`, `when(nation=("England", "Wales"))`."""
    return {
        fact: frozenset([values] if isinstance(values, str) else values) for fact, values in facts.items()
    }


def holds(condition: Condition, fact: Callable[[str], str]) -> bool:
    """Whether every named fact has one of its values. `fact` tells a fact by name, "" where nobody knows it; it
    is asked only for those the condition names."""
    return all(fact(name) in values for name, values in condition.items())
