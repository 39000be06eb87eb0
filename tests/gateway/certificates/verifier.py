"""Verifies a certificate as somebody else would: by the standards, with nothing of what made it.

Base45 is decoded by RFC 9285, the COSE structure by RFC 9052, the signature checked by ``cryptography`` alone; the code
is read off the drawn picture as a camera would.
"""

import base64
import hashlib
import re
import zlib
from typing import Any
from xml.etree import ElementTree as ET

import cbor2
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_SCALE = 4


def verified(payload: str, published: dict[str, Any]) -> dict[int, Any]:
    """The claims of a certificate that one of the published keys signed.

    Raises:
        InvalidSignature: none did.
    """
    assert payload.startswith("HC1:")
    signed = cbor2.loads(zlib.decompress(base45_decoded(payload[4:])))
    assert signed.tag == 18, "COSE_Sign1"
    protected, _unprotected, body, signature = signed.value
    header = cbor2.loads(protected)
    assert header[1] == -7, "ES256"
    certificate = _certificate(header[4], published)
    told = cbor2.dumps(["Signature1", protected, b"", body])
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), told, ec.ECDSA(hashes.SHA256()))
    claims: dict[int, Any] = cbor2.loads(body)
    return claims


def _certificate(kid: bytes, published: dict[str, Any]) -> x509.Certificate:
    (key,) = [key for key in published["keys"] if key["kid"] == base64.b64encode(kid).decode()]
    der = base64.b64decode(key["x5c"][0])
    assert hashlib.sha256(der).digest()[:8] == kid
    return x509.load_der_x509_certificate(der)


def base45_decoded(text: str) -> bytes:
    """The bytes of that text (RFC 9285, section 4)."""
    out = bytearray()
    for begin in range(0, len(text), 3):
        digits = [_ALPHABET.index(character) for character in text[begin : begin + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(digits))
        out += value.to_bytes(len(digits) - 1)
    return bytes(out)


def photographed(svg: str) -> str:
    """The text of the code in that picture."""
    picture = ET.fromstring(svg)  # noqa: S314 - our own picture
    _, _, width, height = map(int, picture.attrib["viewBox"].split())
    dark = [[False] * width for _ in range(height)]
    for path in picture.iter("{http://www.w3.org/2000/svg}path"):
        x, y = 0.0, 0.0
        for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path.attrib["d"]):
            by = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
            if step == "M":
                x, y = by
            elif step == "m":
                x, y = x + by[0], y + by[1]
            else:
                for column in range(int(x), int(x + by[0])):
                    dark[int(y)][column] = True
                x += by[0]
    rows = [bytes(0 if dot else 255 for dot in row for _ in range(_SCALE)) * _SCALE for row in dark]
    image = memoryview(b"".join(rows)).cast("B", (height * _SCALE, width * _SCALE))
    read = zxingcpp.read_barcode(image)
    assert read is not None, "no code was seen"
    text: str = read.text
    return text
