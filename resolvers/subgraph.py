"""The graph as a part of a larger one: what a router of Apollo Federation 2 asks for a citizen whom others refer to.

A reference opens nothing: each one takes the same way as ``citizen`` and ``node``, with the same answer for a stranger
and for nobody.
"""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, cast

import strawberry
from strawberry.federation.schema import FederationAny
from strawberry.types.scalar import ScalarDefinition, ScalarWrapper

from resolvers.chart import Chart
from resolvers.citizen import Citizen
from resolvers.context import Info
from resolvers.identifiers import is_personal_id
from resolvers.refusals import BadRequest, Forbidden

MOST = 20
"""References in one request."""

Entity = Annotated[Citizen, strawberry.union("_Entity", description="What others may refer to.")]
References = Annotated[
    list[FederationAny],
    strawberry.argument(description=f"By '__typename' and a key, such as 'id'; {MOST} at most."),
]


@strawberry.type(name="_Service", description="The schema of this part, for a router.")
class SubgraphService:
    """The schema of this part."""

    sdl: str = strawberry.field(description="As it is published.")


def subgraph_service(info: Info) -> SubgraphService:
    """The schema of this part."""
    return SubgraphService(sdl=info.context.service.sdl)


async def entities(info: Info, representations: References) -> list[Chart | BaseException]:
    """Each object that is referred to, or why it is not given, in the order of the references.

    Raises:
        BadRequest: there are too many.
    """
    if len(representations) > MOST:
        raise BadRequest(f"'representations' has more than {MOST}.")
    asked = [_referred(info, cast("dict[str, str]", known)) for known in representations]
    # A refusal as a value becomes the error of its place alone.
    return await asyncio.gather(*asked, return_exceptions=True)


def _referred(info: Info, reference: dict[str, str]) -> Awaitable[Chart]:
    personal_id: str | None = reference.get("personalId")
    if personal_id is None:
        personal_id = info.context.identifiers.personal_id(reference["id"])
    return _opened(info, personal_id)


async def _opened(info: Info, personal_id: str | None) -> Chart:
    if personal_id is None:
        raise Forbidden
    return await info.context.access.citizen(personal_id)


def _reference(value: Any) -> FederationAny:
    """A reference as it was sent. Its text is not repeated: it may hold a number."""
    if not isinstance(value, dict) or value.get("__typename") != "Citizen":
        raise ValueError("a reference names a type that is known here")
    known, number = value.get("id"), value.get("personalId")
    if (known is None) == (number is None):
        raise ValueError("a reference has one key")
    if not (isinstance(known, str) or (isinstance(number, str) and is_personal_id(number))):
        raise ValueError("a key has its form")
    return cast("FederationAny", {"id": known} if number is None else {"personalId": number})


REFERENCE: dict[object, type | ScalarWrapper | ScalarDefinition] = {
    FederationAny: strawberry.scalar(
        name="_Any", description="A reference to an object: '__typename' and a key.", parse_value=_reference
    )
}
