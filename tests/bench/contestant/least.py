"""The floor under ours: the least that one process of CPython takes for the work of the harness, with our libraries.

No gateway and no GraphQL: it reads no query, checks nothing and nobody, knows no deadline, no bound and no error, joins
and orders nothing. It asks, decodes into Structs of the very elements that are answered, and writes those down. What a
gateway in this language does comes on top, so what lies below no gateway in this language reaches.
"""

import asyncio
import os
from typing import Any
from urllib.parse import urlsplit

import httptools
import msgspec
import orjson
import uvloop
from msgspec import Struct


class _Wire(Struct, rename="camel", gc=False):
    """Read as far as it is answered."""


class _Coding(_Wire):
    code: str
    display: str | None = None


class _Concept(_Wire):
    coding: list[_Coding] = []
    text: str | None = None


class _Period(_Wire):
    start: str | None = None
    end: str | None = None


class _Named(_Wire):
    display: str | None = None


class _Amount(_Wire):
    value: float | None = None
    unit: str | None = None
    currency: str | None = None


class _Paid(_Wire):
    amount: _Amount


class _Identifier(_Wire):
    system: str
    value: str


class _Text(_Wire):
    text: str


class _Contact(_Wire):
    value: str


class _Address(_Wire):
    city: str


class _Dose(_Wire):
    dose_number_positive_int: int


class _Patient(_Wire):
    id: str
    active: bool
    gender: str
    birth_date: str
    name: list[_Text]
    identifier: list[_Identifier]
    telecom: list[_Contact]
    address: list[_Address]


class _Encounter(_Wire):
    id: str
    status: str
    class_: _Coding = msgspec.field(name="class")
    type: list[_Text]
    period: _Period
    reason_code: list[_Text]
    service_provider: _Named


class _Condition(_Wire):
    id: str
    code: _Concept
    clinical_status: _Concept
    verification_status: _Concept
    onset_date_time: str
    recorded_date: str


class _Observation(_Wire):
    id: str
    status: str
    code: _Concept
    effective_date_time: str
    value_quantity: _Amount


class _Immunization(_Wire):
    id: str
    status: str
    vaccine_code: _Concept
    occurrence_date_time: str
    lot_number: str
    protocol_applied: list[_Dose]
    manufacturer: _Named


class _Coverage(_Wire):
    id: str
    status: str
    type: _Concept
    subscriber_id: str
    period: _Period
    payor: list[_Named]


class _Claim(_Wire):
    id: str
    status: str
    type: _Concept
    created: str
    billable_period: _Period
    payment: _Paid
    insurer: _Named


def _page(kind: Any) -> Any:
    entry = msgspec.defstruct("Entry", [("resource", kind)], gc=False)
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("entry", list[entry])], gc=False)).decode  # type: ignore[valid-type]


_PAGES = {
    kind.__name__[1:]: _page(kind)
    for kind in (_Patient, _Encounter, _Condition, _Observation, _Immunization, _Coverage)
} | {"ExplanationOfBenefit": _page(_Claim)}
_AT = {"Immunization": "VACCINATION", "Coverage": "INSURANCE", "ExplanationOfBenefit": "INSURANCE"}


class _Line(asyncio.Protocol):
    """A connection to a system, on which one question at a time is put."""

    def __init__(self, idle: list["_Line"]) -> None:
        self._idle = idle
        self.said: asyncio.Future[bytes]
        self.transport: Any = None
        self._parser: Any = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        self._idle.append(self)
        self.said.set_result(body)


_IDLE: dict[str, list[_Line]] = {name: [] for name in ("HOSPITAL", "VACCINATION", "INSURANCE")}


async def _asked(kind: str, citizen: str) -> list[Any]:
    name = _AT.get(kind, "HOSPITAL")
    idle, loop = _IDLE[name], asyncio.get_running_loop()
    if idle:
        line = idle.pop()
    else:
        at = urlsplit(os.environ[name])
        _, line = await loop.create_connection(lambda: _Line(idle), at.hostname or "", at.port or 80)
    line.said = loop.create_future()
    by = "identifier" if kind == "Patient" else "patient"
    line.transport.write(f"GET /{kind}?{by}={citizen} HTTP/1.1\r\nhost: u\r\n\r\n".encode())
    return [entry.resource for entry in _PAGES[kind](await line.said).entry]


async def _small(citizen: str) -> dict[str, Any]:
    people, doses, cards = await asyncio.gather(
        *(_asked(kind, citizen) for kind in ("Patient", "Immunization", "Coverage"))
    )
    who, card = people[0], cards[0]
    return {
        "patient": {
            "id": who.id,
            "gender": who.gender,
            "birthDate": who.birth_date,
            "fullName": who.name[0].text,
            "phone": who.telecom[0].value,
            "city": who.address[0].city,
        },
        "immunizations": [
            {"vaccineCode": one.vaccine_code.coding[0].code, "occurrence": one.occurrence_date_time} for one in doses
        ],
        "coverage": {
            "status": card.status,
            "typeCode": card.type.coding[0].code,
            "subscriberId": card.subscriber_id,
            "end": card.period.end,
            "payor": card.payor[0].display,
        },
    }


async def _full(citizen: str) -> dict[str, Any]:
    people, visits, problems, results, doses, cards, claims = await asyncio.gather(
        *(_asked(kind, citizen) for kind in _PAGES)
    )
    who, card = people[0], cards[0]
    return {
        "patient": {
            "id": who.id,
            "active": who.active,
            "gender": who.gender,
            "birthDate": who.birth_date,
            "fullName": who.name[0].text,
            "identifiers": [{"system": one.system, "value": one.value} for one in who.identifier],
            "phone": who.telecom[0].value,
            "city": who.address[0].city,
        },
        "encounters": [
            {
                "id": one.id,
                "status": one.status,
                "classCode": one.class_.code,
                "typeText": one.type[0].text,
                "start": one.period.start,
                "end": one.period.end,
                "reason": one.reason_code[0].text,
                "provider": one.service_provider.display,
            }
            for one in visits
        ],
        "conditions": [
            {
                "id": one.id,
                "code": one.code.coding[0].code,
                "display": one.code.coding[0].display,
                "clinicalStatus": one.clinical_status.coding[0].code,
                "verificationStatus": one.verification_status.coding[0].code,
                "onset": one.onset_date_time,
                "recorded": one.recorded_date,
            }
            for one in problems
        ],
        "observations": [
            {
                "id": one.id,
                "status": one.status,
                "code": one.code.coding[0].code,
                "display": one.code.coding[0].display,
                "effective": one.effective_date_time,
                "value": one.value_quantity.value,
                "unit": one.value_quantity.unit,
            }
            for one in results
        ],
        "immunizations": [
            {
                "id": one.id,
                "status": one.status,
                "vaccineCode": one.vaccine_code.coding[0].code,
                "vaccineName": one.vaccine_code.coding[0].display,
                "occurrence": one.occurrence_date_time,
                "lotNumber": one.lot_number,
                "doseNumber": one.protocol_applied[0].dose_number_positive_int,
                "manufacturer": one.manufacturer.display,
            }
            for one in doses
        ],
        "coverage": {
            "id": card.id,
            "status": card.status,
            "typeCode": card.type.coding[0].code,
            "subscriberId": card.subscriber_id,
            "start": card.period.start,
            "end": card.period.end,
            "payor": card.payor[0].display,
        },
        "claims": [
            {
                "id": one.id,
                "status": one.status,
                "typeCode": one.type.coding[0].code,
                "created": one.created,
                "start": one.billable_period.start,
                "paid": one.payment.amount.value,
                "currency": one.payment.amount.currency,
                "insurer": one.insurer.display,
            }
            for one in claims
        ],
    }


class _Server(asyncio.Protocol):
    def __init__(self) -> None:
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: Any = None
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        body, self._body = orjson.loads(self._body), b""
        self._answering = asyncio.get_running_loop().create_task(self._answer(body))

    async def _answer(self, asked: dict[str, Any]) -> None:
        make = _full if asked["query"].startswith("query Full") else _small
        body = orjson.dumps({"data": {"citizen": await make(asked["variables"]["id"])}})
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())
