"""``token inspect``: what would be decided, and nothing of the person or the token."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.verbs import main
from tests.sandbox import config
from tests.sandbox.city import City, running_city
from tests.sandbox.people import by_key


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    """By the machine's clock, which is the command line's."""
    with running_city() as running:
        yield running


@pytest.fixture
def settings(city: City, tmp_path: Path) -> Path:
    own = config.gateway_toml(issuer=city.issuer, listen="127.0.0.1:0", admin="127.0.0.1:0")
    return config.write(tmp_path, sources=city.sources_toml(), gateway=own, credentials=city.credentials)


def inspected(settings: Path, token: str, *words: str) -> Result:
    done = CliRunner().invoke(main, ["token", "inspect", "--config", str(settings), *words], input=f"{token}\n")
    person = by_key("an")
    for secret in (person.personal_id, person.name, "000981", "Mẫu Hoa", token[-24:]):
        assert not secret or secret not in done.output
    return done


def lines(done: Result) -> dict[str, str]:
    return {line[:14].strip(): line[14:] for line in done.stdout.splitlines()}


def test_a_good_token_is_told_step_by_step(settings: Path, city: City) -> None:
    """0; signed and opaque, with its scheme or without."""
    for token in (city.eid.token_for("an"), f"Bearer {city.eid.token_for('an')}"):
        done = inspected(settings, token)
        assert done.exit_code == 0, done.output
        told = lines(done)
        assert list(told) == [
            "form", "issuer", "algorithm", "audience", "ends", "bound", "partner", "claims", "decided", "needs",
        ]  # fmt: skip
        assert told["decided"].startswith("taken: citizen; assurance 2 (2 is needed for health data)")
        assert told["needs"] == "nothing else"
    opaque = lines(inspected(settings, city.eid.opaque_token_for("an")))
    assert opaque["form"].startswith("opaque") and opaque["decided"].startswith("taken: citizen")


async def test_a_partners_token_is_told_with_what_it_needs(settings: Path, city: City) -> None:
    for client, needs in (("clinic-a", "a DPoP proof"), ("clinic-b", "a connection that proves")):
        told = lines(threaded(settings, (await city.eid.partner(client)).token))
        assert "clinician, for TREATMENT, EMERGENCY" in told["partner"]
        assert "purpose TREATMENT; a professional is named; no citizen's number" in told["decided"]
        assert told["needs"].startswith(needs)


def threaded(settings: Path, token: str) -> Result:
    """The command has a loop of its own, and a test that waits for the e-ID is in one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(inspected, settings, token).result()


def test_a_bad_token_is_told_with_its_reason(settings: Path, city: City) -> None:
    """1, and for the operator what callers never hear."""
    expired = city.eid.token_for("an", expires_in=timedelta(seconds=-60))
    for token, because in (
        (expired, "exp is past"),
        (city.eid.token_for("an", aud="elsewhere"), "aud does not name this service"),
        (city.eid.token_for("an", iss="https://stranger.example"), "the issuer is not configured"),
        (city.eid.token_for("an", cnf={"kid": "x"}), "the token is bound in a way that is not known (cnf)"),
        (city.eid.token_for("an", citizen_pid=7), "the citizen's number is not twelve digits"),
        (expired[:-8] + "AAAAAAAA", "the signature does not hold"),
        ("a.b.c", "header or claims are not a JSON object"),
        ("nonsense", "its issuer does not call the token good"),
    ):
        done = inspected(settings, token)
        assert (done.exit_code, lines(done)["because"]) == (1, because)
    read = inspected(settings, expired, "--json")
    assert json.loads(read.stdout)["decided"] == "401 UNAUTHENTICATED: The access token has expired."


@pytest.mark.parametrize("nothing", ["", "Bearer ", "é"])
def test_nothing_is_a_misuse(settings: Path, nothing: str) -> None:
    """2."""
    done = inspected(settings, nothing)
    assert (done.exit_code, done.stderr) == (2, "expected a token on standard input\n")
