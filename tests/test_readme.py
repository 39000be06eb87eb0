"""What the README shows is what happens."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.clock import SystemClock
from connectors.options import BadOptions
from connectors.records import Allergy, Condition, Encounter
from gateway.fleet import Fleet
from tests.running import Running
from tests.sandbox.city import City

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of that language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


async def test_the_request_has_the_answer_that_is_shown(gateway: Running, city: City) -> None:
    """Both hospitals, then one of them down: letter by letter what the README prints."""
    query, (whole, partial) = blocks("graphql")[0], blocks("json")
    token = city.eid.token_for("an")

    answer = await gateway.ask(query, token=token)
    assert {"data": answer.data} == json.loads(whole)

    city.faults.set("hospital-b", "down")
    answer = await gateway.ask(query, token=token)
    assert {"data": answer.data} == json.loads(partial)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the secrets that the README's block refers to."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "bv-quan-1").write_text("Bearer invented")
    (secrets / "bv-quan-1.pem").write_bytes(identity())
    return tmp_path


async def test_the_hospital_of_the_readme_can_be_added(folder: Path) -> None:
    """The block as it stands is a source."""
    (folder / "sources.toml").write_text(blocks("toml")[0], encoding="utf-8")
    (source,) = Fleet(folder / "sources.toml", clock=SystemClock(), environment=lambda _: None).sources
    await source.close()

    assert source.info.name == "Bệnh viện Quận 1"
    assert source.holds == {Encounter, Condition, Allergy}
    assert source.deadline == 2


def test_a_slip_of_the_pen_gets_the_sentence_that_is_shown(folder: Path) -> None:
    """The block, the key, and the nearest one that exists."""
    wrong = blocks("toml")[0].replace("facility =", "facilty =")
    (folder / "sources.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(BadOptions) as refused:
        Fleet(folder / "sources.toml", clock=SystemClock(), environment=lambda _: None)

    assert str(refused.value) in README


def test_every_file_that_is_linked_exists() -> None:
    """No dead end in any README of ours."""
    for readme in [
        path for path in ROOT.rglob("README.md") if "node_modules" not in path.parts and ".venv" not in path.parts
    ]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", readme.read_text(encoding="utf-8")):
            assert (readme.parent / target).exists(), f"{readme.relative_to(ROOT)}: {target}"


def identity() -> bytes:
    """A certificate with its key, of a gateway that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway.example")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + private
