"""What a running gateway goes by after reading its settings again, and what it says it cannot."""

from pathlib import Path

import pytest

from gateway.reloading import taken_over
from gateway.settings import Settings, load

WHOLE = """
version = 1
identifier_key = "env:KEY"
sources = "sources.toml"
[server]
deadline = "4s"
[authentication]
required_assurance = 2
[[authentication.issuers]]
issuer = "https://e-id.example"
audiences = ["urn:gateway"]
assurance = { LoA2 = 2 }
[locating]
probing = 8
"""


def settings(folder: Path, text: str = WHOLE, key: str = "k" * 32) -> Settings:
    (folder / "sources.toml").touch()
    (folder / "other.toml").touch()
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    return load(folder / "gateway.toml", environment={"KEY": key})


def test_the_same_file_changes_nothing(tmp_path: Path) -> None:
    running = settings(tmp_path)
    now, restart = taken_over(running, settings(tmp_path))

    assert restart == ()
    assert now.server == running.server


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sources = "sources.toml"', 'sources = "other.toml"'),
        ("required_assurance = 2", 'required_assurance = 3\nacr_values = ["LoA3"]'),
        ("probing = 8", 'probing = 2\ninsurance = "300ms"'),
    ],
)
def test_sources_locating_and_the_strength_of_a_sign_in_are_taken_over(tmp_path: Path, old: str, new: str) -> None:
    read = settings(tmp_path, WHOLE.replace(old, new))
    now, restart = taken_over(settings(tmp_path), read)

    assert restart == ()
    assert (now.sources, now.locating) == (read.sources, read.locating)
    assert now.authentication.required_assurance == read.authentication.required_assurance
    assert now.authentication.acr_values == read.authentication.acr_values


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('deadline = "4s"', 'deadline = "3s"', "server.deadline"),
        ("[server]", '[server]\nlisten = "127.0.0.1:1"', "server.listen"),
        ("LoA2 = 2", "LoA2 = 3", "authentication.issuers"),
        ("version = 1", "version = 1\ndevelopment = true", "development"),
    ],
)
def test_what_wants_a_restart_is_named_and_not_heeded(tmp_path: Path, old: str, new: str, named: str) -> None:
    running = settings(tmp_path)
    now, restart = taken_over(running, settings(tmp_path, WHOLE.replace(old, new)))

    assert restart == (named,)
    assert (now.server, now.development) == (running.server, running.development)


def test_another_key_wants_a_restart(tmp_path: Path) -> None:
    """References that stand in logs would change under way."""
    now, restart = taken_over(settings(tmp_path), settings(tmp_path, key="x" * 32))

    assert restart == ("identifier_key",)
    assert now.identifier_key.reveal() == "k" * 32
