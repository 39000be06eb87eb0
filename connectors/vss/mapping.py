"""The portal's answers to records: a ``Coverage`` per card, a ``Claim`` per visit. Pure: no call, no clock."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from types import MappingProxyType

import msgspec
from msgspec import Raw, Struct

from connectors.records import (
    Claim,
    CodedText,
    Coding,
    Coverage,
    CoverageStatus,
    Diagnosis,
    Facility,
    LegalState,
    LegalStep,
)
from connectors.stamping import Stamp
from connectors.vss import benefits, dates
from connectors.vss.business_codes import REPLACED, REPLACED_SOON, Finding
from connectors.vss.values import ICD10, from_list, said
from connectors.vss.values import facility as place
from connectors.vss.wire import CardAnswer, Visit

_STATED = {
    Finding.EXPIRED: CoverageStatus.EXPIRED,
    Finding.REVOKED: CoverageStatus.REVOKED,
    Finding.ENDED: CoverageStatus.ENDED,
}

_VISIT = msgspec.json.Decoder(Visit)
_CODED = re.compile(r"(?P<code>[A-Z]\d{2}(?:\.\d{1,2})?[†*+]?)(?:\s+-\s.*)?", re.ASCII | re.DOTALL)
"""``E11.9 - words``: the portal writes the code before the words, where it writes one."""
_NEXT_CODED = re.compile(r"\s*;\s*(?=[A-Z]\d{2}(?:\.\d{1,2})?[†*+]?\s+-\s)", re.ASCII)
"""Where the next diagnosis with a code begins. Words without one stay with what stands before them."""

_DISCHARGES = MappingProxyType({"1": "Ra viện", "2": "Chuyển viện", "3": "Trốn viện", "4": "Xin ra viện"})
_RESULTS = MappingProxyType({"1": "Khỏi", "2": "Đỡ", "3": "Không thay đổi", "4": "Nặng hơn", "5": "Tử vong"})
"""Words for ``tinhTrang`` and ``kqDieuTri``; the portal sends the digit alone."""


class _Card(Struct, frozen=True, kw_only=True):
    """One card of an answer, and what the business code says about this very card."""

    number: str
    found: Finding | None
    valid_from: str | None = None
    valid_until: str | None = None
    facility: str | None = None
    facility_name: str | None = None


def coverages(answer: CardAnswer, found: Finding, stamp: Stamp, *, today: date) -> tuple[tuple[Coverage, ...], int]:
    """The cards of an answer, and how many could not be read.

    An answer that speaks of a card without naming it (expired, with nothing but nulls) counts as one that could not
    be read: an empty answer would say that the citizen never had a card.

    Args:
        answer: of the portal, about the right person.
        found: meaning of its business code.
        stamp: of this answer.
        today: in Ho Chi Minh City; dates decide where the code leaves it open.
    """
    if found is Finding.NO_CARD:
        return (), 0
    cards: dict[str, _Card] = {}
    for card in _cards(answer, found):
        cards.setdefault(card.number, card)
    readable = [card for card in cards.values() if benefits.CARD_NUMBER.fullmatch(card.number)]
    records = tuple(_coverage(card, answer, stamp, today) for card in readable)
    return records, max(len(cards), 1) - len(records)


class Visited(Struct, frozen=True):
    """One visit that could be read."""

    file: str | None
    """The portal's own number, by which details can be had."""
    claim: Claim


def visits(raws: Iterable[Raw], stamp: Stamp) -> tuple[tuple[Visited, ...], int]:
    """The visits that can be read, in their order and each once, and how many cannot.

    A visit cannot be read when it is no object of the promised shape, names no facility, or has a date that is none.
    """
    found: dict[Visit, Visited] = {}
    files: Counter[str] = Counter()
    dropped = 0
    for raw in raws:
        try:
            visit = _VISIT.decode(raw)
            if visit not in found:
                found[visit] = Visited(said(visit.file), _claim(visit, files, stamp))
        except (msgspec.DecodeError, ValueError, RecursionError):
            dropped += 1
    return tuple(found.values()), dropped


def current_card(answer: CardAnswer) -> str | None:
    """The number of the card that is to be used from now on."""
    new = said(answer.new_card) if answer.code in (REPLACED, REPLACED_SOON) else None
    return new or said(answer.card)


def _cards(answer: CardAnswer, found: Finding) -> Iterator[_Card]:
    """The card that was found, the new and the old one; the same number may come again, with less detail."""
    replaced = answer.code in (REPLACED, REPLACED_SOON)
    outgoing = Finding.EXPIRED if answer.code == REPLACED else found
    current, new, old = (said(number) for number in (answer.card, answer.new_card, answer.old_card))
    if current:
        yield _Card(
            number=current,
            found=found if current == new else outgoing,
            valid_from=said(answer.valid_from),
            valid_until=said(answer.valid_until),
            facility=said(answer.facility),
        )
    if new:
        yield _Card(
            number=new,
            found=found if replaced else None,
            valid_from=said(answer.new_valid_from),
            valid_until=said(answer.new_valid_until),
            facility=said(answer.new_facility),
            facility_name=said(answer.new_facility_name),
        )
    if old:
        yield _Card(number=old, found=outgoing if replaced else None)


def _coverage(card: _Card, answer: CardAnswer, stamp: Stamp, today: date) -> Coverage:
    valid_from, valid_until = _day(card.valid_from), _day(card.valid_until)
    # What the card is worth today, or was on its last day, or will be on its first.
    on = min(max(today, valid_from or date.min), valid_until or date.max)
    return Coverage(
        **stamp(Coverage, card.number),
        card_number=card.number,
        social_insurance_number=said(answer.social_insurance_number),
        valid_from=valid_from,
        valid_until=valid_until,
        benefit_level=benefits.level(card.number),
        benefit_percent=benefits.percent(card.number, on),
        registered_facility=place(card.facility, card.facility_name),
        five_years_continuous_from=_day(answer.five_years_from),
        status=_status(card, valid_from, valid_until, today),
    )


def _status(card: _Card, valid_from: date | None, valid_until: date | None, today: date) -> CoverageStatus:
    """The code's word where it has one about this card, else what the dates say, as far as they can be read."""
    if card.found in _STATED:
        return _STATED[card.found]
    if (card.valid_from and not valid_from) or (card.valid_until and not valid_until):
        return CoverageStatus.UNKNOWN
    if valid_from and valid_from > today:
        return CoverageStatus.UPCOMING
    if valid_until and valid_until < today:
        return CoverageStatus.EXPIRED
    return CoverageStatus.ACTIVE if card.found or valid_from else CoverageStatus.UNKNOWN


def _claim(visit: Visit, files: Counter[str], stamp: Stamp) -> Claim:
    facility = place(said(visit.facility))
    if facility is None:
        raise ValueError("no facility")
    admitted = dates.moment(said(visit.admitted) or visit.older_admitted)
    discharged = dates.moment(said(visit.discharged) or visit.older_discharged)
    return Claim(
        **stamp(Claim, _file(visit, facility, files)),
        facility=facility,
        admitted=admitted,
        discharged=discharged,
        diagnoses=_diagnoses(said(visit.diagnosis)),
        entitlement=said(visit.entitlement),
        discharge=from_list(said(visit.discharge), "tinhTrang", _DISCHARGES),
        result=from_list(said(visit.result), "kqDieuTri", _RESULTS),
        # The portal knows of a visit because it was reported for payment; when, the history does not say.
        steps=(LegalStep(state=LegalState.CLAIMED),),
    )


def _file(visit: Visit, facility: Facility, files: Counter[str]) -> str:
    """The portal's file number, or what stands for it; a number given to two different visits is told apart."""
    file = said(visit.file) or f"{facility.code}/{said(visit.admitted) or said(visit.older_admitted) or ''}"
    files[file] += 1
    return file if files[file] == 1 else f"{file}#{files[file]}"


def _diagnoses(text: str | None) -> tuple[Diagnosis, ...]:
    parts = _NEXT_CODED.split(text) if text else []
    return tuple(Diagnosis(code=CodedText(text=words, codings=_codings(words))) for words in parts)


def _codings(words: str) -> tuple[Coding, ...]:
    match = _CODED.fullmatch(words)
    return (Coding(system=ICD10, code=match["code"]),) if match else ()


def _day(text: str | None) -> date | None:
    """The day, or none where it cannot be read: whoever must tell the two apart looks at the text."""
    with suppress(ValueError):
        return dates.day(text)
    return None
