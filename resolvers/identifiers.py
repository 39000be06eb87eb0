"""Names for a citizen that do not tell the number: a keyed hash for logs and keys, an opaque id for clients."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from connectors.records import PartialDate

_PERSONAL_ID = re.compile(r"[0-9]{12}")
_NODE = b"Citizen"
_DOCUMENT = b"Document"
_CONSENT = b"Consent"


def is_personal_id(text: str) -> bool:
    """Whether the text has the form of a personal number: twelve ASCII digits, no check digit (NĐ 70/2024 Đ11)."""
    return _PERSONAL_ID.fullmatch(text) is not None


def birth_year(personal_id: str) -> PartialDate:
    """The year of birth that the number itself tells: digit 4 the century, digits 5 and 6 the year in it."""
    return PartialDate(f"{19 + int(personal_id[3]) // 2}{personal_id[4:6]}")


class Identifiers:
    """Turns personal numbers into references and back, with keys of this gateway's own.

    A new key does not make other references of the numbers: it makes references of the references that the earlier keys
    made. So what is kept under an earlier key is brought under the new one without anybody knowing a number, and who
    learns an earlier key alone can reverse nothing that is kept now.
    """

    def __init__(self, key: bytes, earlier: Sequence[bytes] = ()) -> None:
        """Derive the keys.

        Args:
            key: at least 32 secret bytes; another key makes other references and other ids.
            earlier: the keys before it, the oldest first. Ids that they made are still understood.
        """
        chain = (*earlier, key)
        if any(len(one) < 32 for one in chain):
            raise ValueError("the identifier key needs at least 32 bytes")
        self._fingerprints = [hmac.digest(one, b"fingerprint", hashlib.sha256).hex()[:8] for one in chain]
        self.fingerprint = self._fingerprints[-1]
        """Tells which key made a reference, and nothing else about it."""
        self._hash_keys = [hmac.digest(one, b"reference", hashlib.sha256) for one in chain]
        self._ciphers = [AESSIV(hmac.digest(one, b"node", hashlib.sha512)) for one in reversed(chain)]
        self._address_key = hmac.digest(key, b"notices", hashlib.sha256)

    def reference(self, personal_id: str) -> str:
        """32 hexadecimal digits that stand for the number in logs and keys.

        Keyed, because a plain hash of twelve digits can be reversed in seconds.
        """
        return _hashed(self._hash_keys, personal_id)

    def references(self, personal_id: str) -> list[str]:
        """The reference, and those under which the same citizen may still be kept from before the key was changed."""
        return [_hashed(self._hash_keys[:end], personal_id) for end in range(len(self._hash_keys), 0, -1)]

    def advanced(self, ref: str, fingerprint: str) -> str:
        """The reference that the newest key makes of one that the key with that fingerprint made.

        Raises:
            ValueError: there is no such key here.
        """
        return _hashed(self._hash_keys[self._fingerprints.index(fingerprint) + 1 :], ref)

    def notice_address(self, ref: str) -> str:
        """Under which the push service knows a citizen's application: it leads back to nobody."""
        return hmac.digest(self._address_key, ref.encode(), hashlib.sha256).hex()[:32]

    def node_id(self, personal_id: str) -> str:
        """The citizen's id in the graph: stable as long as the key is, opaque, not to be made by anybody else."""
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

    def document_id(self, personal_id: str, source: str, record_id: str) -> str:
        """What finds the content of a document again: opaque, bound to its citizen, not to be made by anybody else."""
        return self._sealed(f"{personal_id}\0{source}\0{record_id}", _DOCUMENT)

    def document(self, document_id: str) -> tuple[str, str, str] | None:
        """Number, source and record behind such an id; ``None`` for one that was not made here."""
        opened = self._opened(document_id, _DOCUMENT)
        if opened is None:
            return None
        personal_id, source, record_id = opened.split("\0")
        return personal_id, source, record_id

    def _sealed(self, text: str, kind: bytes) -> str:
        return base64.urlsafe_b64encode(self._ciphers[0].encrypt(text.encode(), [kind])).decode().rstrip("=")

    def _opened(self, sealed: str, kind: bytes) -> str | None:
        if "+" in sealed or "/" in sealed:
            return None  # Python reads them as "-" and "_", and no id would be the only one of what it stands for
        try:
            raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars="-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(raw, [kind]).decode()
            except (InvalidTag, ValueError):
                continue
        return None


def _hashed(keys: Sequence[bytes], text: str) -> str:
    for key in keys:
        text = hmac.digest(key, text.encode(), hashlib.sha256).hex()[:32]
    return text
