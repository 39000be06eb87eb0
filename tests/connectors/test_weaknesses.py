"""What a block may say and should not: found, and told in a sentence."""

from pathlib import Path

import pytest

from connectors.options import OAuthOptions, Secret, SourceOptions, XRoadOptions
from connectors.records import SourceKind
from connectors.weaknesses import is_this_machine, secrets_of, weaknesses_of


def options(url: str = "https://bv-mau.example", **more: object) -> SourceOptions:
    return SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=url, **more)  # type: ignore[arg-type]


def key(folder: Path, mode: int) -> Path:
    file = folder / f"key-{mode:o}"
    file.write_text("a-secret")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("url", "weak"),
    [
        ("https://bv-mau.example", False),
        ("http://bv-mau.example", True),
        ("http://10.0.0.7:8080/fhir", True),
        ("http://localhost:8080", False),
        ("http://127.8.9.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost.example", True),
    ],
)
def test_a90_plain_http_is_weak_beyond_this_machine(url: str, *, weak: bool) -> None:
    """Not on it: there a proxy may speak TLS for us."""
    assert bool(weaknesses_of(options(url))) is weak


def test_a90_tokens_over_plain_http_are_weak() -> None:
    account = OAuthOptions(client_id="c", key=Secret("k"), token_url="http://as.example/token", allow_http=True)
    assert [sentence.split(" ")[0] for sentence in weaknesses_of(options(oauth=account))] == ["oauth.token_url"]


@pytest.mark.parametrize(("mode", "weak"), [(0o600, False), (0o640, False), (0o644, True), (0o604, True)])
def test_a90_a_secret_that_every_user_can_read_is_weak(tmp_path: Path, mode: int, *, weak: bool) -> None:
    """Wherever in the block it stands; told by its key alone."""
    file = key(tmp_path, mode)
    found = weaknesses_of(options(headers={"X-Key": Secret("a-secret", file=file)}, identity=file))

    assert [sentence.split(" ")[0] for sentence in found] == (["headers.X-Key", "identity"] if weak else [])
    assert "a-secret" not in str(found)


def test_a_file_that_went_away_is_no_weakness(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert weaknesses_of(options(headers={"X-Key": Secret("a-secret", file=gone)})) == []


def test_every_secret_is_found_with_its_key() -> None:
    """And nothing else."""
    road = XRoadOptions(client="VN/GOV/79/gateway", service="VN/GOV/01/population/lookup")
    found = list(secrets_of(options(headers={"X-A": Secret("1"), "X-B": Secret("2")}, xroad=road)))

    assert [place for place, _ in found] == ["headers.X-A", "headers.X-B"]


@pytest.mark.parametrize("host", ["", "127.0.0.1.example", "0.0.0.0", "10.0.0.1"])
def test_another_machine_is_another_machine(host: str) -> None:
    assert not is_this_machine(host)
