"""The city's partners as clients of the e-ID: who acts for them, why, and to what their tokens are bound."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from tests.sandbox.eid.model import Bound, Client

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerClient(Client):
    """A client that asks for records in the name of somebody, with tokens that are bound to it."""

    holding: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"), repr=False)
    """Makes its proofs of possession (DPoP)."""

    @property
    def a_purpose(self) -> str:
        """The purpose for which it asks where nothing is said."""
        return self.purposes[0]

    @property
    def somebody(self) -> str | None:
        """Who acts where nothing is said."""
        return next(iter(self.professionals), None)


def partner_clients() -> tuple[PartnerClient, ...]:
    """Two hospitals, a health station, an insurer and the operator; with fresh keys."""
    return (
        _partner("clinic-a", "Bệnh viện Mẫu A", "dpop", ("TREAT", "ETREAT"), {"000981/MAU-CCHN": "BS. Lê Thị Mẫu Hoa"}),
        _partner(
            "clinic-b", "Bệnh viện Mẫu B", "mtls", ("TREAT", "ETREAT"), {"000982/MAU-CCHN": "BS. Trần Văn Mẫu Lâm"}
        ),
        _partner(
            "station", "Trạm Y tế Phường Mẫu", "dpop", ("PUBHLTH", "TREAT"), {"000983/MAU-CCHN": "YS. Võ Thị Mẫu Sen"}
        ),
        _partner("insurer", "Bảo hiểm Mẫu", "dpop", ("HPAYMT",), {}),
        _partner("operator", "Sở Y tế Mẫu", "dpop", ("HSYSADMIN",), {"mau-van-hanh": "Nguyễn Văn Mẫu Trực"}),
    )


def thumbprint(certificate: bytes) -> str:
    """``x5t#S256`` of a certificate in DER (RFC 8705 section 3.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).rstrip(b"=").decode()


def _partner(
    client_id: str, name: str, bound: Bound, purposes: tuple[str, ...], professionals: dict[str, str]
) -> PartnerClient:
    return PartnerClient(
        client_id=client_id,
        name=name,
        scopes=("health.read",),
        algorithm="PS256",
        key=ECKey.generate_key("P-256", private=True, auto_kid=True),
        purposes=purposes,
        professionals=professionals,
        bound=bound,
        certificate=_certificate(name) if bound == "mtls" else None,
    )


def _certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(issuer_name=subject, subject_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGIN)
        .not_valid_after(_BEGIN + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
