"""Every language says everything, and a caller gets the best one there is."""

from string import Formatter

import pytest

from connectors.contract import SourceState
from resolvers.language import LANGUAGES, Language, negotiate


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_language_has_words_for_every_outcome(tag: str) -> None:
    """A language file that forgets one is found here and not by a citizen."""
    assert set(LANGUAGES[tag].words["outcomes"]) == {"RESTRICTED", *(state.name for state in SourceState)}


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_language_says_the_same_things(tag: str) -> None:
    """The same tables, keys and places for parts as in Vietnamese, and no sentence is empty."""
    said, wanted = LANGUAGES[tag].words, LANGUAGES["vi"].words
    assert {table: set(words) for table, words in said.items()} == {
        table: set(words) for table, words in wanted.items()
    }
    for table, words in said.items():
        for key, sentence in words.items():
            assert sentence.strip(), (table, key)
            assert _places(sentence) == _places(wanted[table][key]), (table, key)


def _places(sentence: str) -> set[str | None]:
    return {place for _, place, _, _ in Formatter().parse(sentence) if place is not None}


def test_a_sentence_takes_its_parts() -> None:
    """What is said about a case stands in the places of the sentence."""
    language = Language("xx", {"greetings": {"hello": "Hello {name}.", "braces": "{}"}})
    assert language.say("greetings", "hello", name="Mẫu") == "Hello Mẫu."
    assert language.say("greetings", "braces") == "{}"


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("fr, en;q=0.2, vi;q=0.1", "en"),
        ("vi;q=0.1, en;q=0", "vi"),
        ("de", "vi"),
        ("*", "vi"),
        ("EN", "en"),
        ("en;q=banana", "vi"),
        (",;,;;=", "vi"),
        ("en;q=0.5," * 5000, "en"),
    ],
)
def test_the_best_language_for_a_header(header: str, tag: str) -> None:
    """RFC 9110 weights, and no header that could trouble us."""
    assert negotiate(header).tag == tag
