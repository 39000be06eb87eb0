"""Is the gateway alive, and ready? On the admin listener, for whoever runs it."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.records import SourceHealth, SourceInfo


def admin_app(*, is_ready: Callable[[], bool], sources: Callable[[], list[SourceInfo]]) -> Starlette:
    """The admin listener.

    Sources do not make the gateway unready: an answer that says who is missing is better than none, and a fleet that
    leaves service because one hospital is down helps nobody.
    """

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        known = is_ready()
        return JSONResponse({"status": "ready" if known else "not ready"}, status_code=200 if known else 503)

    async def health(_request: Request) -> Response:
        infos = sources()
        failing = sorted(source.id for source in infos if source.health is SourceHealth.FAILING)
        return JSONResponse(
            {
                "ready": is_ready(),
                "sources": {source.id: source.health.value for source in infos},
                "failing": failing,
                "resting": {source.id: sorted(source.resting) for source in infos if source.resting},
            }
        )

    app = Starlette(routes=[Route("/health", health), Route("/health/live", live), Route("/health/ready", ready)])
    app.router.redirect_slashes = False
    return app
