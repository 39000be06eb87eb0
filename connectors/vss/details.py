"""The details of one insured visit to the lines of a claim, medicines and results. Pure: no call, no clock.

Fields are mapped one by one: their names resemble those of the hospitals' XML, and are not theirs.
"""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from connectors.records import (
    Claim,
    ClaimLine,
    ClaimLineKind,
    CodedText,
    Coding,
    Medication,
    MedicationStatus,
    Observation,
    ObservationCategory,
    PartialDate,
    Quantity,
    Record,
    TextValue,
)
from connectors.stamping import Stamp
from connectors.vss import dates
from connectors.vss.values import coding, from_list, number, said
from connectors.vss.wire import Code, Details, Finding, Medicine, Service, Summary

R = TypeVar("R", bound=Record)
W = TypeVar("W", Medicine, Service, Finding)
M = TypeVar("M")

_MEDICINE = msgspec.json.Decoder(Medicine)
_SERVICE = msgspec.json.Decoder(Service)
_FINDING = msgspec.json.Decoder(Finding)
_MOST_ENTRIES = 2000
"""Of one list of one visit; a stay of months has some hundred."""


class VisitDetails(Struct, frozen=True):
    """The details of a visit, and which visit it is."""

    claim: Claim
    file: str
    details: Details


def detailed(claim: Claim, details: Details) -> tuple[Claim, int]:
    """The claim with its lines and totals, and how many entries cannot be read."""
    medicines, bad_medicines = _read(_MEDICINE, details.medicines, _medicine_line)
    services, bad_services = _read(_SERVICE, details.services, _service_line)
    summary = details.summary or Summary()
    whole = structs.replace(
        claim,
        lines=(*medicines, *services),
        total=_amount(summary.total),
        insurer_pays=_amount(summary.insurer_pays),
        citizen_pays=_amount(summary.citizen_pays),
    )
    return whole, bad_medicines + bad_services


def medications(visit: VisitDetails, stamp: Stamp) -> tuple[list[Medication], int]:
    """The medicines of the visit, and how many cannot be read."""
    ids = _Ids(visit.file)

    def medication(row: Medicine) -> Medication:
        name, code = _named(row.name, row.code)
        quantity = number(row.quantity)
        known = ((code, "MaThuoc"), (said(row.registration), "SoDangKy"))
        return Medication(
            **stamp(Medication, ids.next("xml2", code, row.name, row.ordered)),
            code=CodedText(text=name, codings=_codings(*known)),
            strength=said(row.strength),
            dosage=said(row.dose),
            route=from_list(said(row.route), "DuongDung", {}),
            quantity=None if quantity is None else Quantity(value=quantity, unit=said(row.unit)),
            start=_day(row.ordered) or _day_of(visit.claim),
            status=MedicationStatus.UNKNOWN,
            facility=visit.claim.facility,
        )

    return _read(_MEDICINE, visit.details.medicines, medication)


def observations(visit: VisitDetails, stamp: Stamp) -> tuple[list[Observation], int]:
    """The results of the visit, and how many cannot be read.

    A value stays the text that it is: without a unit a number could be read in the wrong one.
    """
    ids = _Ids(visit.file)

    def observation(row: Finding) -> Observation:
        name, index = _named(row.name, row.index)
        words = (said(row.value), said(row.description), said(row.conclusion))
        value = "; ".join(text for text in words if text)
        return Observation(
            **stamp(Observation, ids.next("xml4", index, row.name, row.at)),
            code=CodedText(text=name, codings=_codings((index, "MaChiSo"), (said(row.service), "MaDichVu"))),
            category=ObservationCategory.OTHER,
            at=dates.moment(row.at) or visit.claim.admitted,
            value=TextValue(text=value) if value else None,
            status="unknown",
            facility=visit.claim.facility,
        )

    return _read(_FINDING, visit.details.findings, observation)


class _Ids:
    """Ids within one visit, which the portal does not give; the same entry again is told apart by its turn."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: Counter[str] = Counter()

    def next(self, part: str, *said_: Code) -> str:
        id_ = "/".join((self._file, part, *(said(text) or "" for text in said_)))
        self._seen[id_] += 1
        return id_ if self._seen[id_] == 1 else f"{id_}#{self._seen[id_]}"


def _read(decoder: "msgspec.json.Decoder[W]", raws: list[Raw] | None, made: Callable[[W], M]) -> tuple[list[M], int]:
    """What is made of the entries, and how many cannot be read."""
    found: list[M] = []
    entries = raws or []
    unreadable = max(len(entries) - _MOST_ENTRIES, 0)
    for raw in entries[:_MOST_ENTRIES]:
        try:
            found.append(made(decoder.decode(raw)))
        except (msgspec.DecodeError, ValueError, RecursionError):
            unreadable += 1
    return found, unreadable


def _medicine_line(row: Medicine) -> ClaimLine:
    return _line(ClaimLineKind.MEDICINE, row, row.code)


def _service_line(row: Service) -> ClaimLine:
    is_supply = said(row.supply) is not None and said(row.code) is None
    return _line(ClaimLineKind.SUPPLY if is_supply else ClaimLineKind.SERVICE, row, said(row.code) or row.supply)


def _line(kind: ClaimLineKind, row: Medicine | Service, code: Code) -> ClaimLine:
    name, known = _named(row.name, code)
    return ClaimLine(
        kind=kind,
        code=known,
        name=name,
        quantity=number(row.quantity),
        unit_price=number(row.unit_price),
        amount=number(row.amount),
    )


def _named(name: str | None, code: Code) -> tuple[str, str | None]:
    """Name and code; the code stands for a name that is missing.

    Raises:
        ValueError: neither is there.
    """
    known = said(code)
    words = said(name) or known
    if not words:
        raise ValueError("an entry of nothing")
    return words, known


def _codings(*known: tuple[str | None, str]) -> tuple[Coding, ...]:
    return tuple(coding(code, field) for code, field in known if code)


def _amount(text: str | float | None) -> Decimal | None:
    """A total; one that cannot be read is as good as none, for the lines are there."""
    try:
        return number(text)
    except ValueError:
        return None


def _day(text: Code) -> PartialDate | None:
    return dates.partial_date(text)


def _day_of(claim: Claim) -> PartialDate | None:
    return PartialDate(claim.admitted.date().isoformat()) if claim.admitted else None
