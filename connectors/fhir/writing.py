"""Entries as FHIR resources, created on condition: an Observation for a measurement, a Communication for a correction.

The key of an entry becomes an identifier of the resource. By it the server is searched before anything is sent, and
``If-None-Exist`` (R4 section 3.1.0.8.1) lets it create the resource only where none of that identifier is there. What
the server answers is held against what was sent: the right person, key and values.
"""

import asyncio
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from connectors.addresses import encoded
from connectors.contract import Basis, Deadline, Inquiry
from connectors.errors import (
    Crowded,
    Denied,
    Garbled,
    KeyReused,
    Overloaded,
    Rejected,
    SourceError,
    Unconfirmed,
    WrongPerson,
)
from connectors.fhir import wire
from connectors.fhir.base import Base, is_id
from connectors.fhir.batching import MEDIA_TYPES
from connectors.fhir.held import HELD
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.elements import Unreadable
from connectors.fhir.mapping.reading import Decoding, decoding_of
from connectors.fhir.mapping.times import moment
from connectors.fhir.people import Whose
from connectors.fhir.searching import Searcher
from connectors.http import Line
from connectors.records import Observation
from connectors.writing import Correction, Entry, Mandate, MeasuredPart, Measurement

KEYS = "urn:citizen-graph:idempotency-key"
"""System of the identifier that an entry's key becomes."""
_NOT_TAKEN = frozenset({400, 404, 405, 409, 412, 413, 415, 422})
"""Statuses by which a server says that it read the entry and did not create anything."""
_NOTHING_SENT = (Crowded, Denied, Overloaded, Rejected)
"""After these it is certain that nothing was created."""
_LOCATION = re.compile(
    r"(?:.*/)?(?P<path>(?P<type>Observation|Communication)/[A-Za-z0-9.-]{1,64})(?:/_history/[^/?#]+)?"
)
_TERMS = "http://terminology.hl7.org/CodeSystem"
Made = wire.Observation | wire.Communication
"""What an entry becomes."""
_DECODINGS: Mapping[str, Decoding] = {
    kind.__name__: decoding_of(kind) for kind in (wire.Observation, wire.Communication)
}
(_OBSERVED,) = HELD[Observation]
_BECOMES: Mapping[type[Entry], str] = {Measurement: "Observation", Correction: "Communication"}


class Writer:
    """Writes over one line. One entry of one key is under way at a time, also where the server ignores conditions."""

    def __init__(self, line: Line, searcher: Searcher, base: Base) -> None:
        self._line = line
        self._base = base
        self._searcher = searcher
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def write(
        self,
        entry: Entry,
        identifier: str,
        patient: str,
        whose: Whose,
        mandate: Mandate,
        inquiry: Inquiry,
        deadline: Deadline,
    ) -> Made:
        """The resource as it stands in the server, created now or before.

        Args:
            entry: what it says.
            identifier: the value of ``key_of``.
            patient: id of the citizen's Patient to which it is added.
            whose: how the answers are held against the citizen.
            mandate: tells whether the citizen says it or somebody who acts for them.
            inquiry: the request.
            deadline: for all of it.

        Raises:
            Unconfirmed: it was sent and nothing usable came back.
            KeyReused: the key stands for another entry.
            SourceError: nothing was created.
        """
        async with self._turns.setdefault(identifier, asyncio.Lock()):
            found = await self._found(_BECOMES[type(entry)], identifier, whose, inquiry, deadline)
            if found is None:
                found = await self._create(resource_of(entry, identifier, patient, mandate), identifier, deadline)
                try:
                    whose.require(found)
                except WrongPerson:
                    raise Unconfirmed("the confirmation is about somebody else") from None
        if not _carries(found, identifier):
            raise Unconfirmed("the confirmation does not carry the key")
        if _said(found, self._base) != _wanted(entry):
            raise KeyReused("the key stands for another entry")
        return found

    async def _found(
        self, kind: str, identifier: str, whose: Whose, inquiry: Inquiry, deadline: Deadline
    ) -> Made | None:
        """What was created under that key before."""
        query = encoded({"identifier": f"{KEYS}|{identifier}", "_count": "2"})
        found = await self._searcher.search(_DECODINGS[kind], query, None, inquiry, deadline)
        # A server that does not know the parameter gives anything.
        carrying = [resource for resource in found.resources.values() if _carries(resource, identifier)]
        for resource in carrying:
            whose.require(resource)
        if found.dropped or (found.truncated and not carrying):
            raise Garbled("whether the entry stands there cannot be read")
        return min(carrying, key=lambda resource: str(resource.id), default=None)

    async def _create(self, resource: dict[str, Any], identifier: str, deadline: Deadline) -> Made:
        """Let the server create the resource, unless it is there. Sent once."""
        kind = resource["resourceType"]
        headers = {
            "accept": "application/fhir+json",
            "content-type": "application/fhir+json",
            "if-none-exist": f"identifier={KEYS}|{identifier}",
            "prefer": "return=representation",
        }
        try:
            reply = await self._line.send(
                "POST",
                kind,
                headers=headers,
                json=resource,
                deadline=deadline,
                accept=frozenset({200, 201}) | _NOT_TAKEN,
            )
            if reply.status in _NOT_TAKEN:
                raise Rejected(f"status {reply.status}")
            if not reply.body:
                place = _LOCATION.fullmatch(reply.headers.get("location", ""))
                if place is None or place["type"] != kind:
                    raise Garbled("neither the resource nor where it is")
                read = {"accept": "application/fhir+json"}
                reply = await self._line.send("GET", place["path"], headers=read, deadline=deadline, repeatable=True)
            created: Made = reply.decode(_DECODINGS[kind].one, media_types=MEDIA_TYPES)
        except _NOTHING_SENT:
            raise
        except SourceError as error:
            raise Unconfirmed(f"after sending: {type(error).__name__}") from None
        if created.resource_type != kind or not is_id(created.id):
            raise Unconfirmed("another resource than was sent")
        return created


def key_of(key: str, mandate: Mandate) -> str:
    """The identifier's value: nobody can compute it for another citizen, and it tells neither key nor person."""
    return blake2b(key.encode(), key=mandate.subject.ref.encode()[:64], digest_size=16).hexdigest()


def read_back(written: wire.Observation, around: Around) -> Observation:
    """The record as the server confirmed it.

    Raises:
        Unconfirmed: it is none, or was taken back as entered in error.
    """
    try:
        record = _OBSERVED.to_record(written, around)
    except Unreadable:
        record = None
    if not isinstance(record, Observation):
        raise Unconfirmed("the confirmation cannot be read")
    return record


def resource_of(entry: Entry, identifier: str, patient: str, mandate: Mandate) -> dict[str, Any]:
    """The resource that shall be created (see ``Writer.write``)."""
    if isinstance(entry, Correction):
        return _asking(entry, identifier, patient, mandate)
    about = {"reference": f"Patient/{patient}"}
    by_citizen = mandate.basis is Basis.SELF
    # HL7's labels for data that no professional vouches for: asserted by the patient, or by who decides for them.
    label = {"system": f"{_TERMS}/v3-ObservationValue", "code": "PATAST" if by_citizen else "SDMAST"}
    coding = {"system": "http://loinc.org", "code": entry.code, "display": entry.display}
    category = {"system": f"{_TERMS}/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "meta": {"security": [label]},
        "identifier": [{"system": KEYS, "value": identifier}],
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [coding], "text": entry.text},
        "subject": about,
        "effectiveDateTime": entry.at.isoformat(timespec="seconds"),
        "performer": [about if by_citizen else {"type": "RelatedPerson", "display": "Người đại diện của công dân"}],
        **_values(entry.parts),
    }


def _asking(entry: Correction, identifier: str, patient: str, mandate: Mandate) -> dict[str, Any]:
    """A Communication to the server's people about one of its resources."""
    citizen = {"reference": f"Patient/{patient}"}
    by_citizen = mandate.basis is Basis.SELF
    coding = {"system": "urn:citizen-graph:communication", "code": "correction-request"}
    return {
        "resourceType": "Communication",
        "identifier": [{"system": KEYS, "value": identifier}],
        "status": "completed",
        "category": [{"coding": [coding], "text": "Yêu cầu đính chính hồ sơ"}],
        "subject": citizen,
        "about": [{"reference": reference_of(entry)}],
        "sent": entry.at.isoformat(timespec="seconds"),
        "sender": citizen if by_citizen else {"type": "RelatedPerson", "display": "Người đại diện của công dân"},
        "payload": [{"contentString": entry.text}],
    }


def reference_of(entry: Correction) -> str:
    """Type and id of the resource that is meant: a class's first type names its records by the id alone."""
    if "/" in entry.record_id:
        return entry.record_id
    return f"{HELD[entry.about][0].type}/{entry.record_id}"


def _values(parts: tuple[MeasuredPart, ...]) -> dict[str, Any]:
    if len(parts) == 1:
        return {"valueQuantity": _quantity(parts[0])}
    codings = [[{"system": "http://loinc.org", "code": part.code, "display": part.display}] for part in parts]
    quantities = map(_quantity, parts)
    return {
        "component": [
            {"code": {"coding": coding}, "valueQuantity": quantity}
            for coding, quantity in zip(codings, quantities, strict=True)
        ]
    }


def _quantity(part: MeasuredPart) -> dict[str, Any]:
    value = msgspec.Raw(f"{part.value:f}".encode())  # a JSON number, exact
    return {"value": value, "unit": part.unit, "system": "http://unitsofmeasure.org", "code": part.unit}


def _carries(found: Made, identifier: str) -> bool:
    return any(one.system == KEYS and one.value == identifier for one in found.identifier)


_Said = tuple[object, ...]
"""What makes an entry the same: code, time and parts by code, value and unit; or what it is about, and the words."""


def _wanted(entry: Entry) -> _Said:
    if isinstance(entry, Correction):
        return reference_of(entry), entry.text
    return entry.code, entry.at, frozenset((part.code, part.value, part.unit) for part in entry.parts)


def _said(found: Made, base: Base) -> _Said:
    if isinstance(found, wire.Communication):
        targets = ["/".join(target) for one in found.regarding if (target := base.target(one))]
        return next(iter(targets), None), "".join(part.content_string or "" for part in found.payload)
    parts = found.component or (found,)
    said = ((_loinc(part), part.value_quantity) for part in parts)
    values = frozenset((code, value.value, value.code) for code, value in said if value is not None)
    return _loinc(found), moment(found.effective_date_time), values


def _loinc(part: wire.Valued) -> str | None:
    codings = part.code.coding if part.code else ()
    return next((coding.code for coding in codings if coding.system == "http://loinc.org"), None)
