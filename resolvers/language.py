"""The caller's language. Adding a language is adding a file to ``languages/``."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from msgspec import Struct

DEFAULT = "vi"


class Language(Struct, frozen=True):
    """One language: its tag (BCP 47) and its words."""

    tag: str
    outcomes: Mapping[str, str]
    """A sentence for the citizen per state of a source."""


def _load() -> dict[str, Language]:
    languages = {}
    for file in resources.files("resolvers").joinpath("languages").iterdir():
        tag, _, suffix = file.name.partition(".")
        if suffix == "toml":
            words: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
            languages[tag] = Language(tag, words["outcomes"])
    return languages


LANGUAGES = _load()


def negotiate(accept_language: str) -> Language:
    """The best language for an ``Accept-Language`` header (RFC 9110 section 12.5.4); Vietnamese if none fits."""
    best, best_weight = DEFAULT, 0.0
    for part in accept_language[:200].split(","):
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
