"""Signed checkpoints: how large the log was, and the root of its tree, as a text that anybody can verify.

The forms are those of transparency logs: a checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note
(https://c2sp.org/signed-note) with Ed25519. Whoever keeps one outside of the store can prove later that nothing before
it was changed.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from connectors.options import BadOptions
from gateway.audit.settings import AuditSettings

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "


class Checkpoint(Struct, frozen=True):
    """What a note says."""

    origin: str
    size: int
    root: bytes


class NoteUnreadable(Exception):
    """It is no checkpoint of this log, or nobody whom we believe signed it."""


class Signer:
    """Signs with all keys of the settings, and believes a note that any of them signed."""

    def __init__(self, settings: AuditSettings) -> None:
        """Read the keys.

        Raises:
            BadOptions: one is no Ed25519 key in PEM, or the name cannot stand in a note.
        """
        if not settings.origin or any(sign.isspace() or sign == "+" for sign in settings.origin):
            raise BadOptions("audit.origin: expected a name without blanks and '+'")
        self.origin = settings.origin
        self._keys = [_private(key.reveal(), number) for number, key in enumerate(settings.keys)]

    @property
    def signs(self) -> bool:
        """Whether there is a key."""
        return bool(self._keys)

    @property
    def published(self) -> list[str]:
        """What verifiers need: name, key id and public key of each."""
        return [
            f"{self.origin}+{_key_id(self.origin, key.public_key()).hex()}+"
            f"{base64.b64encode(_ED25519 + key.public_key().public_bytes_raw()).decode()}"
            for key in self._keys
        ]

    def note(self, size: int, root: bytes) -> str:
        """The signed statement."""
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signatures = [
            base64.b64encode(_key_id(self.origin, key.public_key()) + key.sign(text.encode())).decode()
            for key in self._keys
        ]
        return text + "\n" + "".join(f"{_DASH}{self.origin} {signature}\n" for signature in signatures)

    def read(self, note: str) -> Checkpoint:
        """What a note says.

        Raises:
            NoteUnreadable: it is none of ours.
        """
        return read_note(note, self.origin, [key.public_key() for key in self._keys])


def read_note(note: str, origin: str, keys: Sequence[Ed25519PublicKey]) -> Checkpoint:
    """What a note of that log says, signed by one of those keys.

    Raises:
        NoteUnreadable: it is none.
    """
    text, parted, signatures = note.rpartition("\n\n")
    lines = f"{text}\n".split("\n")
    if not parted or len(lines) < 4 or lines[0] != origin or not lines[1].isdigit():
        raise NoteUnreadable
    given = [_read_signature(line, origin) for line in signatures.splitlines()]
    if not any(_signed(f"{text}\n".encode(), key, _key_id(origin, key), given) for key in keys):
        raise NoteUnreadable
    try:
        return Checkpoint(origin, int(lines[1]), base64.b64decode(lines[2], validate=True))
    except ValueError:
        raise NoteUnreadable from None


def _read_signature(line: str, origin: str) -> bytes:
    start = f"{_DASH}{origin} "
    try:
        return base64.b64decode(line.removeprefix(start), validate=True) if line.startswith(start) else b""
    except binascii.Error:
        return b""


def _signed(text: bytes, key: Ed25519PublicKey, key_id: bytes, given: Sequence[bytes]) -> bool:
    for signature in given:
        if signature[:4] == key_id:
            try:
                key.verify(signature[4:], text)
            except InvalidSignature:
                continue
            return True
    return False


def _key_id(origin: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _private(pem: str, number: int) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadOptions(f"audit.keys[{number}]: expected an Ed25519 key in PEM, such as 'openssl genpkey' makes")
    return key
