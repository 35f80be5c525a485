"""When a question is asked: a condition as plain data, decided alike by the server and by a page without signal.

A condition names facts and the values each may have; it holds where every fact fits. Facts and values are
text, so that a condition can travel as JSON.
"""

from collections.abc import Mapping

Condition = Mapping[str, frozenset[str]]
"""Fact → the values with which the question is asked. Empty: always asked."""

ALWAYS: Condition = {}


def when(**facts: str | tuple[str, ...]) -> Condition:
    """A condition in the words of its facts: `when(source_kind="wind")`, `when(nation=("England", "Wales"))`."""
    return {
        fact: frozenset([values] if isinstance(values, str) else values) for fact, values in facts.items()
    }


def holds(condition: Condition, facts: Mapping[str, str]) -> bool:
    """Whether every named fact has one of its values; a fact nobody knows has the value ""."""
    return all(facts.get(fact, "") in values for fact, values in condition.items())


def as_data(condition: Condition) -> dict[str, list[str]]:
    """The condition for JSON, in a stable order."""
    return {fact: sorted(values) for fact, values in sorted(condition.items())}
