"""The public application: the graph first, for nearly every request is for it, and everything else by its path."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.answer import refuse_path

GRAPH = "/graphql"


class Front(Starlette):
    """Starlette, past which the graph is asked: it has its own last line of defence, and no middleware."""

    def __init__(self, graph: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes, exception_handlers={HTTPException: refuse_path})
        self._graph = graph

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == GRAPH:
            await self._graph(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
