"""The control desk of the city: an application for people and scripts who want something to go wrong.

A change is a DELETE, or a POST of ``Content-Type: application/json``: a page from elsewhere which a browser has open
can send neither without a preflight (Fetch standard), and none is answered here.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

import httpx
import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.sandbox.eid import Eid, PersonLike
from tests.sandbox.faults import Faults
from tests.sandbox.partners_desk import PartnersDesk

Feed = Callable[[], Awaitable[int]]
TOKEN_LIFE = timedelta(hours=12)
ELSEWHERE = "/elsewhere"
"""Where the fault ``redirect`` leads: whoever comes here has followed a source to another origin."""


def control_app(
    *, faults: Faults, sources: Collection[str], people: Sequence[PersonLike], eid: Eid, feed: Feed, gateway: str
) -> Starlette:
    """Make the control desk.

    Args:
        faults: what it changes.
        sources: the names it knows.
        people: who lives in the city.
        eid: whose keys it rotates.
        feed: lets hospital B tell the gateway about whom it holds what.
        gateway: where partners ask.
    """
    partners = PartnersDesk(eid, gateway=gateway)
    desk = _Desk(faults, sources, people, eid, feed)
    return Starlette(
        routes=[
            Route("/faults", desk.set_fault, methods=["POST"]),
            Route("/faults", desk.clear_faults, methods=["DELETE"]),
            Route("/people", desk.show_people),
            Route("/people/{key}/token", desk.give_token),
            Route("/people/{key}/opaque-token", desk.give_opaque_token),
            Route("/partners", partners.show),
            Route("/partners/{key}/token", partners.give_token),
            Route("/partners/{key}/curl", partners.give_command),
            Route("/tokens/revoke", desk.revoke, methods=["POST"]),
            Route("/pointers", desk.feed, methods=["POST"]),
            Route("/eid/rotate-keys", desk.rotate_keys, methods=["POST"]),
            Route(ELSEWHERE, elsewhere, methods=["GET", "POST"]),
        ]
    )


class _Desk:
    def __init__(
        self, faults: Faults, sources: Collection[str], people: Sequence[PersonLike], eid: Eid, feed: Feed
    ) -> None:
        self._faults = faults
        self._sources = sources
        self._people = people
        self._eid = eid
        self._feed = feed

    async def set_fault(self, request: Request) -> Response:
        """``{"source": "hospital-b", "fault": "slow", "citizen": "cham", "seconds": 3}``; the last two if wanted."""
        wish = await _json_body(request)
        source, fault, seconds = wish.get("source"), wish.get("fault"), wish.get("seconds")
        if not isinstance(source, str) or source not in self._sources or not isinstance(fault, str):
            raise HTTPException(400, "source and fault are needed")
        if seconds is not None and type(seconds) not in {int, float}:
            raise HTTPException(400, "seconds is a number")
        try:
            self._faults.set(source, fault, citizen=self._number(wish.get("citizen")), seconds=seconds)
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        return Response(status_code=204)

    async def clear_faults(self, _: Request) -> Response:
        """Take back everything that was set; what people carry with them stays."""
        self._faults.clear()
        return Response(status_code=204)

    async def show_people(self, _: Request) -> Response:
        people = [
            {
                "key": person.key,
                "personalId": person.personal_id,
                "name": person.name,
                "birthDate": person.birth_date.isoformat(),
                "story": person.story,
            }
            for person in self._people
        ]
        return Response(orjson.dumps(people), media_type="application/json")

    async def give_token(self, request: Request) -> Response:
        """An access token of that person as plain text, for the command line; a page from elsewhere cannot read it."""
        return PlainTextResponse(self._eid.token_for(self._key(request), expires_in=TOKEN_LIFE))

    async def give_opaque_token(self, request: Request) -> Response:
        """The same, of the sort that says nothing by itself."""
        return PlainTextResponse(self._eid.opaque_token_for(self._key(request), expires_in=TOKEN_LIFE))

    async def revoke(self, request: Request) -> Response:
        """Take ``{"token": "..."}`` back, whoever holds it."""
        token = (await _json_body(request)).get("token")
        if not isinstance(token, str):
            raise HTTPException(400, "token is a text")
        self._eid.revoke(token)
        return Response(status_code=204)

    async def rotate_keys(self, request: Request) -> Response:
        """New signing keys; the old ones stay published unless ``{"keepOld": false}``."""
        wish = await _json_body(request)
        self._eid.rotate(keep_old=wish.get("keepOld", True) is not False)
        return Response(status_code=204)

    async def feed(self, request: Request) -> Response:
        """Hospital B sends all its pointers to the gateway, as events."""
        await _json_body(request)
        try:
            count = await self._feed()
        except httpx.HTTPError as error:
            raise HTTPException(502, f"the gateway did not take them: {type(error).__name__}") from None
        return Response(orjson.dumps({"events": count}), media_type="application/json")

    def _key(self, request: Request) -> str:
        key = str(request.path_params["key"])
        if all(person.key != key for person in self._people):
            raise HTTPException(404, "nobody of that name")
        return key

    def _number(self, citizen: Any) -> str | None:
        """The number of somebody who was named by key or by number."""
        if citizen is None:
            return None
        for person in self._people:
            if isinstance(citizen, str) and citizen in {person.key, person.personal_id}:
                return person.personal_id
        raise HTTPException(400, "nobody of that name")


async def elsewhere(_: Request) -> Response:
    """Another host, as far as a redirect is concerned."""
    return PlainTextResponse("you should not have come here")


async def _json_body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "application/json is wanted")
    try:
        wish = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        raise HTTPException(400, "not JSON") from None
    if not isinstance(wish, dict):
        raise HTTPException(400, "an object is wanted")
    return wish
