"""Every word of ours that anybody in the city is told is in the language that was asked for, and in no other.

What is ours and what is a source's own is found by asking in both languages: a field that differs for anybody holds
our words. Everything else must be a source's, a token, or the name of a work.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from resolvers.language import LANGUAGES
from resolvers.terminology.catalogues import ENUMS, WORDS
from tests.golden.conftest import InLanguage
from tests.sandbox.city import City

VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
WORD = re.compile(r"\w+")
PLACE = re.compile(r"\{[^{}]*\}")
NAMES_OF_WORKS = re.compile(r"(^|\.)(source|schedule|table|standard|reference)$")
"""Fields that say where a rule is written, for whoever checks it: in the words of that work, whoever reads it."""
BARE_NUMBERS = ("citizen.claims.nodes.", "citizen.encounters.nodes.outcome.", "citizen.referrals.nodes.reason.")
"""Insurers' papers have bare numbers here: their text is what the list of QĐ 4750/QĐ-BYT says of them, the
label is in both languages."""
MANY = 6
"""Letters that a piece of a sentence needs, to be known again."""


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its way through the answer, places in lists left out; by what stands beside a text's words."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, path)
    elif isinstance(value, str):
        yield path, value


def citizens(told_in: InLanguage, language: str) -> dict[str, Any]:
    """What everybody was told."""
    return {key: told.answer.body for key, told in told_in(language).items()}


@pytest.fixture(scope="session")
def ours(told_in: InLanguage) -> set[str]:
    """The ways that lead to our words."""
    found = set()
    vietnamese, english = citizens(told_in, "vi"), citizens(told_in, "en")
    for key, answer in vietnamese.items():
        here, there = list(strings(answer.get("data"))), list(strings(english[key].get("data")))
        assert [path for path, _ in here] == [path for path, _ in there], key
        found |= {path for (path, one), (_, other) in zip(here, there, strict=True) if one != other}
    assert len(found) > 20
    return found


def without_originals(value: str, originals: list[str]) -> str:
    """What is left of a sentence when the source's own words in it are taken out."""
    for original in originals:
        if original in value:
            value = value.replace(original, " ")
    return value


def test_no_vietnamese_word_of_ours_in_english(told_in: InLanguage, ours: set[str]) -> None:
    """By its letters."""
    wrong = []
    for key, answer in citizens(told_in, "en").items():
        told = list(strings(answer.get("data")))
        originals = sorted({text for path, text in told if path not in ours}, key=len, reverse=True)
        for path, text in told:
            if path in ours and VIETNAMESE.search(text) and VIETNAMESE.search(without_originals(text, originals)):
                wrong.append(f"{key} {path}: {text}")
        wrong += [f"{key}: {text}" for text in messages(answer) if VIETNAMESE.search(text)]

    assert wrong == []


def test_no_english_word_of_ours_in_vietnamese(told_in: InLanguage, ours: set[str]) -> None:
    """By our own English words and sentences, with whatever stands in their places."""
    words, sentences = english_alone()
    wrong = []
    for key, answer in citizens(told_in, "vi").items():
        told = [text for path, text in strings(answer.get("data")) if path in ours] + messages(answer)
        wrong += [f"{key}: {text}" for text in told if text in words or any(one.fullmatch(text) for one in sentences)]

    assert wrong == []


def test_what_is_the_same_in_both_is_not_ours(told_in: InLanguage, ours: set[str], city: City) -> None:
    """A sentence that never changes is a source's, word by word, or the name of a work: none stands in the code."""
    known = words_of(city)
    wrong = {
        f"{path}: {text}"
        for answer in citizens(told_in, "vi").values()
        for path, text in strings(answer.get("data"))
        if path not in ours
        and " " in text
        and not NAMES_OF_WORKS.search(path)
        and not path.startswith(BARE_NUMBERS)
        and not set(WORD.findall(text.casefold())) <= known
    }

    assert sorted(wrong) == []


def messages(answer: Mapping[str, Any]) -> list[str]:
    """Of its errors."""
    return [error["message"] for error in answer.get("errors", ())]


def english_alone() -> tuple[set[str], list[re.Pattern[str]]]:
    """Words and sentences of ours that are English and not also Vietnamese."""
    everything: dict[str, set[str]] = {}
    for tag, language in LANGUAGES.items():
        texts = {text for _, text in strings(dict(WORDS[tag]))} | {text for _, text in strings(dict(ENUMS[tag]))}
        everything[tag] = texts | {text for _, text in strings(language.words)}
    alone = everything["en"] - everything["vi"]
    patterns = [
        re.compile(".+".join(re.escape(piece) for piece in PLACE.split(text)), re.DOTALL)
        for text in alone
        if PLACE.search(text) and max(map(len, PLACE.split(text))) >= MANY
    ]
    return {text for text in alone if not PLACE.search(text)}, patterns


def words_of(city: City) -> set[str]:
    """Every word that a system of the city, or its configuration, has."""
    contents = city.contents
    papers = " ".join(paper.decode() for paper in contents.dossiers.values())
    inner = " ".join(
        base64.b64decode(packed).decode("utf-8", "replace") for packed in re.findall(r"<NOIDUNGFILE>([^<]+)<", papers)
    )
    return set(WORD.findall(f"{contents} {papers} {inner} {city.sources_toml()}".casefold()))
