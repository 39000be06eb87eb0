"""The data of indicators: what every entry of it needs elsewhere."""

import pytest

from resolvers.indicating.catalogue import CATALOGUE
from resolvers.terminology.catalogues import WORDS


@pytest.mark.parametrize("tag", sorted(WORDS))
def test_every_unit_has_words_in_every_language(tag: str) -> None:
    """What an indicator shows is ours, so it is in the language of the reader."""
    assert CATALOGUE.units.keys() <= WORDS[tag]["ucum"].keys()
