"""Everybody is asked about once for all tests here."""

import asyncio
from collections.abc import Callable

import pytest

from tests.golden.answering import Told, all_told, golden_gateway
from tests.running import CityClock
from tests.sandbox.city import City

InLanguage = Callable[[str], dict[str, Told]]


@pytest.fixture(scope="session")
def told_in(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> InLanguage:
    """Everything about everybody, by key, in that language."""
    known: dict[str, dict[str, Told]] = {}

    def asked(language: str) -> dict[str, Told]:
        if language not in known:
            folder = tmp_path_factory.mktemp("golden")
            with golden_gateway(whole_city, folder, city_clock) as gateway:
                known[language] = asyncio.run(all_told(gateway, whole_city, language=language))
        return known[language]

    return asked
