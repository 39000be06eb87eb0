"""The example queries of the explorer: each is valid, answers without errors, and shows something."""

from importlib import resources
from typing import Any

import pytest
from graphql import parse, validate

from resolvers.schema import build_schema
from tests.gateway.portal.browser import Browser
from tests.running import Running
from tests.sandbox.city import City

FILES = sorted((resources.files("gateway.portal") / "examples").iterdir(), key=lambda file: file.name)
NAMES = [file.name for file in FILES]
SHOWN_TO = {
    "1-phone-screen.graphql": ("an", ("allergies", "medications", "coverage", "encounters")),
    "2-children.graphql": ("mai", ("dependants",)),
    "3-blood-sugar.graphql": ("phuc", ("observations",)),
    "4-visits-and-claims.graphql": ("xuan", ("encounters", "claims")),
    "5-sources.graphql": ("an", ()),
}
"""Who has something of each kind, and where in ``me`` it is."""


async def _offered(browser: Browser) -> list[dict[str, str]]:
    offered: list[dict[str, str]] = (await browser.session())["examples"]
    return offered


async def test_the_page_is_offered_every_example_with_its_title(browser: Browser) -> None:
    """In the order of the files; whoever is not signed in sees them as well, for they say nothing of anybody."""
    offered = await _offered(browser)
    assert len(offered) == len(FILES)
    for example, file in zip(offered, FILES, strict=True):
        assert file.read_text(encoding="utf-8") == f"# {example['title']}\n{example['query']}"
        assert example["title"]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
async def test_an_example_fits_the_schema(browser: Browser, number: int) -> None:
    query = (await _offered(browser))[number]["query"]
    assert validate(build_schema()._schema, parse(query)) == []


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
async def test_an_example_shows_something_of_somebody(
    gateway: Running, city: City, browser: Browser, number: int
) -> None:
    """No errors, every section complete, and no list that ought to show how it looks is empty."""
    person, lists = SHOWN_TO[NAMES[number]]
    await browser.sign_in(person)
    _, _, token = await browser.who()
    answer = await gateway.ask((await _offered(browser))[number]["query"], token=token)
    assert answer.status == 200
    data: dict[str, Any] = answer.data
    if not lists:
        assert len(data["sources"]) == len(city.addresses)
    for name in lists:
        assert data["me"][name]["nodes"], name
        assert data["me"][name].get("completeness", {"complete": True})["complete"], name
