"""What the settings and the blocks of sources say about breaker and cache."""

from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from connectors.clock import SystemClock
from connectors.contract import Call, Source
from connectors.options import BadOptions
from connectors.resilience import GuardedSource
from gateway.fleet import Fleet
from gateway.settings import Cache, Settings, load
from gateway.sources import open_vault
from gateway.telemetry import Event

SETTINGS = """
version = 1
identifier_key = "env:KEY"
sources = "sources.toml"

[[authentication.issuers]]
issuer = "https://e-id.example"
audiences = ["urn:gateway"]
assurance = { LoA2 = 2 }
"""
BLOCK = """
[sources.bv-mau]
kind = "fhir"
name = "Bệnh viện Mẫu"
category = "HOSPITAL"
url = "https://bv-mau.example/fhir"
identifier_system = "urn:x"
"""


def settings(folder: Path, cache: str) -> Settings:
    (folder / "sources.toml").write_text("")
    (folder / "gateway.toml").write_text(SETTINGS + cache)
    return load(folder / "gateway.toml", environment={"KEY": "k" * 32, "REDIS": "redis://:pass-word@cache.test/0"})


def source(folder: Path, line: str) -> Source:
    (folder / "sources.toml").write_text(BLOCK + line)
    clock = SystemClock()
    vault = open_vault(Cache(), clock=clock)
    (opened,) = Fleet(folder / "sources.toml", clock=clock, environment=lambda _: None, vault=vault).sources
    return opened


def test_nothing_is_kept_unless_a_block_grants_it(tmp_path: Path) -> None:
    """Breakers are there from the start."""
    assert isinstance(source(tmp_path, ""), GuardedSource)
    assert not isinstance(source(tmp_path, 'cache = "30s"'), GuardedSource)


def test_without_settings_what_is_kept_stays_in_this_process(tmp_path: Path) -> None:
    assert settings(tmp_path, "").cache == Cache(backend="memory")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('cache = "2h"', "sources.bv-mau: cache: an answer is kept for 3600 seconds at most"),
        ("cache = 30", "sources.bv-mau.cache: expected a duration"),
        ("breaker = { failures = -1 }", "sources.bv-mau.breaker.failures: Expected `int` >= 0"),
        ("breaker = { failurs = 1 }", "unknown key 'failurs'; did you mean 'failures'?"),
        ('breaker = { wrong_person = "ignore" }', "sources.bv-mau.breaker.wrong_person"),
        ("retries = 4", "sources.bv-mau.retries: Expected `int` <= 3"),
        ('xroad = { client = "VN/GOV/1" }', "sources.bv-mau.xroad: Object missing required field `service`"),
    ],
)
def test_a90_a_mistake_in_a_block_is_told_with_its_place(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(BadOptions) as refused:
        source(tmp_path, line)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("cache", "told"),
    [
        ('[cache]\nbackend = "redis"', "gateway.toml.cache.url: expected with backend = 'redis', and only then"),
        ('[cache]\nurl = "env:REDIS"', "gateway.toml.cache.url: expected with backend = 'redis', and only then"),
        ('[cache]\nurl = "redis://:pass-word@cache.test/0"', "never the secret itself"),
        ('[cache]\ntimeout = "51ms"', "gateway.toml.cache.timeout: expected 50ms or less"),
        ('[cache]\ntimeout = "0s"', "gateway.toml.cache.timeout: expected 50ms or less"),
        ('[cache]\nmax_size = "0B"', "gateway.toml.cache.max_size: expected more than nothing"),
        ('[cache]\nbackend = "memcached"', "gateway.toml.cache.backend"),
        ('[cache]\nbackends = "redis"', "unknown key 'backends'; did you mean 'backend'?"),
    ],
)
def test_a90_a_mistake_about_the_cache_is_told_with_its_place(tmp_path: Path, cache: str, told: str) -> None:
    """The password is not repeated."""
    with pytest.raises(BadOptions) as refused:
        settings(tmp_path, cache)
    assert told in str(refused.value)
    assert "pass-word" not in str(refused.value)


def test_a90_an_address_that_is_none_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """There may be a password in it."""
    found = settings(tmp_path, '[cache]\nbackend = "redis"\nurl = "env:KEY"')
    with pytest.raises(BadOptions, match=r"cache\.url") as refused:
        open_vault(found.cache, clock=SystemClock())
    assert "kkk" not in str(refused.value)


def test_a90_a_redis_without_tls_is_weak(tmp_path: Path) -> None:
    (weakness,) = settings(tmp_path, '[cache]\nbackend = "redis"\nurl = "env:REDIS"').weaknesses()
    assert weakness.startswith("cache.url is without TLS")
    assert "pass-word" not in weakness


def test_a_request_tells_the_ids_of_the_calls_that_an_exchange_carried() -> None:
    """So that its log and ours can be joined; where nothing was carried, nothing is told."""
    with capture_logs() as lines:
        for calls in ([Call("population", "id-1"), Call("population", "id-2")], []):
            event = Event("request-1", structlog.get_logger())
            event.add_outcomes([], [], calls)
            event.write(200, 1.0)
    assert [line.get("calls") for line in lines] == [["population/id-1", "population/id-2"], None]
