"""Pages as HAPI and its kin give them, over a real socket: a link to the base itself, or a relative one."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.clock import SystemClock
from connectors.contract import Question
from connectors.fhir.client import FhirSource
from connectors.records import Observation
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.samples import HOA, options, patient, weight
from tests.connectors.fhir.shelf import bundle, ids
from tests.connectors.serving import PATIENCE, serving

PAGE = "_getpages=0f5c-41&_getpagesoffset=1&_count=1&_pretty=true&_bundletype=searchset"


@pytest.mark.parametrize("link", ["{url}?{page}", "{url}/?{page}", "?{page}", "/fhir?{page}"])
async def test_a_page_behind_the_base_itself_is_read(link: str) -> None:
    """The token of the first page is given back as it came, and the second page is the last."""
    given: list[str] = []

    async def first(request: Request) -> JSONResponse:
        if request.path_params["kind"] == "Patient":
            return JSONResponse(bundle([patient("p1", HOA)]))
        return JSONResponse(bundle([weight("first", "p1")], next_link=link.format(url=url, page=PAGE)))

    async def second(request: Request) -> JSONResponse:
        given.append(request.url.query)
        return JSONResponse(bundle([weight("second", "p1")]))

    app = Starlette(
        routes=[
            Route("/fhir/{kind}/_search", first, methods=["POST"]),
            Route("/fhir", second),
            Route("/fhir/", second),
        ]
    )
    async with serving(app) as server:
        url = f"{server.url}/fhir"
        source, inquiry = FhirSource("hospital", options(url), clock=SystemClock()), inquiry_of(PATIENCE)
        answer = await source.ask(Question(about=Observation), grant_for(HOA, Observation), inquiry)
        await inquiry.close()
        await source.close()
    assert (ids(answer), answer.truncated) == (["first", "second"], False)
    assert given == [PAGE]
