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


_MAKERS: dict[str, tuple[Callable[[int], dict[str, Any]], bool]] = {
    "Patient": (_patient, False),
    "Coverage": (_coverage, False),
    "Observation": (_observation, True),
    "Immunization": (_immunization, True),
}
"""How a resource of each type is made, and whether there are many of it."""


def bundle(name: str, told: Told) -> bytes:
    """What a search for that type is answered with."""
    make, many = _MAKERS.get(name, (_observation, False))
    count = 0 if name not in _MAKERS else told.records if many else 1
    entries = [{"resource": {"resourceType": name, "id": f"{name}-{number}"} | make(number)} for number in range(count)]
    if told.lies and entries:
        entries.append({"resource": {**entries[0]["resource"], "id": "other", "subject": {"reference": "Patient/2"}}})
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


class _Server(asyncio.Protocol):
    def __init__(self, told: Told, answers: dict[str, bytes]) -> None:
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
            name = head.split(b" ", 2)[1].partition(b"?")[0].strip(b"/").decode()
            if self._told.seconds > 0:
                asyncio.get_running_loop().call_later(self._told.seconds, self._say, name)
            elif not self._told.seconds:
                self._say(name)

    def _say(self, name: str) -> None:
        answer = self._answers.get(name)
        if answer is None:
            body = bundle(name, self._told)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n" % len(body)
            answer = self._answers[name] = head + body
        self._line.write(answer)


def _serve(servers: Sequence[Told], said: Connection) -> None:
    async def run() -> None:
        loop, ports = asyncio.get_running_loop(), []
        for told in servers:
            answers: dict[str, bytes] = {}
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
