"""The data of every catalogue: whole in every language, or the gateway does not start."""

from pathlib import Path

import pytest

from resolvers.language import LANGUAGES
from resolvers.terminology.catalogues import CATALOGUES, WORDS, Catalogue, load

LIST = {"colours": Catalogue(version="1", source="invented")}


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_language_has_words_for_the_same_codes(tag: str) -> None:
    """A code that has words in one language has them in every one."""
    for name in CATALOGUES:
        assert WORDS[tag][name].keys() == WORDS["vi"][name].keys() != set(), name


def test_no_system_stands_in_two_catalogues() -> None:
    """What a code means depends on its system alone."""
    systems = [system for catalogue in CATALOGUES.values() for system in catalogue.systems]
    assert len(systems) == len(set(systems))


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, "colours"),
        ({"colours": 'r = "red"', "shapes": 's = "square"'}, "shapes"),
        ({"colours": 'r = " "'}, "colours: r"),
        ({"colours": "r = 1"}, "int"),
    ],
)
def test_a_catalogue_that_is_not_whole_is_refused(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    """A forgotten file, one too many, an empty word or no word at all is found at start."""
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        load(tmp_path, LIST)
