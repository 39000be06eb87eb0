"""Every language says everything, and a caller gets the best one there is."""

import pytest

from connectors.contract import SourceState
from resolvers.language import LANGUAGES, negotiate


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_language_has_words_for_every_outcome(tag: str) -> None:
    """A language file that forgets one is found here and not by a citizen."""
    assert set(LANGUAGES[tag].outcomes) == {state.name for state in SourceState}
    assert all(LANGUAGES[tag].outcomes.values())


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
