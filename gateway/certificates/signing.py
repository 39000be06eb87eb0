"""Health certificates as HCERT 1.0.5 writes them.

CBOR in a CWT (RFC 8392), COSE_Sign1 with ES256 (RFC 9052), zlib, Base45 (RFC 9285), ``HC1:``.

The signature is python-cwt's (3.3, 2026), Base45 the reference implementation of RFC 9285, the picture segno's (1.6).
"""

import base64
import hashlib
import hmac
import io
import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import base45
import cbor2
import segno
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from joserfc.jwk import ECKey

from connectors.clock import Clock, today
from connectors.options import BadOptions
from gateway.certificates.settings import CertificateSettings, SigningKey
from gateway.certificates.writing import PROFILE, written
from resolvers.certifying import Certificate, CertificateKind, Statement, TooLong

PREFIX = "HC1:"
_LONGEST = 2953
"""Characters: what still scans from the screen of a telephone; a code of version 40 with correction M holds no more."""
_ISS, _EXP, _IAT, _HCERT = 1, 4, 6, -260
_ALG, _KID, _ES256 = 1, 4, -7


class HealthCertifier:
    """Signs statements with the first key, and tells how to verify what any of the keys signed."""

    def __init__(self, settings: CertificateSettings, *, secret: bytes, clock: Clock) -> None:
        """Read the keys.

        Args:
            settings: with at least one key.
            secret: makes the identifiers of certificates.
            clock: the time of issue.

        Raises:
            BadOptions: a key or certificate cannot be used, or they do not belong together.
        """
        self._settings = settings
        self._clock = clock
        self._secret = hmac.digest(secret, b"certificate", hashlib.sha256)
        certificates = [_certificate(pair) for pair in settings.keys]
        self._kid = key_id(certificates[0])
        self._key = COSEKey.from_pem(settings.keys[0].key.reveal(), alg="ES256", kid=self._kid)
        self.published = {"keys": [_public(certificate) for certificate in certificates]}
        """What verifiers need: a JSON Web Key Set (RFC 7517); ``kid`` is the Base64 of the key id in certificates."""

    def certify(self, statement: Statement) -> Certificate:
        """The statement, signed (see ``resolvers.certifying.Certifier``).

        Raises:
            TooLong: it does not fit into one code.
        """
        now = self._clock.now().replace(microsecond=0)
        expires = now + timedelta(days=self._settings.valid_days)
        identifier = self._identifier(statement)
        payload = self._signed(
            {
                _ISS: self._settings.issuer,
                _IAT: int(now.timestamp()),
                _EXP: int(expires.timestamp()),
                _HCERT: {PROFILE: written(statement, identifier)},
            }
        )
        if len(payload) > _LONGEST:
            raise TooLong
        return Certificate(
            kind=CertificateKind.VACCINATION_RECORD,
            identifier=identifier,
            issuer=self._settings.issuer,
            valid_until=today(self._clock) + timedelta(days=self._settings.valid_days),
            doses=len(statement.doses),
            payload=payload,
            qr_svg=_picture(payload),
        )

    def _signed(self, claims: dict[int, Any]) -> str:
        cose = COSE.new()
        protected = {_ALG: _ES256, _KID: self._kid}
        signed = cose.encode_and_sign(cbor2.dumps(claims), self._key, protected=protected, out="cbor2/CBORTag")
        packed = zlib.compress(cbor2.dumps(signed), level=9)
        encoded: bytes = base45.b45encode(packed)
        return PREFIX + encoded.decode("ascii")

    def _identifier(self, statement: Statement) -> str:
        """The same for the same statement: whoever is shown it twice can tell, and nobody can tell whose it is."""
        said = cbor2.dumps([statement.subject_ref, written(statement, "")], canonical=True)
        mark = base64.b32encode(hmac.digest(self._secret, said, hashlib.sha256)[:15]).decode("ascii")
        return f"URN:UVCI:01:{self._settings.issuer}:{mark}"


def key_id(certificate: x509.Certificate) -> bytes:
    """The first eight bytes of the certificate's SHA-256 (HCERT 1.0.5, 3.3.2)."""
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()[:8]


def _certificate(pair: SigningKey) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        key = serialization.load_pem_private_key(pair.key.reveal().encode(), password=None)
    except (OSError, ValueError, TypeError):
        raise BadOptions("certificates.keys: expected a PEM certificate and its PEM private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadOptions("certificates.keys: expected keys on the curve P-256, for ES256")
    if key.public_key() != certificate.public_key():
        raise BadOptions("certificates.keys: a certificate is of another key than the one beside it")
    return certificate


def _public(certificate: x509.Certificate) -> dict[str, Any]:
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return {
        **ECKey.import_key(pem).as_dict(private=False),
        "kid": base64.b64encode(key_id(certificate)).decode("ascii"),
        "alg": "ES256",
        "use": "sig",
        "x5c": [base64.b64encode(der).decode("ascii")],
    }


def _picture(payload: str) -> str:
    """The code as SVG: correction level Q where it fits (HCERT 1.0.5, 4.2), else what holds it."""
    code = _made(payload)
    out = io.BytesIO()
    code.save(out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, border=4)
    return out.getvalue().decode("ascii").strip()


def _made(payload: str) -> segno.QRCode:
    levels: Sequence[str] = ("q", "m")
    for level in levels:
        try:
            return segno.make_qr(payload, error=level, boost_error=False)
        except segno.DataOverflowError:
            continue
    raise TooLong
