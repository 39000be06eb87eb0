"""Sources are exchanged under running requests: whole or not at all, and nobody's source is closed under them."""

import asyncio
from pathlib import Path

import pytest

from connectors.clock import SystemClock
from connectors.contract import Source
from connectors.fingerprint import fingerprint
from connectors.options import BadOptions
from gateway.fleet import Changes, Fleet

BLOCK = """
[sources.{key}]
kind = "population"
name = "Dân cư Mẫu"
category = "POPULATION_REGISTER"
url = "https://{key}.example"
headers = {{ X-Key = "file:{key}.key" }}
"""


class Configured:
    """A folder with blocks, and the fleet that reads them. Counts what is closed."""

    def __init__(self, folder: Path, *keys: str) -> None:
        self.folder = folder
        self.closed: list[str] = []
        self.write(*keys)
        self.fleet = Fleet(self.path, clock=SystemClock(), environment=lambda _: None)
        self.watch()

    @property
    def path(self) -> Path:
        return self.folder / "sources.toml"

    def write(self, *keys: str) -> None:
        for key in keys:
            (self.folder / f"{key}.key").write_text(f"secret of {key}")
        self.path.write_text("".join(BLOCK.format(key=key) for key in keys), encoding="utf-8")

    def watch(self) -> None:
        for source in self.fleet.sources:
            self._watch(source)

    def _watch(self, source: Source) -> None:
        close = source.close

        async def noted() -> None:
            self.closed.append(source.info.id)
            await close()

        source.close = noted  # type: ignore[method-assign]

    async def reload(self) -> Changes:
        changes = await self.fleet.reload(self.path)
        await asyncio.sleep(0)
        return changes


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    return Configured(tmp_path, "a", "b")


async def test_what_says_the_same_keeps_its_source(configured: Configured) -> None:
    """With its connections, its breakers and what is known of its health, even when blocks change places."""
    a, b = configured.fleet.sources
    configured.write("b", "a", "c")
    changes = await configured.reload()

    assert changes == Changes(added=("c",), kept=("b", "a"))
    assert configured.fleet.sources[:2] == (b, a)
    assert configured.closed == []


async def test_what_says_something_else_is_another_source(configured: Configured) -> None:
    """Also when only the secret behind a reference is new; the old one is closed."""
    a, b = configured.fleet.sources
    (configured.folder / "a.key").write_text("a new secret")
    changes = await configured.reload()

    assert changes == Changes(changed=("a",), kept=("b",))
    assert configured.fleet.sources[0] is not a
    assert configured.fleet.sources[1] is b
    assert configured.closed == ["a"]


async def test_a_request_keeps_the_sources_it_began_with(configured: Configured) -> None:
    """They are closed when the last such request has ended, and not before."""
    with configured.fleet.lent() as first:
        with configured.fleet.lent() as second:
            configured.write("b")
            assert await configured.reload() == Changes(removed=("a",), kept=("b",))
            assert [source.info.id for source in first.sources] == ["a", "b"]
            with configured.fleet.lent() as third:
                assert [source.info.id for source in third.sources] == ["b"]
        await asyncio.sleep(0)
        assert second is first
        assert configured.closed == []
    await asyncio.sleep(0)

    assert configured.closed == ["a"]


async def test_a_source_that_comes_back_meanwhile_is_a_new_one(configured: Configured) -> None:
    """The old one is still lent, and closed later; the new one is not closed with it."""
    with configured.fleet.lent():
        configured.write("b")
        await configured.reload()
        configured.write("a", "b")
        assert await configured.reload() == Changes(added=("a",), kept=("b",))
        configured.watch()
    await asyncio.sleep(0)

    assert configured.closed == ["a"]
    assert [source.info.id for source in configured.fleet.sources] == ["a", "b"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.path.write_text("[sources.a", encoding="utf-8"),
        lambda c: c.path.write_text("", encoding="utf-8"),
        lambda c: c.path.unlink(),
        lambda c: (c.folder / "b.key").unlink(),
        lambda c: c.path.write_text(c.path.read_text().replace("https://b", "ftp://b"), encoding="utf-8"),
    ],
)
async def test_a91_what_cannot_be_used_changes_nothing(configured: Configured, spoil: object) -> None:
    """Not even the blocks before the mistake; afterwards a good file is taken."""
    before = configured.fleet.sources
    text = configured.path.read_text(encoding="utf-8")
    assert callable(spoil)
    spoil(configured)
    with pytest.raises(BadOptions):
        await configured.reload()
    assert configured.fleet.sources == before
    assert configured.closed == []

    (configured.folder / "b.key").write_text("secret of b")
    configured.path.write_text(text, encoding="utf-8")
    assert await configured.reload() == Changes(kept=("a", "b"))


async def test_readings_come_one_after_the_other(configured: Configured) -> None:
    """Two at once end with what the file says, and every source is closed once."""
    configured.write("a")
    await asyncio.gather(configured.reload(), configured.reload())

    assert [source.info.id for source in configured.fleet.sources] == ["a"]
    assert configured.closed == ["b"]


async def test_closing_closes_everything(configured: Configured) -> None:
    """Those that are still lent as well."""
    with configured.fleet.lent():
        configured.write("b")
        await configured.reload()
        await configured.fleet.close()

    assert set(configured.closed) == {"a", "b"}


def test_a_fingerprint_tells_nothing_that_it_is_made_of() -> None:
    assert "secret" not in fingerprint("secret")
    assert fingerprint(["a", "b"]) != fingerprint(["ab"])
