"""What can be certified: decided here; how it is written and signed is the ``Certifier``'s, which holds the key."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Protocol

from msgspec import Struct

from connectors import records
from connectors.records import Described, doc

GIVEN = "completed"
_FULL_DATE = len("2026-11-23")


class CertificateKind(Described):
    """What a certificate says."""

    VACCINATION_RECORD = "VACCINATION_RECORD", "Every vaccination on record, with its day."


class NotIssued(Described):
    """Why there is no certificate."""

    NOT_OFFERED = "NOT_OFFERED", "This gateway has no key to sign with."
    SOURCE_SILENT = "SOURCE_SILENT", "Not every source answered: a certificate that leaves out doses would mislead."
    PERSON_UNCERTAIN = (
        "PERSON_UNCERTAIN",
        "The population register does not give one full name and one full date of birth.",
    )
    NOTHING_TO_CERTIFY = "NOTHING_TO_CERTIFY", "No vaccination with a full date is on record."
    TOO_LONG = "TOO_LONG", "More vaccinations are on record than a code on a screen can hold."


class CertifiedDose(Struct, frozen=True, kw_only=True):
    """One vaccination as a certificate states it."""

    on: date
    vaccine: records.CodedText
    diseases: tuple[records.CodedText, ...]
    number: int | None
    """Of the dose in its series."""
    lot: str | None
    facility: str | None
    """Where it was given, by name."""


class Statement(Struct, frozen=True, kw_only=True):
    """What is certified: about whom, and which doses, the oldest first. Its text form tells nothing."""

    subject_ref: str
    full_name: str
    birth_date: date
    doses: tuple[CertifiedDose, ...]

    def __repr__(self) -> str:
        return f"Statement({len(self.doses)} doses)"


class Certificate(Struct, frozen=True, kw_only=True):
    """A signed statement that anybody can verify without asking this gateway."""

    kind: Annotated[CertificateKind, doc("What it says.")]
    identifier: Annotated[str, doc("Identifier of this certificate (UVCI form); tells nothing about the citizen.")]
    issuer: Annotated[str, doc("Who signs, as written in the certificate.")]
    valid_until: Annotated[date, doc("Last day of validity.")]
    doses: Annotated[int, doc("Number of vaccinations in it.")]
    payload: Annotated[str, doc('The text of the code: "HC1:" and Base45 of the compressed, signed CBOR (HCERT).')]
    qr_svg: Annotated[str, doc("The code as a picture (SVG), to be shown as it is.")]

    def __repr__(self) -> str:
        return f"Certificate({self.kind.name})"


class TooLong(Exception):
    """The statement does not fit into a code that can be scanned."""


class Certifier(Protocol):
    """Writes and signs."""

    def certify(self, statement: Statement) -> Certificate:
        """The statement, signed.

        Raises:
            TooLong: it does not fit into one code.
        """


def decide(
    ref: str,
    people: Iterable[records.Demographics],
    given: Iterable[records.Immunization],
    *,
    complete: bool,
    by: Certifier | None,
) -> Certificate | NotIssued:
    """A certificate, or the first reason against one.

    Args:
        ref: of the citizen.
        people: who the citizen is, as the registers hold it.
        given: the joined vaccinations.
        complete: whether every source told all it holds.
        by: who signs.
    """
    if by is None:
        return NotIssued.NOT_OFFERED
    if not complete:
        return NotIssued.SOURCE_SILENT
    named = list(people)
    if len(named) != 1 or named[0].conflicts or len(named[0].birth_date) != _FULL_DATE:
        return NotIssued.PERSON_UNCERTAIN
    doses = tuple(sorted(filter(None, map(_certified, given)), key=lambda dose: (dose.on, dose.vaccine.text)))
    if not doses:
        return NotIssued.NOTHING_TO_CERTIFY
    statement = Statement(
        subject_ref=ref,
        full_name=named[0].full_name,
        birth_date=date.fromisoformat(named[0].birth_date),
        doses=doses,
    )
    try:
        return by.certify(statement)
    except TooLong:
        return NotIssued.TOO_LONG


def _certified(dose: records.Immunization) -> CertifiedDose | None:
    """The dose as a certificate states it; ``None`` where it was not given, is disputed, or its day is not known."""
    if dose.status != GIVEN or dose.conflicts or len(dose.on) != _FULL_DATE:
        return None
    return CertifiedDose(
        on=date.fromisoformat(dose.on),
        vaccine=dose.vaccine,
        diseases=dose.target_diseases,
        number=dose.dose_number,
        lot=dose.lot,
        facility=dose.facility.name if dose.facility else None,
    )
