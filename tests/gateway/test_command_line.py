"""``python -m gateway`` as a person would type it: exit codes 0, 1 and 2, and a sentence for each mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.verbs import main
from tests.sandbox.serving import Site

ROOT = Path(__file__).parents[2]
SETTINGS = """
version = 1
identifier_key = "file:key"
sources = "sources.toml"
[server]
listen = "127.0.0.1:0"
[[authentication.issuers]]
issuer = "https://e-id.example"
audiences = ["urn:gateway"]
assurance = { LoA2 = 2 }
"""
SOURCES = """
[sources.dan-cu]
kind = "population"
name = "Dân cư Mẫu"
category = "POPULATION_REGISTER"
url = "https://dan-cu.example"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration without a mistake."""
    (tmp_path / "key").write_text("k" * 32)
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "gateway.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def typed(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "gateway", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_finds_nothing_wrong(folder: Path) -> None:
    """0, and every source with what it holds. The file is found in the folder, by its name, or by a variable."""
    for done in (
        typed("check", folder=folder),
        typed("check", "--config", str(folder / "gateway.toml"), folder=ROOT),
        typed("check", folder=ROOT, GATEWAY_CONFIG=str(folder / "gateway.toml")),
    ):
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("dan-cu: population, Dân cư Mẫu: ")
        assert done.stderr == ""


def test_check_tells_what_is_weak(folder: Path) -> None:
    """1, for a person and for a program."""
    weak = {"GATEWAY_SERVER__INTROSPECTION": "true"}
    done = typed("check", folder=folder, **weak)
    read = typed("check", "--json", folder=folder, **weak)

    assert (done.returncode, read.returncode) == (1, 1)
    assert done.stderr.startswith("weak: server.introspection is on")
    assert json.loads(read.stdout)["sources"] == ["dan-cu"]
    assert len(json.loads(read.stdout)["weaknesses"]) == 1


def test_a90_check_tells_of_plain_http_and_of_keys_that_everybody_can_read(folder: Path) -> None:
    """1, and the gateway itself says so when it starts."""
    spoil(folder / "sources.toml", "https://", "http://")
    (folder / "key").chmod(0o644)
    done = CliRunner().invoke(main, ["check", "--config", str(folder / "gateway.toml")])

    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "weak: identifier_key is in a file that every user of this machine can read: chmod 600",
        (
            "weak: sources.dan-cu.url is plain http to another machine: "
            "whoever is on the way reads and changes health data"
        ),
    ]


MISTAKES = [
    ("gateway.toml", "[server]", "[sever]", "gateway.toml: unknown key 'sever'; did you mean 'server'?"),
    ("gateway.toml", "version = 1", "version = 3", "gateway.toml.version: this gateway reads version 1"),
    (
        "gateway.toml",
        "[server]",
        "[certificates]\nkeys = []\n[server]",
        "gateway.toml.certificates.keys: expected at least one",
    ),
    (
        "gateway.toml",
        "[server]",
        '[certificates]\nkeys = [{ certificate = "key", key = "file:key" }]\n[server]',
        "certificates.keys: expected a PEM certificate and its PEM private key",
    ),
    ("key", "k", "", "gateway.toml.identifier_key: expected at least 32 characters"),
    ("sources.toml", "url", "ur", "sources.dan-cu: unknown key 'ur'; did you mean 'url'?"),
    ("sources.toml", "https://dan", "ftp://dan", "sources.dan-cu: url is an absolute http or https address"),
    (
        "sources.toml",
        "https://dan",
        "https://me:pw@dan",
        "sources.dan-cu: url has no user, no query and no fragment; credentials have settings of their own",
    ),
    ("sources.toml", SOURCES, "", "sources.toml: no source; every block is named [sources.<key>]"),
    (
        "sources.toml",
        '"population"',
        '"populaton"',
        "sources.dan-cu: unknown kind 'populaton'; did you mean 'population'?",
    ),
]


def spoil(path: Path, old: str, new: str) -> None:
    """Make the mistake."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(("file", "old", "new", "told"), MISTAKES)
def test_a90_a_mistake_is_found_by_check(folder: Path, file: str, old: str, new: str, told: str) -> None:
    """2 and one sentence; nothing on standard output."""
    spoil(folder / file, old, new)
    done = CliRunner().invoke(main, ["check", "--config", str(folder / "gateway.toml")])

    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{told}\n")


@pytest.mark.parametrize(("file", "old", "new", "told"), [MISTAKES[0], MISTAKES[-1]])
def test_a90_a_mistake_keeps_the_gateway_from_starting(folder: Path, file: str, old: str, new: str, told: str) -> None:
    """The same sentence, without a stack of calls."""
    spoil(folder / file, old, new)
    done = typed("serve", folder=folder)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{told}\n")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """2, with the path that was looked for."""
    done = typed("check", folder=tmp_path)

    assert (done.returncode, done.stderr) == (2, "no such file: gateway.toml\n")


@pytest.mark.parametrize("key", ["LISTEN", "ADMIN"])
def test_serve_tells_when_its_place_is_taken(folder: Path, key: str) -> None:
    """2, and which place; the other listener does not go on alone."""
    site = Site(0)
    taken = site.url.removeprefix("http://")
    done = typed("serve", folder=folder, **{f"GATEWAY_SERVER__{key}": taken})
    site.release()

    assert done.returncode == 2
    assert done.stderr == f"{taken} is taken, or no address of this machine\n"


def test_schema_prints_what_is_published(tmp_path: Path) -> None:
    """Without any configuration; letter by letter the file that clients work with."""
    done = typed("schema", folder=tmp_path)

    assert done.returncode == 0
    assert done.stdout == (ROOT / "schema.graphql").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [("serv",), ("check", "--confg", "x"), ("schema", "x"), ()])
def test_misuse_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    """2, with how it is meant."""
    done = typed(*words, folder=tmp_path)

    assert done.returncode == 2
    assert "Usage:" in done.stdout + done.stderr


def test_help_is_no_misuse(tmp_path: Path) -> None:
    """0."""
    assert typed("-h", folder=tmp_path).returncode == 0
    assert "serve" in typed("--help", folder=tmp_path).stdout


def test_the_store_is_brought_to_the_form_of_this_version(folder: Path) -> None:
    """As often as wanted, beside the settings; a store that cannot be had is told without its address."""
    for _ in range(2):
        assert typed("store", "migrate", folder=folder).returncode == 0
    assert (folder / "citizen-graph.db").stat().st_size > 0

    away = f"postgresql://u:secret@/none?host={folder}"
    (folder / "gateway.toml").write_text(SETTINGS + '[store]\nurl = "env:STORE"\n')
    done = typed("store", "migrate", folder=folder, STORE=away)
    assert done.returncode == 2
    assert "the store cannot be had" in done.stderr and "secret" not in done.stderr
