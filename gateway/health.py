"""Is the gateway alive, and ready? On the admin listener, for whoever runs it."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.records import SourceHealth, SourceInfo
from gateway.audit.ledger import LedgerState
from gateway.metrics import Metrics
from gateway.reloading import Reloaded
from gateway.watch import Watch


class Administered(Protocol):
    """What is asked about, and told to read its configuration again."""

    is_ready: bool
    reloaded: Reloaded | None
    watch: Watch
    metrics: Metrics

    @property
    def audit(self) -> LedgerState:
        """How the access log is."""

    @property
    def sources(self) -> Sequence[SourceInfo]:
        """Every configured source, as it is now."""

    async def reload(self) -> Reloaded:
        """Read the configuration again, and go by it."""


def admin_app(gateway: Administered) -> Starlette:
    """The admin listener.

    Sources do not make the gateway unready: an answer that says who is missing is better than none, and a fleet that
    leaves service because one hospital is down helps nobody.
    """

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        # While nothing can be written down nothing about a citizen is answered: somebody else may do better.
        known = gateway.is_ready and gateway.audit.state != "closed"
        return JSONResponse({"status": "ready" if known else "not ready"}, status_code=200 if known else 503)

    async def health(_request: Request) -> Response:
        infos = gateway.sources
        failing = sorted(source.id for source in infos if source.health is SourceHealth.FAILING)
        return JSONResponse(
            {
                "ready": gateway.is_ready,
                "sources": {source.id: source.health.value for source in infos},
                "failing": failing,
                "resting": {source.id: sorted(source.resting) for source in infos if source.resting},
                "deviations": gateway.watch.deviations_by_source(),
                "incidents": msgspec.to_builtins(list(gateway.watch.incidents)),
                "audit": msgspec.to_builtins(gateway.audit),
                "reloaded": msgspec.to_builtins(gateway.reloaded),
            }
        )

    async def metrics(request: Request) -> Response:
        written, media_type = gateway.metrics.written(request.headers.get("accept", ""))
        return Response(written, headers={"content-type": media_type})

    async def reload_now(_request: Request) -> Response:
        done = await gateway.reload()
        return JSONResponse(msgspec.to_builtins(done), status_code=200 if done.refused is None else 422)

    app = Starlette(
        routes=[
            Route("/health", health),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
            Route("/reload", reload_now, methods=["POST"]),
        ]
    )
    app.router.redirect_slashes = False
    return app
