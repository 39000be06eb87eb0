"""How long results hold is data that is checked at start."""

import msgspec
import pytest

from resolvers.language import LANGUAGES
from resolvers.retesting.rules import RULES, load

TEST = 'version = "x"\n[[tests]]\nid = "a"\nloinc = ["1-1"]\nnames = []\nsource = "x"\nverified = false\n'


def test_every_test_has_words_in_every_language() -> None:
    """Its name, and the caution that belongs to it."""
    for language in LANGUAGES.values():
        assert set(language.words["tests"]) == {test.id for test in RULES.tests}
        assert {test.caution for test in RULES.tests if test.caution} <= set(language.words["retesting"])


@pytest.mark.parametrize(
    "text",
    [
        TEST + TEST.partition("\n")[2],
        TEST + "days = 0\n",
        TEST + "hours = 1\n",
        TEST.replace('["1-1"]', "[]"),
        TEST.replace('source = "x"\n', ""),
    ],
)
def test_a_file_that_is_not_clear_stops_the_start(text: str) -> None:
    """One code for two tests, no days, an unknown field, no code, no source."""
    assert load(TEST).tests
    with pytest.raises(msgspec.ValidationError):
        load(text)
