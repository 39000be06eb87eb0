"""Servers that prove who they are, and servers that cannot: an authority that lives as long as a test."""

import ssl
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

HOST = "127.0.0.1"


class Authority:
    """A certificate authority, and the files that a source's options name."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.folder = folder
        self.file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def server(self, leaf: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """TLS of a server with that certificate, by default one for its true address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (leaf or self.ca.issue_cert(HOST)).configure_cert(context)
        return context

    def identity(self) -> Path:
        """A client's certificate and key in one file."""
        path = self.folder / "identity.pem"
        self.ca.issue_cert("gateway.test").private_key_and_cert_chain_pem.write_to_path(str(path))
        return path

    def asking(self, known: trustme.CA | None = None) -> ssl.SSLContext:
        """TLS of a server that serves only whom that authority vouches for, by default this one."""
        context = self.server()
        (known or self.ca).configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def _expired(authority: Authority) -> ssl.SSLContext:
    yesterday = datetime.now(UTC) - timedelta(days=1)  # TLS knows no other clock than the machine's
    return authority.server(
        authority.ca.issue_cert(HOST, not_before=yesterday - timedelta(days=9), not_after=yesterday)
    )


def _other_name(authority: Authority) -> ssl.SSLContext:
    return authority.server(authority.ca.issue_cert("elsewhere.test"))


def _self_signed(_authority: Authority) -> ssl.SSLContext:
    """Nobody but itself vouches for it."""
    own = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "own.pem"
        file.write_bytes(own.private_key_pem.bytes() + own.cert_pem.bytes())
        context.load_cert_chain(file)
    return context


def _stranger(authority: Authority) -> ssl.SSLContext:
    return authority.server(trustme.CA().issue_cert(HOST))


def _old_version(authority: Authority) -> ssl.SSLContext:
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


DOUBTFUL: Mapping[str, Callable[[Authority], ssl.SSLContext]] = {
    "expired": _expired,
    "other-name": _other_name,
    "stranger": _stranger,
    "self-signed": _self_signed,
    "old-version": _old_version,
}
"""Servers that cannot be believed by whoever believes that authority."""
