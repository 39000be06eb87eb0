"""FHIR servers of a measurement: they answer from memory, for any citizen, as many records as they are told to.

They run in a process of their own, so that what they cost is not the gateway's. Each listens on a port of the
system's choice, and says which.
"""

import asyncio
import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qsl

import uvloop
from msgspec import Struct

_PATIENT = {"reference": "Patient/1"}


class Told(Struct, frozen=True, kw_only=True):
    """How one server answers."""

    records: int = 20
    """Of every class but the citizen's own and their card."""
    seconds: float = 0.0
    """Before an answer begins; endless where it is negative."""
    lies: bool = False
    """Whether what it answers is about two people."""


def _coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def _patient(_: int) -> dict[str, Any]:
    return {"name": [{"use": "official", "text": "Nguyễn Thị Mẫu"}], "gender": "female", "birthDate": "1990-01-01"}


def _observation(number: int) -> dict[str, Any]:
    return {
        "status": "final",
        "category": [_coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": _coded("http://loinc.org", "4548-4", "HbA1c"),
        "subject": _PATIENT,
        "effectiveDateTime": f"20{10 + number % 15}-0{1 + number % 9}-1{number % 9}T0{number % 9}:00:00+07:00",
        "valueQuantity": {"value": 5 + number % 7, "unit": "%", "code": "%"},
    }


def _immunization(number: int) -> dict[str, Any]:
    return {
        "status": "completed",
        "vaccineCode": _coded("http://hl7.org/fhir/sid/cvx", f"{number % 200}", "Vắc xin"),
        "patient": _PATIENT,
        "occurrenceDateTime": f"20{10 + number % 15}-0{1 + number % 9}-1{number % 9}",
        "lotNumber": f"L{number}",
    }


def _coverage(_: int) -> dict[str, Any]:
    return {"status": "active", "subscriberId": "DN4790000000001", "beneficiary": _PATIENT}


def _day(number: int) -> str:
    return f"20{10 + number % 15}-0{1 + number % 9}-1{number % 9}"


def _encounter(number: int) -> dict[str, Any]:
    return {
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": _PATIENT,
        "period": {"start": f"{_day(number)}T08:00:00+07:00", "end": f"{_day(number)}T09:00:00+07:00"},
        "serviceType": {"text": "Nội tổng quát"},
        "reasonCode": [{"text": "Khám định kỳ"}],
        "serviceProvider": {"display": "Bệnh viện Mẫu"},
    }


def _condition(number: int) -> dict[str, Any]:
    return {
        "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
        "code": _coded("http://hl7.org/fhir/sid/icd-10", f"E{10 + number % 80}", "Chẩn đoán mẫu"),
        "subject": _PATIENT,
        "onsetDateTime": _day(number),
        "recordedDate": _day(number),
    }


def _claim(number: int) -> dict[str, Any]:
    category = _coded("http://terminology.hl7.org/CodeSystem/adjudication", "submitted", "Submitted")
    return {
        "status": "active",
        "patient": _PATIENT,
        "created": _day(number),
        "billablePeriod": {"start": _day(number)},
        "provider": {"display": "Bệnh viện Mẫu"},
        "total": [{"category": category, "amount": {"value": 250000 + number, "currency": "VND"}}],
    }


_MAKERS: dict[str, tuple[Callable[[int], dict[str, Any]], bool]] = {
    "Patient": (_patient, False),
    "Coverage": (_coverage, False),
    "Observation": (_observation, True),
    "Encounter": (_encounter, True),
    "Condition": (_condition, True),
    "ExplanationOfBenefit": (_claim, True),
    "Immunization": (_immunization, True),
}
"""How a resource of each type is made, and whether there are many of it."""


def bundle(name: str, told: Told, personal_id: str = "") -> bytes:
    """What a search for that type is answered with."""
    make, many = _MAKERS.get(name, (_observation, False))
    count = 0 if name not in _MAKERS else told.records if many else 1
    entries = [{"resource": {"resourceType": name, "id": f"{name}-{number}"} | make(number)} for number in range(count)]
    if name == "Patient":
        entries[0]["resource"]["identifier"] = [{"value": personal_id}]
    if told.lies and entries:
        entries.append({"resource": {**entries[0]["resource"], "id": "other", "subject": {"reference": "Patient/2"}}})
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


class _Server(asyncio.Protocol):
    def __init__(self, told: Told, answers: dict[tuple[str, str], bytes]) -> None:
        self._told = told
        self._answers = answers
        self._waiting = b""
        self._line: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            path, _, query = head.split(b" ", 2)[1].decode().partition("?")
            name, personal_id = path.strip("/"), dict(parse_qsl(query)).get("identifier", "")
            if self._told.seconds > 0:
                asyncio.get_running_loop().call_later(self._told.seconds, self._say, name, personal_id)
            elif not self._told.seconds:
                self._say(name, personal_id)

    def _say(self, name: str, personal_id: str) -> None:
        answer = self._answers.get((name, personal_id))
        if answer is None:
            body = bundle(name, self._told, personal_id)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n" % len(body)
            answer = self._answers[name, personal_id] = head + body
        self._line.write(answer)


def _serve(servers: Sequence[Told], said: Connection) -> None:
    async def run() -> None:
        loop, ports = asyncio.get_running_loop(), []
        for told in servers:
            answers: dict[tuple[str, str], bytes] = {}
            listening = await loop.create_server(lambda t=told, a=answers: _Server(t, a), "127.0.0.1", 0, backlog=2048)  # type: ignore[misc]
            ports.append(listening.sockets[0].getsockname()[1])
        said.send(ports)
        await asyncio.Event().wait()

    uvloop.run(run())


@contextmanager
def upstreams(servers: Sequence[Told]) -> Iterator[list[str]]:
    """The addresses of such servers, for as long as the block lasts."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(list(servers), theirs), daemon=True)
    process.start()
    try:
        yield [f"http://127.0.0.1:{port}" for port in ours.recv()]
    finally:
        process.terminate()
        process.join()
