"""Certificates are verified by who did not make them, and by nobody else's key."""

from datetime import date
from pathlib import Path
from typing import Any

import base45
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.options import BadOptions, Secret
from connectors.records import CodedText, Coding
from gateway.certificates.settings import CertificateSettings, SigningKey
from gateway.certificates.signing import HealthCertifier
from gateway.certificates.writing import PROFILE, machine_readable
from resolvers.certifying import CertifiedDose, Statement, TooLong
from tests.gateway.certificates.verifier import base45_decoded, photographed, verified
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.signer import Signer

CVX = "http://hl7.org/fhir/sid/cvx"
DOSE = CertifiedDose(
    on=date(2026, 9, 28),
    vaccine=CodedText(text="Vắc xin mẫu", codings=(Coding(system=CVX, code="08"),)),
    diseases=(CodedText(text="Viêm gan B"),),
    number=1,
    lot="MAU-1",
    facility="Bệnh viện Mẫu A",
)
STATEMENT = Statement(subject_ref="a" * 32, full_name="Đỗ Thị Mẫu Ân", birth_date=date(2026, 9, 28), doses=(DOSE,))


class Office:
    """Makes signing keys, and certifiers that use them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def key(self, signer: Signer | None = None, *, private: str | None = None) -> SigningKey:
        signer = signer or Signer.made()
        self._made += 1
        path = self._folder / f"{self._made}.pem"
        path.write_text(signer.certificate, encoding="ascii")
        return SigningKey(certificate=path, key=Secret(private or signer.key))

    def certifier(self, *keys: SigningKey, secret: bytes = b"s" * 32) -> HealthCertifier:
        settings = CertificateSettings(keys=keys or (self.key(),))
        return HealthCertifier(settings, secret=secret, clock=HeldClock())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_was_certified_is_read_off_the_picture_and_verified_by_others(office: Office) -> None:
    """Every word of the statement, the issuer, and a year of validity."""
    certifier = office.certifier()
    made = certifier.certify(STATEMENT)
    seen = photographed(made.qr_svg)
    claims = verified(seen, certifier.published)

    assert seen == made.payload
    assert claims[1] == "VN"
    assert claims[4] - claims[6] == 365 * 86400
    assert claims[-260] == {
        PROFILE: {
            "nam": {"fn": "Đỗ Thị Mẫu Ân", "fnt": "DO<THI<MAU<AN"},
            "dob": "2026-09-28",
            "ci": made.identifier,
            "v": [
                {
                    "dt": "2026-09-28",
                    "vp": ["Vắc xin mẫu", CVX, "08"],
                    "tg": [["Viêm gan B"]],
                    "dn": 1,
                    "lot": "MAU-1",
                    "fac": "Bệnh viện Mẫu A",
                }
            ],
        }
    }


def test_a_changed_certificate_is_not_verified(office: Office) -> None:
    """Nor one that another office signed under the same name."""
    ours, theirs = office.certifier(), office.certifier()
    payload = theirs.certify(STATEMENT).payload
    pretended = {"keys": [{**ours.published["keys"][0], "kid": theirs.published["keys"][0]["kid"]}]}

    with pytest.raises((InvalidSignature, AssertionError)):
        verified(payload, pretended)


def test_after_a_rotation_old_certificates_are_still_verified(office: Office) -> None:
    """The new key signs; the earlier one is published for as long as what it signed is valid."""
    old, new = office.key(), office.key()
    before, after = office.certifier(old), office.certifier(new, old)

    assert verified(before.certify(STATEMENT).payload, after.published)
    with pytest.raises(ValueError, match="not enough values"):
        verified(after.certify(STATEMENT).payload, before.published)


def test_no_private_key_is_published(office: Office) -> None:
    assert all("d" not in key for key in office.certifier().published["keys"])


def test_the_identifier_is_the_same_for_the_same_statement_and_tells_nobody_whose_it_is(office: Office) -> None:
    """Another citizen with the same doses has another one; without the gateway's secret it cannot be made."""
    certifier = office.certifier()
    identifier = certifier.certify(STATEMENT).identifier

    assert identifier == certifier.certify(STATEMENT).identifier
    assert identifier.startswith("URN:UVCI:01:VN:")
    assert identifier != certifier.certify(structs.replace(STATEMENT, subject_ref="b" * 32)).identifier
    assert identifier != office.certifier(secret=b"t" * 32).certify(STATEMENT).identifier


def test_a_whole_childhood_fits_into_one_code(office: Office) -> None:
    """Twenty-five doses are read off the picture; what no screen could show is refused."""
    certifier = office.certifier()
    childhood = tuple(
        structs.replace(DOSE, on=date(2020, 1, 1 + day), lot=f"MAU-{day * 7919}", number=day) for day in range(25)
    )
    made = certifier.certify(structs.replace(STATEMENT, doses=childhood))

    assert photographed(made.qr_svg) == made.payload
    endless = tuple(structs.replace(DOSE, lot=f"{number * 2654435761:032b}") for number in range(500))
    with pytest.raises(TooLong):
        certifier.certify(structs.replace(STATEMENT, doses=endless))


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_a_key_of_another_curve_is_refused_at_the_start(office: Office, curve: ec.EllipticCurve) -> None:
    """As are one that is not the certificate's, and a text that is no key."""
    pem = (
        ec.generate_private_key(curve)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )
    for private in (pem, Signer.made().key, "no key"):
        with pytest.raises(BadOptions, match=r"certificates\.keys"):
            office.certifier(office.key(private=private))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Đỗ Thị Mẫu Ân", "DO<THI<MAU<AN"),
        ("Alexandre Jean-Baptiste d'Arcy", "ALEXANDRE<JEAN<BAPTISTE<DARCY"),
        ("NGUYỄN  Mẫu", "NGUYEN<MAU"),
        ("李 Mẫu", "MAU"),
    ],
)
def test_a_name_is_written_as_in_a_passport(name: str, written: str) -> None:
    """ICAO Doc 9303-3: letters A to Z, and a filler between the parts."""
    assert machine_readable(name) == written


@given(st.binary(max_size=60))
def test_base45_of_the_makers_is_read_by_the_verifier(data: Any) -> None:
    """The verifier of these tests has its own reading of RFC 9285; it is the maker's."""
    assert base45_decoded(base45.b45encode(data).decode()) == data
