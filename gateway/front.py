"""The public application: the graph first, for nearly every request is for it, and everything else by its path."""

from collections.abc import Awaitable, Sequence

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

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:  # type: ignore[override]
        """Answer one request: to be awaited, as ASGI asks for."""
        if scope["path"] == GRAPH and scope["type"] == "http":
            return self._graph(scope, receive, send)
        return super().__call__(scope, receive, send)
