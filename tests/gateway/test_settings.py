"""The settings file and the environment: what is taken, and how a mistake is told."""

from pathlib import Path

import pytest

from connectors.options import BadOptions
from gateway.settings import Settings, load

KEY = "k" * 32
WHOLE = """
version = 1
identifier_key = "file:secrets/key"
sources = "sources.toml"

[server]
deadline = "4s"

[authentication]
acr_values = ["LoA2"]

[[authentication.issuers]]
issuer = "https://e-id.example"
audiences = ["urn:gateway"]
assurance = { LoA2 = 2 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that the file refers to."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text(f"{KEY}\n")
    (tmp_path / "secrets" / "key").chmod(0o600)
    (tmp_path / "sources.toml").write_text("")
    return tmp_path


def settings(folder: Path, text: str = WHOLE, **environment: str) -> Settings:
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    return load(folder / "gateway.toml", environment=environment)


def test_what_is_not_said_is_safe(folder: Path) -> None:
    """On this machine only, telling no schema, for production; and nothing weak to warn of."""
    found = settings(folder)

    assert (found.server.listen, found.server.admin) == ("127.0.0.1:4000", "127.0.0.1:8088")
    assert (found.server.introspection, found.development, found.explorer) == (False, False, None)
    assert [float(found.server.deadline), float(found.server.caller_timeout)] == [4, 10]
    assert int(found.server.max_body) == 262_144
    assert found.weaknesses() == []


def test_a_secret_is_only_referred_to_and_never_shown(folder: Path) -> None:
    """By a file or by a variable; the record's own text does not hold it."""
    by_file = settings(folder)
    by_name = settings(folder, WHOLE.replace("file:secrets/key", "env:THE_KEY"), THE_KEY=KEY)

    assert by_file.identifier_key.reveal() == by_name.identifier_key.reveal() == KEY
    assert KEY not in repr(by_file)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[server]", "[sever]", "gateway.toml: unknown key 'sever'; did you mean 'server'?"),
        ("deadline", "deadlin", "gateway.toml.server: unknown key 'deadlin'; did you mean 'deadline'?"),
        ("audiences", "audience", "gateway.toml.authentication.issuers[0]: unknown key 'audience'; did you mean 'aud"),
        ("version = 1", "version = 2", "gateway.toml.version: this gateway reads version 1"),
        ("version = 1", "", "gateway.toml: Object missing required field `version`"),
        ('"4s"', "4", "gateway.toml.server.deadline: expected a duration such as '250ms' or '2s'"),
        ('"4s"', '"0s"', "gateway.toml.server.deadline: expected more than nothing"),
        (
            "[server]",
            "[execution]\ncompiled_fields = 0\n[server]",
            "gateway.toml.execution.compiled_fields: expected 1",
        ),
        ("[server]", '[execution]\nplans = "maybe"\n[server]', "gateway.toml.execution.plans"),
        ("file:secrets/key", "file:secrets/none", "gateway.toml.identifier_key: no such file: secrets/none"),
        ("file:secrets/key", "env:NONE", "gateway.toml.identifier_key: the environment variable NONE is not set"),
        ("sources.toml", "none.toml", "gateway.toml.sources: no such file: none.toml"),
        ("https://e-id", "http://e-id", "issuer must be an https address"),
        ("[[authentication.issuers]]", "[authentication.issuers]", "gateway.toml.authentication.issuers"),
        ("[server]", "[server", "gateway.toml: "),
        ("[server]", '[server]\nlisten = "4000"', "gateway.toml.server.listen: expected 'host:port'"),
        ("[server]", '[server]\nadmin = "localhost:"', "gateway.toml.server.admin: expected 'host:port'"),
        ("[server]", '[server]\nmax_body = "5"', "gateway.toml.server.max_body: expected a size"),
        ("[server]", "[locating]\nprobing = -1\n[server]", "gateway.toml.locating.probing: expected 0 or more"),
        ("[server]", '[locating]\ninsurance = "0s"\n[server]', "locating.insurance: expected more than nothing"),
        ("[server]", "[locating]\ncoverage = 1.5\n[server]", "locating.coverage: expected more than 0, and 1 at most"),
        ("[server]", "[store]\nconnections = 0\n[server]", "gateway.toml.store.connections: expected 1 or more"),
        ("[server]", "[limits]\nmax_depth = 0\n[server]", "gateway.toml.limits.max_depth: expected 1 or more"),
        ("[server]", "[limits]\nmax_dept = 9\n[server]", "unknown key 'max_dept'; did you mean 'max_depth'?"),
    ],
)
def test_a90_a_mistake_is_told_with_its_place_and_its_remedy(folder: Path, old: str, new: str, told: str) -> None:
    """The block, the key, and what would be right."""
    assert old in WHOLE
    with pytest.raises(BadOptions) as refused:
        settings(folder, WHOLE.replace(old, new))

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("development", "key", "told"),
    [
        ("allow_http = true", "gateway.toml.authentication.issuers[0].allow_http", "for development only"),
        ('[explorer]\nclient_id = "x"', "gateway.toml.explorer", "in development only"),
    ],
)
def test_a90_what_is_fit_for_development_only_is_refused_elsewhere(
    folder: Path, development: str, key: str, told: str
) -> None:
    """One switch allows it, and then it is warned of."""
    with pytest.raises(BadOptions) as refused:
        settings(folder, WHOLE + development)
    assert key in str(refused.value)
    assert told in str(refused.value)

    allowed = settings(folder, ("development = true\n" + WHOLE + development))
    assert any("development is on" in weakness for weakness in allowed.weaknesses())


@pytest.mark.parametrize(
    ("line", "word"), [("introspection = true", "introspection"), ('admin = "0.0.0.0:8088"', "server.admin")]
)
def test_a90_a_weak_choice_is_listed(folder: Path, line: str, word: str) -> None:
    """For the log at the start, and for `check`."""
    (weakness,) = settings(folder, WHOLE.replace("[server]", f"[server]\n{line}")).weaknesses()

    assert word in weakness


@pytest.mark.parametrize("secret", ["a-secret-that-was-pasted-here-by-mistake", "too short"])
def test_a90_a_pasted_secret_is_refused_and_not_repeated(folder: Path, secret: str) -> None:
    """It may be one; so the sentence does not quote it."""
    with pytest.raises(BadOptions, match="never the secret itself") as refused:
        settings(folder, WHOLE.replace("file:secrets/key", secret))

    assert secret not in str(refused.value)


def test_a90_a_short_key_is_refused_and_not_repeated(folder: Path) -> None:
    """Thirty-two characters, or the references to citizens could be guessed back."""
    (folder / "secrets" / "key").write_text("short-and-secret")
    with pytest.raises(BadOptions, match="at least 32 characters") as refused:
        settings(folder)

    assert "short-and-secret" not in str(refused.value)


def test_the_environment_wins_over_the_file(folder: Path) -> None:
    """Every scalar, in a block or not, in a block that the file does not have; as text, as environments have it."""
    found = settings(
        folder,
        GATEWAY_SERVER__DEADLINE="1s",
        GATEWAY_SERVER__INTROSPECTION="true",
        GATEWAY_LIMITS__MAX_DEPTH="7",
        GATEWAY_DEVELOPMENT="true",
        GATEWAY_CONFIG="elsewhere.toml",
        UNRELATED="x",
    )

    assert float(found.server.deadline) == 1
    assert found.server.introspection
    assert (found.limits.max_depth, found.development) == (7, True)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GATEWAY_SERVER__DEADLIN", "1s", "unknown key 'deadlin'; did you mean 'deadline'?"),
        ("GATEWAY_SERVR__DEADLINE", "1s", "unknown key 'servr'; did you mean 'server'?"),
        ("GATEWAY_VERSION__X", "1", "GATEWAY_VERSION__X: 'version' is no block"),
        ("GATEWAY_LIMITS__MAX_DEPTH", "deep", "gateway.toml.limits.max_depth"),
        ("GATEWAY_IDENTIFIER_KEY", "pasted", "never the secret itself"),
    ],
)
def test_a_mistake_in_the_environment_is_told_as_well(folder: Path, name: str, value: str, told: str) -> None:
    """A variable with a slip in it would otherwise be a setting that silently is not set."""
    with pytest.raises(BadOptions) as refused:
        settings(folder, **{name: value})

    assert told in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(BadOptions, match=r"no such file: .*gateway\.toml"):
        load(tmp_path / "gateway.toml", environment={})

    (tmp_path / "gateway.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadOptions, match=r"gateway\.toml: "):
        load(tmp_path / "gateway.toml", environment={})
