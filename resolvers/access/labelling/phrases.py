"""Phrases found in running text, word by word, written with their marks or wholly without them.

Vietnamese loses its marks on the way through old systems, and where a tone stands on a vowel pair is a matter of taste
(*túy*, *tuý*). So a word of the text is one of a phrase when its letters are the same and it carries either the same
marks or none: *lâu* (long) is not *lậu* (gonorrhoea), but *lau* may be.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from resolvers.access.consents import Sensitivity

_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_STROKED = {ord("đ"): "d"}
_Word = tuple[str, str]
"""The letters, and the marks on them in one order."""


class Phrases:
    """A set of phrases, each of which tells something."""

    def __init__(self, phrases: Iterable[tuple[str, Sensitivity]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[_Word, ...], Sensitivity]]] = defaultdict(list)
        for text, told in phrases:
            words = _words(text)
            self._by_first[words[0][0]].append((words, told))

    def found_in(self, text: str) -> set[Sensitivity]:
        """What the phrases that stand in the text tell."""
        plain = _plain(text)
        if self._by_first.keys().isdisjoint(_WORD.findall(plain)):
            return set()  # as nearly every text: no word of it begins a phrase
        words = _words(text)
        return {
            told
            for start, (letters, _) in enumerate(words)
            for phrase, told in self._by_first.get(letters, ())
            if _stands(phrase, words[start : start + len(phrase)])
        }


def _stands(phrase: tuple[_Word, ...], words: tuple[_Word, ...]) -> bool:
    return len(words) == len(phrase) and all(
        letters == written and marks in ("", wanted)
        for (written, wanted), (letters, marks) in zip(phrase, words, strict=True)
    )


def _plain(text: str) -> str:
    """The text without any marks, all at once."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(_STROKED)
    return _MARKS.sub("", parts)


def _words(text: str) -> tuple[_Word, ...]:
    return tuple(_read(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _read(word: str) -> _Word:
    if word.isascii():
        return word, ""
    parts = unicodedata.normalize("NFD", word.replace("đ", "d\N{COMBINING SHORT STROKE OVERLAY}"))
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    return letters, "".join(sorted(part for part in parts if unicodedata.combining(part)))
