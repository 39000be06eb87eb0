"""``sources.toml``: every block becomes a source, and every slip is told with its block and its remedy."""

from pathlib import Path

import pytest

from connectors.clock import SystemClock
from connectors.contract import Source
from connectors.options import BadOptions
from connectors.records import Allergy, Encounter, FoundBy, Sender
from gateway.fleet import Fleet

WHOLE = """
[sources.bv-mau]
kind = "fhir"
name = "Bệnh viện Mẫu"
category = "HOSPITAL"
url = "https://bv-mau.example/fhir"
identifier_system = "urn:mau"
holds = ["Encounter", "Allergy"]
headers = { X-Key = "env:THE_KEY" }

[sources.dan-cu]
kind = "population"
name = "Dân cư Mẫu"
category = "POPULATION_REGISTER"
url = "https://dan-cu.example"
"""


def fleet(folder: Path, text: str = WHOLE) -> Fleet:
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return Fleet(folder / "sources.toml", clock=SystemClock(), environment={"THE_KEY": "a-secret"}.get)


def opened(folder: Path, text: str = WHOLE) -> tuple[Source, ...]:
    return fleet(folder, text).sources


async def test_every_block_is_a_source_in_the_order_of_the_file(tmp_path: Path) -> None:
    """By the name of its block; what it holds is what the block says. Closing them twice is allowed."""
    everything = fleet(tmp_path)
    sources = everything.sources
    await everything.close()
    await everything.close()

    assert [source.info.id for source in sources] == ["bv-mau", "dan-cu"]
    assert sources[0].holds == {Encounter, Allergy}


def test_how_a_source_is_found_is_said_by_its_block_or_by_what_it_is(tmp_path: Path) -> None:
    """A register of everybody is always asked; a place of care is not, unless its block says so."""
    found = {source.info.id: source.info.found_by for source in opened(tmp_path)}
    assert found == {"bv-mau": FoundBy.PROBING, "dan-cu": FoundBy.ALWAYS}

    said = opened(tmp_path, WHOLE.replace("url =", 'found_by = "pointers"\nevents = { client = "bv" }\nurl =', 1))
    assert said[0].info.found_by is FoundBy.POINTERS
    assert said[0].info.sender == Sender(client="bv")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "fhir"', 'kind = "fire"', "sources.bv-mau: unknown kind 'fire'; did you mean 'fhir'?"),
        ('kind = "fhir"', 'kind = "soap"', "sources.bv-mau: unknown kind 'soap'; kinds: "),
        ('kind = "fhir"', "", "sources.bv-mau: 'kind' is missing; kinds: "),
        ('kind = "fhir"', "kind = 7", "sources.bv-mau: 'kind' is missing"),
        ("category", "categry", "sources.bv-mau: unknown key 'categry'; did you mean 'category'?"),
        ("url", "xyzzy", "sources.bv-mau: unknown key 'xyzzy'; known keys: "),
        ('"Allergy"', '"Alergy"', "sources.bv-mau.holds: kind 'fhir' cannot hold 'Alergy'; did you mean 'Allergy'?"),
        ('"Encounter", "Allergy"', "", "sources.bv-mau.holds: expected at least one of"),
        ("HOSPITAL", "HOTEL", "sources.bv-mau.category"),
        ("url", 'found_by = "pointers"\nurl', "sources.bv-mau.events: 'pointers' need somebody who sends them"),
        ("url", 'events = { clint = "x" }\nurl', "sources.bv-mau.events: unknown key 'clint'; did you mean 'client'?"),
        ("url", 'found_by = "luck"\nurl', "sources.bv-mau.found_by"),
        ("env:THE_KEY", "env:NO_KEY", "the environment variable NO_KEY is not set"),
        ("[sources.bv-mau]", "[source.bv-mau]", "sources.toml: unknown key 'source'; every block is named [sources."),
        ("[sources.bv-mau]", "[sources]\nx = 1\n[sources.bv-mau]", "sources.x: expected a block"),
        ("[sources.bv-mau]", "[sources.bv-mau", "sources.toml: "),
        ("[sources.dan-cu]", "[sources.bv-mau]", "sources.toml: "),
    ],
)
def test_a90_a_slip_is_told_with_its_block_and_the_nearest_word(tmp_path: Path, old: str, new: str, told: str) -> None:
    """An unknown word is never passed over: it would be a setting that is silently not set."""
    assert old in WHOLE
    with pytest.raises(BadOptions) as refused:
        opened(tmp_path, WHOLE.replace(old, new, 1))

    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["", "[sources]"])
def test_a_gateway_without_sources_is_a_mistake(tmp_path: Path, text: str) -> None:
    """It would answer every question with nothing."""
    with pytest.raises(BadOptions, match="no source"):
        opened(tmp_path, text)


def test_a90_a_pasted_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Whoever reads the log shall not read it there."""
    with pytest.raises(BadOptions) as refused:
        opened(tmp_path, WHOLE.replace("env:THE_KEY", "s3cr3t-of-the-hospital"))

    assert "s3cr3t" not in str(refused.value)


def test_a90_nobody_sends_events_for_two(tmp_path: Path) -> None:
    """An event does not say for whom it is; the same name at another issuer is somebody else."""
    with pytest.raises(BadOptions, match=r"sources\.dan-cu\.events\.client: sends for sources\.bv-mau already"):
        opened(tmp_path, WHOLE.replace("url =", 'events = { client = "bv" }\nurl ='))

    other = WHOLE.replace("url =", 'events = { client = "bv" }\nurl =', 1)
    other = other.replace('url = "https://dan', 'events = { client = "bv", issuer = "https://x" }\nurl = "https://dan')
    assert len(opened(tmp_path, other)) == 2
