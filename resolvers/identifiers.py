"""Names for a citizen that do not tell the number: a keyed hash for logs and keys, an opaque id for clients."""

import base64
import binascii
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from connectors.records import PartialDate

_PERSONAL_ID = re.compile(r"[0-9]{12}")
_NODE = b"Citizen"
_CONSENT = b"Consent"


def is_personal_id(text: str) -> bool:
    """Whether the text has the form of a personal number: twelve ASCII digits, no check digit (NĐ 70/2024 Đ11)."""
    return _PERSONAL_ID.fullmatch(text) is not None


def birth_year(personal_id: str) -> PartialDate:
    """The year of birth that the number itself tells: digit 4 the century, digits 5 and 6 the year in it."""
    return PartialDate(f"{19 + int(personal_id[3]) // 2}{personal_id[4:6]}")


class Identifiers:
    """Turns personal numbers into references and back, with keys of this gateway's own."""

    def __init__(self, key: bytes) -> None:
        """Derive the keys.

        Args:
            key: at least 32 secret bytes; another key makes other references and other ids.
        """
        if len(key) < 32:
            raise ValueError("the identifier key needs at least 32 bytes")
        self.fingerprint = hmac.digest(key, b"fingerprint", hashlib.sha256).hex()[:8]
        """Tells which key made a reference, and nothing else about it."""
        self._hash_key = hmac.digest(key, b"reference", hashlib.sha256)
        self._cipher = AESSIV(hmac.digest(key, b"node", hashlib.sha512))

    def reference(self, personal_id: str) -> str:
        """32 hexadecimal digits that stand for the number in logs and keys.

        Keyed, because a plain hash of twelve digits can be reversed in seconds.
        """
        return hmac.digest(self._hash_key, personal_id.encode(), hashlib.sha256).hex()[:32]

    def node_id(self, personal_id: str) -> str:
        """The citizen's id in the graph: stable, opaque, not to be made by anybody else."""
        return self._sealed(personal_id, _NODE)

    def personal_id(self, node_id: str) -> str | None:
        """The number behind a citizen's id; ``None`` for an id that was not made here."""
        return self._opened(node_id, _NODE)

    def consent_id(self, personal_id: str, consent: str) -> str:
        """The id in the graph of a consent of that citizen: it finds both again, and tells neither."""
        return self._sealed(personal_id + consent, _CONSENT)

    def consent(self, consent_id: str) -> tuple[str, str] | None:
        """The citizen's number and the store's id behind a consent's id; ``None`` for one that was not made here."""
        opened = self._opened(consent_id, _CONSENT)
        return None if opened is None else (opened[:12], opened[12:])

    def _sealed(self, text: str, kind: bytes) -> str:
        return base64.urlsafe_b64encode(self._cipher.encrypt(text.encode(), [kind])).decode().rstrip("=")

    def _opened(self, sealed: str, kind: bytes) -> str | None:
        if "+" in sealed or "/" in sealed:
            return None  # Python reads them as "-" and "_", and no id would be the only one of what it stands for
        try:
            raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars="-_", validate=True)
            return self._cipher.decrypt(raw, [kind]).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return None
