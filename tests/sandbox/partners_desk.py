"""The partners' side of the control desk: their tokens, and commands to copy."""

import json
import shlex

import httpx
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.sandbox.agreeing import WHO
from tests.sandbox.eid import Eid, Holder
from tests.sandbox.people import by_key

_CARE = """allergies { nodes { substance { text } criticality } completeness { complete } }
  medications { nodes { code { text } } completeness { complete } }"""
_PAYING = "coverage { nodes { cardNumber benefitPercent } } claims(first: 3) { nodes { facility { name } total } }"
_QUERIES = {"clinic-a": _CARE, "clinic-b": _CARE, "station": _CARE, "insurer": _PAYING}
"""What each is likely to ask about somebody; the operator may ask about nobody."""


def _question(key: str) -> str:
    asked = _QUERIES.get(key)
    if asked is None:
        return "{ service { version } }"
    return f'{{ citizen(id: "{by_key(WHO).personal_id}") {{ {asked} }} }}'


class PartnersDesk:
    """Asks the e-ID for tokens as the partners do.

    Args:
        eid: where the partners are registered.
        gateway: where they ask.
    """

    def __init__(self, eid: Eid, *, gateway: str) -> None:
        self._eid = eid
        self._address = f"{gateway}/graphql"

    async def show(self, _: Request) -> Response:
        """Who they are."""
        partners = [
            {
                "client": client.client_id,
                "name": client.name,
                "bound": client.bound,
                "purposes": client.purposes,
                "professionals": dict(client.professionals),
            }
            for client in self._eid.partners
        ]
        return Response(orjson.dumps(partners), media_type="application/json")

    async def give_token(self, request: Request) -> Response:
        """An access token. Without the key or certificate to which it is bound it is worth nothing."""
        return PlainTextResponse((await self._holder(request)).token)

    async def give_command(self, request: Request) -> Response:
        """A command for a shell: one question (``query``) with all that it has to show. Its proof is good once."""
        holder = await self._holder(request)
        asked = {"query": request.query_params.get("query") or _question(request.path_params["key"])}
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            try:
                await holder.ask(http, "POST", self._address, json={"query": "{ __typename }"})
            except httpx.HTTPError as error:
                raise HTTPException(502, f"the gateway gave no nonce: {type(error).__name__}") from None
        headers = {"Content-Type": "application/json", **holder.headers("POST", self._address)}
        words = ["curl", "-s", self._address, "-d", json.dumps(asked, ensure_ascii=False)]
        words += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        return PlainTextResponse(shlex.join(words) + "\n")

    async def _holder(self, request: Request) -> Holder:
        query = request.query_params
        try:
            return await self._eid.partner(
                request.path_params["key"], purpose=query.get("purpose"), professional=query.get("professional")
            )
        except (KeyError, TypeError):
            raise HTTPException(404, "no partner of that name") from None
        except AssertionError:
            raise HTTPException(400, "the e-ID gives no such token") from None
