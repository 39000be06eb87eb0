"""The caller's language. Adding a language is adding a file to ``languages/``."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from msgspec import Struct

DEFAULT = "vi"


class Language(Struct, frozen=True):
    """One language: its tag (BCP 47) and its words."""

    tag: str
    words: Mapping[str, Mapping[str, str]]
    """Sentences for the citizen by table and key, such as ``outcomes`` and the state of a source."""

    def say(self, table: str, key: str, **parts: object) -> str:
        """The sentence of that table and key, with the parts in its ``{places}``.

        Raises:
            KeyError: no language file says it: a mistake of ours, which the tests find.
        """
        sentence = self.words[table][key]
        return sentence.format(**parts) if parts else sentence


def _load() -> dict[str, Language]:
    files = resources.files("resolvers").joinpath("languages").iterdir()
    return {
        tag: Language(tag, tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
        for tag, _, suffix in [file.name.partition(".")]
        if suffix == "toml"
    }


LANGUAGES = _load()


def negotiate(accept_language: str) -> Language:
    """The best language for an ``Accept-Language`` header (RFC 9110 section 12.5.4); Vietnamese if none fits."""
    return _best(accept_language[:200])


@lru_cache(maxsize=1000)
def _best(accept_language: str) -> Language:
    best, best_weight = DEFAULT, 0.0
    for part in accept_language.split(","):
        wanted, _, parameter = part.partition(";")
        tag = wanted.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if tag in LANGUAGES and weight > best_weight:
            best, best_weight = tag, weight
    return LANGUAGES[best]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
