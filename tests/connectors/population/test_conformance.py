"""The promises of a source, held to this kind before the register of the sandbox city."""

from collections.abc import AsyncIterator

import pytest

from connectors.clock import SystemClock
from connectors.population.client import PopulationSource
from connectors.records import Demographics, Relation, Representative
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.population.register import AN, API_KEY, BINH, NOBODY, citizen, dependant, options
from tests.connectors.serving import serving
from tests.sandbox.faults import Faults
from tests.sandbox.servers.register import register_app

RECORDS = {
    AN.personal_id: citizen(),
    BINH.personal_id: citizen(SoDinhDanh=BINH.personal_id, NgayThangNamSinh={"Nam": "1980", "NgayThangNam": ""}),
}
DEPENDANTS = {AN.personal_id: [dependant()], BINH.personal_id: [dependant()]}


class TestPopulation(Conformance):
    """Who a citizen is, whom they represent and who represents them, in every form of answer."""

    @pytest.fixture(
        params=[
            (Demographics, "json"),
            (Relation, "json"),
            (Representative, "json"),
            (Demographics, "xml"),
            (Relation, "xml"),
            (Representative, "xml"),
            (Demographics, "xml-in-json"),
            (Relation, "xml-in-json"),
            (Representative, "xml-in-json"),
        ],
        ids=lambda param: f"{param[0].__name__}-{param[1]}",
    )
    async def bench(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        """The register on a real socket, and a source that speaks with it."""
        about, form = request.param
        faults, clock = Faults(), SystemClock()
        app = register_app(RECORDS, DEPENDANTS, representatives=DEPENDANTS, api_key=API_KEY, faults=faults, form=form)
        async with serving(app) as server:
            source = PopulationSource("population", options(url=server.url, format=form), clock=clock)
            yield Bench(
                source=source,
                about=about,
                known=AN,
                other=BINH,
                unknown=NOBODY,
                server=server,
                faults=faults,
                key="population",
            )
            faults.stop()
            await source.close()
