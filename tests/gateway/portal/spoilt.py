"""An e-ID that answers well, but for what a test spoils."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Spoilt:
    """The application of an honest e-ID, of which single answers are replaced, by path."""

    def __init__(self, honest: ASGIApp) -> None:
        self.answers: dict[str, ASGIApp] = {}
        self._honest = honest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answers.get(scope["path"], self._honest)(scope, receive, send)
