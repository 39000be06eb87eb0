"""Kind ``fhir`` keeps the promises of a source, before the sandbox city's own FHIR server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.clock import SystemClock
from connectors.fhir.client import FhirSource
from connectors.records import Observation
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.fhir import samples
from tests.connectors.serving import serving
from tests.sandbox.faults import Faults
from tests.sandbox.servers.fhir import fhir_app

HOLDS = ("Demographics", "Encounter", "Condition", "Allergy", "Medication", "Observation", "Immunization")
"""What the sandbox's hospitals hold; Coverage and Claim are asked of ``test_client.Shelf``."""


class Later:
    """An application that is made when its own address is known."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class OnBench(Conformance):
    """The kind before the sandbox's server, with the options of a subclass."""

    more: dict[str, Any] = {}  # noqa: RUF012 - never changed, replaced by subclasses

    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        faults, later = Faults(), Later()
        async with serving(later) as server:
            url = f"{server.url}/fhir"
            later.app = fhir_app(samples.hospital(), base_url=url, faults=faults, source="hospital")
            source = FhirSource("hospital", samples.options(url, holds=HOLDS, **self.more), clock=SystemClock())
            yield Bench(
                source=source,
                about=Observation,
                known=samples.HOA,
                other=samples.BINH,
                unknown=samples.NOBODY,
                server=server,
                faults=faults,
                key="hospital",
            )
            faults.stop()
            await source.close()


class TestFhir(OnBench):
    """As it comes."""


class TestFhirInSmallPages(OnBench):
    """Every page holds one entry and is fetched with GET; references by ``subject``."""

    more = {"page_size": 1, "search": "get", "reference_parameter": "subject"}  # noqa: RUF012 - never changed
