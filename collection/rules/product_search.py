"""Finding a product by what people call it, as they type.

Accents, case, hyphens and plurals make no difference; the last word may be unfinished; one slip of the
finger is forgiven in words of four letters or more, two from eight. Pure: built from names and synonyms,
asked with text.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST_QUERY = 80
_EXACT, _STARTS, _WORDS, _PREFIX, _FUZZY = 100.0, 80.0, 60.0, 45.0, 25.0
_NAME_BONUS = 4.0
_LEAST_LETTERS_FOR_SLIP, _LETTERS_FOR_TWO_SLIPS = 4, 8
# Words that say nothing about which product is meant.
_EMPTY_WORDS = frozenset(
    {"a", "an", "the", "of", "from", "for", "and", "or", "some", "old", "scrap", "my", "with"}
)
# One word written in several ways.
_SAME_WORD = {
    "disc": "disk",
    "tonne": "weight",
    "tonnage": "weight",
    "centre": "center",
    "aeroplane": "aircraft",
}


@dataclass(frozen=True, slots=True)
class SearchableProduct:
    """A product as the search knows it."""

    code: str
    name: str
    sector: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """One answer: the product, the words that matched (a synonym or the name), and a score for ranking."""

    code: str
    name: str
    matched: str
    score: float


@dataclass(frozen=True, slots=True)
class _Phrase:
    product: SearchableProduct
    text: str
    words: tuple[str, ...]
    is_name: bool = False
    is_code: bool = False


class ProductSearch:
    """Names and synonyms made ready once, then asked many times."""

    def __init__(self, products: Iterable[SearchableProduct]) -> None:
        self._phrases = [phrase for product in products for phrase in _phrases_of(product)]

    def find(self, query: str, *, sectors: Sequence[str] = (), limit: int = 10) -> list[ProductMatch]:
        """The products that fit the query best, best first, each once. An empty query finds nothing.

        With `sectors`, products of those sectors come first; the others are still found.
        """
        words = words_of(query[:LONGEST_QUERY].replace("_", " "))
        if not words:
            return []
        best: dict[str, tuple[float, _Phrase]] = {}
        for phrase in self._phrases:
            score = _score(words, phrase)
            if score and score > best.get(phrase.product.code, (0.0, phrase))[0]:
                best[phrase.product.code] = (score, phrase)
        favoured = frozenset(sectors)
        ranked = sorted(
            best.values(),
            key=lambda found: (
                found[1].product.sector not in favoured if favoured else False,
                -found[0],
                found[1].product.name,
            ),
        )
        return [
            ProductMatch(phrase.product.code, phrase.product.name, phrase.text, round(score, 1))
            for score, phrase in ranked[:limit]
        ]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded so that spelling that does not matter is gone."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", plain)
    plain = re.sub(r"\be[- ](?=bike|scooter|motor|axle)", "e", plain)
    plain = re.sub(r"\bhi[- ]fi\b", "hifi", plain)
    words = re.findall(r"[a-z0-9]+(?:\.[0-9]+)?", plain.replace("'", ""))
    kept = [word for word in words if word not in _EMPTY_WORDS] or words
    return tuple(_singular(_SAME_WORD.get(word, word)) for word in kept)


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _SAME_WORD.get(word[:-1], word[:-1])
    return word


def _phrases_of(product: SearchableProduct) -> list[_Phrase]:
    name = _Phrase(product, product.name, words_of(product.name), is_name=True)
    code = _Phrase(product, product.code, words_of(product.code.replace("_", " ")), is_code=True)
    return [name, code, *(_Phrase(product, term, words_of(term)) for term in product.synonyms)]


def _score(query: tuple[str, ...], phrase: _Phrase) -> float:
    """How well a phrase fits: exact, beginning, all words whole, all begun, or all within a slip; else 0.

    Codes count only when given whole: nobody types the beginning of one.
    """
    words = phrase.words
    if query == words or "".join(query) == "".join(words):
        score = _EXACT
    elif phrase.is_code:
        return 0.0
    elif _begins(query, words):
        score = _STARTS
    else:
        score = _score_by_word(query, words)
    if not score:
        return 0.0
    spare = max(0, len(words) - len(query))
    return score + (_NAME_BONUS if phrase.is_name else 0.0) - min(spare, 10)


def _begins(query: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether the phrase begins with the query; its last word may be unfinished."""
    *whole, last = query
    begun = len(whole) < len(words) and words[len(whole)].startswith(last)
    return begun and words[: len(whole)] == tuple(whole)


def _score_by_word(query: tuple[str, ...], words: tuple[str, ...]) -> float:
    worst = _WORDS
    for word in query:
        fit = max((_word_fit(word, other) for other in words), default=0.0)
        if not fit:
            return 0.0
        worst = min(worst, fit)
    return worst


@lru_cache(maxsize=65536)
def _word_fit(typed: str, word: str) -> float:
    if typed == word:
        return _WORDS
    if word.startswith(typed):
        return _PREFIX
    if any(c.isdigit() for c in typed) or len(typed) < _LEAST_LETTERS_FOR_SLIP:
        return 0.0
    slips = 2 if len(typed) >= _LETTERS_FOR_TWO_SLIPS else 1
    # The end may be unfinished: longer words are compared with as much of the word as was typed, too.
    is_begun = len(typed) > _LEAST_LETTERS_FOR_SLIP and _within(typed, word[: len(typed)], slips)
    return _FUZZY if is_begun or _within(typed, word, slips) else 0.0


def _within(one: str, other: str, slips: int) -> bool:
    """Whether one word becomes the other by at most so many slips: a letter added, left out, changed or two
    neighbours exchanged (optimal string alignment)."""
    if abs(len(one) - len(other)) > slips:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if previous and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > slips:
            return False
    return row[-1] <= slips
