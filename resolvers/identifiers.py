"""Names for a citizen that do not tell the number: a keyed hash for logs and keys, an opaque id for clients."""

import base64
import binascii
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_PERSONAL_ID = re.compile(r"[0-9]{12}")
_NODE = b"Citizen"


def is_personal_id(text: str) -> bool:
    """Whether the text has the form of a personal number: twelve ASCII digits, no check digit (NĐ 70/2024 Đ11)."""
    return _PERSONAL_ID.fullmatch(text) is not None


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
        return base64.urlsafe_b64encode(self._cipher.encrypt(personal_id.encode(), [_NODE])).decode().rstrip("=")

    def personal_id(self, node_id: str) -> str | None:
        """The number behind a citizen's id; ``None`` for an id that was not made here."""
        if "+" in node_id or "/" in node_id:
            return None  # Python reads them as "-" and "_", and no id would be the only one of its citizen
        try:
            sealed = base64.b64decode(node_id + "=" * (-len(node_id) % 4), altchars="-_", validate=True)
            return self._cipher.decrypt(sealed, [_NODE]).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return None
