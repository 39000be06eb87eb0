"""The configuration a gateway needs to live in a city: two files of text, and the secrets they refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from tests.sandbox.signer import Signer

_HERE = Path(__file__).parent
STAFF_NAME = "Nguyễn Thị Mẫu Trực"
STAFF_ID = "079185998999"
USERNAME = "79981_BV"
VACCINATION_CLIENT = "citizen-graph"
"""As the vaccination register has registered the gateway."""
BOOK_PHONE = "0900000999"


def _ed25519() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Credentials:
    """The secrets of one city and its gateway; made anew for each. The text form shows none of them."""

    hospital_b_token: str = field(repr=False)
    insurance_password: str = field(repr=False)
    population_key: str = field(repr=False)
    health_station_key: str = field(repr=False)
    book_password: str = field(repr=False)
    appointments_token: str = field(repr=False)
    identifier_key: str = field(repr=False)
    """Not for a source: with it the gateway makes references to citizens."""

    vaccination_key: ECKey = field(init=False, repr=False, default_factory=lambda: ECKey.generate_key("P-384"))
    """Signs the gateway's assertions for the vaccination register."""

    introspection_key: ECKey = field(
        init=False, repr=False, default_factory=lambda: ECKey.generate_key("P-256", private=True, auto_kid=True)
    )
    """Signs the gateway's assertions for the e-ID."""

    audit_key: str = field(init=False, repr=False, default_factory=_ed25519)
    """Signs the checkpoints of the gateway's access log."""

    signer: Signer = field(init=False, repr=False, default_factory=Signer.made)
    """Signs the gateway's certificates."""

    def files(self) -> dict[str, str]:
        """The secrets by the names that the template of the sources refers to."""
        return {
            "hospital-b-token": self.hospital_b_token,
            "vaccination-key.pem": self.vaccination_key.as_pem(private=True).decode(),
            "introspection-key.pem": self.introspection_key.as_pem(private=True).decode(),
            "insurance-password": self.insurance_password,
            "insurance-staff-id": STAFF_ID,
            "population-api-key": self.population_key,
            "health-station-api-key": self.health_station_key,
            "vaccination-book-phone": BOOK_PHONE,
            "vaccination-book-password": self.book_password,
            "appointments-token": self.appointments_token,
            "identifier-key": self.identifier_key,
            "certificates-key.pem": self.signer.key,
            "certificates.pem": self.signer.certificate,
            "audit-key.pem": self.audit_key,
        }


def sources_toml(addresses: Mapping[str, str]) -> str:
    """The text of ``sources.toml`` for sources at these addresses."""
    return _filled("sources.toml.in", {name.replace("-", "_"): url for name, url in addresses.items()})


def gateway_toml(*, issuer: str, listen: str, admin: str) -> str:
    """The text of the gateway's own settings: which e-ID it trusts, ``host:port`` of its two listeners."""
    return _filled("gateway.toml.in", {"issuer": issuer, "listen": listen, "admin": admin})


def write(folder: Path, *, sources: str, gateway: str, credentials: Credentials) -> Path:
    """Write both files and the secrets below ``folder``; give the path of ``gateway.toml``.

    Secrets can be read by their owner alone.
    """
    secrets = folder / "secrets"
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, value in credentials.files().items():
        path = secrets / name
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may stand there from an earlier city
        path.write_text(value, encoding="utf-8")
    (folder / "sources.toml").write_text(sources, encoding="utf-8")
    (folder / "gateway.toml").write_text(gateway, encoding="utf-8")
    return folder / "gateway.toml"


def _filled(name: str, values: Mapping[str, str]) -> str:
    return Template((_HERE / name).read_text(encoding="utf-8")).substitute(values)
