"""How a gateway certifies: its part of the settings."""

from pathlib import Path

from msgspec import Struct

from connectors.options import Secret


class SigningKey(Struct, frozen=True, kw_only=True):
    """One key pair for certificates, by its files."""

    certificate: Path
    """PEM: the X.509 certificate of the key, which verifiers get."""
    key: Secret
    """PEM: the private key (P-256)."""


class CertificateSettings(Struct, frozen=True, kw_only=True):
    """How this gateway certifies."""

    issuer: str = "VN"
    """Who signs, as written in the certificate: ISO 3166 code of the country, or what verifiers know."""
    keys: tuple[SigningKey, ...] = ()
    """The first one signs; all are published, so that what an earlier one signed can still be verified."""
    valid_days: int = 365
