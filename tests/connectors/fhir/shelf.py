"""A FHIR server of a few lines, for answers that no honest server gives: what it says is up to the test."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson

from connectors.clock import Clock
from connectors.contract import Answer, Question, Subject
from connectors.fhir.client import FhirSource
from connectors.records import Record
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.samples import HOA, Resource, options, patient, weight
from tests.connectors.serving import PATIENCE
from tests.sandbox.eid.held_clock import HeldClock

BASE = "http://hospital.test/fhir"


def bundle(resources: Iterable[Resource], *, next_link: str | None = None, mode: str | None = "match") -> Resource:
    """One page."""
    entries = [{"resource": resource, **({"search": {"mode": mode}} if mode else {})} for resource in resources]
    links = [{"relation": "next", "url": next_link}] if next_link else []
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}


def reply(content: Any, *, status: int = 200, media_type: str = "application/fhir+json") -> httpx.Response:
    """An answer as it goes over the wire."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return httpx.Response(status, stream=httpx.ByteStream(body), headers={"content-type": media_type})


class Shelf:
    """Gives every resource of the type that is asked for, whoever it is about; told otherwise per path in ``says``."""

    def __init__(self, resources: Iterable[Resource] = (), *, clock: Clock | None = None) -> None:
        self.resources = list(resources)
        self.requests: list[httpx.Request] = []
        self.says: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        self.clock = clock or HeldClock()

    def source(self, url: str = BASE, **more: Any) -> FhirSource:
        """A source that speaks with this server and no other, and does not ask what it can do unless told to."""
        transport = httpx.MockTransport(self._answer)
        return FhirSource(
            "hospital", options(url, **{"capabilities": "ignore"} | more), clock=self.clock, transport=transport
        )

    async def ask(self, about: type[Record], subject: Subject, *, how: Any = None, **more: Any) -> Answer[Record]:
        """One question in an inquiry of its own; ``how`` is the slice, ``more`` are options of the source."""
        source, inquiry = self.source(**more), inquiry_of(PATIENCE)
        try:
            return await source.ask(Question(about=about, **(how or {})), grant_for(subject, about), inquiry)
        finally:
            await inquiry.close()
            await source.close()

    @property
    def asked(self) -> list[tuple[str, dict[str, list[str]]]]:
        """What was asked: path below the base with its method, and the fields of form and query."""
        return [
            (
                f"{request.method} {request.url.path.removeprefix('/fhir/')}",
                parse_qs(request.content.decode() or request.url.query.decode()),
            )
            for request in self.requests
        ]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path.removeprefix("/fhir/").removesuffix("/_search")
        if path in self.says:
            return self.says[path](request)
        return reply(bundle(r for r in self.resources if r["resourceType"] == path))


def shelf(*more: Resource, clock: Clock | None = None) -> Shelf:
    """A server that knows one citizen, three weights of hers, and whatever else the test puts there."""
    return Shelf([patient("p1", HOA), *(weight(f"w{number}", "p1") for number in range(3)), *more], clock=clock)


def ids(answer: Answer[Record]) -> list[str]:
    """The records of an answer by the server's own ids."""
    return [record.provenance[0].source_record_id for record in answer.records]
