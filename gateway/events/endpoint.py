"""``POST /events``: sources tell that something changed, and where records lie.

The answer is the same whether or not anybody knows the citizen: a source learns nothing here but that it was heard.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from starlette.types import Receive, Scope

from connectors.clock import Clock
from connectors.vault import Vault
from gateway.answer import Answer
from gateway.answering import Endpoint
from gateway.asgi import header_values, read_body
from gateway.challenges import REALM
from gateway.changes import Changes
from gateway.errors import RequestError
from gateway.events.reading import read_events
from gateway.identity.possession import Shown
from gateway.negotiation import Accepted, AnswerType, require_json
from gateway.settings import Settings, identifiers_of
from gateway.shown import shown_in
from gateway.store.database import Unavailable
from gateway.store.pointers import StoredPointers, Told
from gateway.telemetry import Event, Log
from gateway.watch import Watch
from resolvers.access.caller import Caller, CallerKind
from resolvers.changes import Change
from resolvers.locating import Directory

SCOPE = "events:write"


class Verifies(Protocol):
    """Tells who asks."""

    async def verify(self, authorization: Sequence[bytes], shown: Shown) -> Caller:
        """The caller whom those ``Authorization`` headers and what else is shown prove, or an ``IdentityError``."""


class Lends(Protocol):
    """Has the sources as they are now."""

    def lent(self) -> AbstractContextManager[Directory]:
        """The sources, for one request."""


class EventsEndpoint(Endpoint):
    """The endpoint, as an ASGI application."""

    name = "events"

    def __init__(
        self,
        *,
        settings: Settings,
        verifier: Verifies,
        fleet: Lends,
        pointers: StoredPointers,
        vault: Vault,
        changes: Changes,
        clock: Clock,
        watch: Watch,
        log: Log | None = None,
    ) -> None:
        super().__init__(clock=clock, watch=watch, log=log)
        self._server = settings.server
        self._own_issuer = settings.authentication.issuers[0].issuer
        self._verifier = verifier
        self._fleet = fleet
        self._pointers = pointers
        self._vault = vault
        self._changes = changes
        self._identifiers = identifiers_of(settings)

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        answer.accepted = Accepted(AnswerType.JSON, None)
        if scope["method"] != "POST":
            raise RequestError(405, "BAD_REQUEST", "Only POST is taken.", headers=[("Allow", "POST")])
        caller = await self._verifier.verify(header_values(scope, b"authorization"), shown_in(scope, self._server))
        event.add(client=caller.client_id, caller=caller.kind.value)
        source = self._sender(caller)
        event.add(source=source)
        require_json(header_values(scope, b"content-type"))
        server = self._server
        body = await read_body(scope, receive, limit=server.max_body, patience=server.caller_timeout)
        told = read_events(body, now=self._clock.now(), reference=self._identifiers.reference)
        new = await self._take(source, told)
        event.add(events=len(told), new=sum(new))
        outcomes = [
            {"id": one.id, "outcome": "TAKEN" if is_new else "KNOWN"} for one, is_new in zip(told, new, strict=True)
        ]
        await answer.tell({"events": outcomes})

    def _sender(self, caller: Caller) -> str:
        """The source in whose name the caller may speak.

        Raises:
            RequestError: 403, the same for every reason but the scope, which every client can be granted.
        """
        if SCOPE not in caller.scopes:
            challenge = f'Bearer realm="{REALM}", error="insufficient_scope", scope="{SCOPE}"'
            raise RequestError(
                403, "FORBIDDEN", "The access token does not allow this.", headers=[("WWW-Authenticate", challenge)]
            )
        with self._fleet.lent() as directory:
            source = directory.sent_by(caller.issuer, caller.client_id)
            if source is None and caller.issuer == self._own_issuer:
                source = directory.sent_by(None, caller.client_id)
        if source is None or caller.kind is not CallerKind.ORGANISATION:
            raise RequestError(403, "FORBIDDEN", "This client sends events for no source.")
        return source

    async def _take(self, source: str, told: list[Told]) -> list[bool]:
        if not told:
            return []
        try:
            new = await self._pointers.take(source, told)
        except Unavailable:
            raise RequestError(
                503, "STORE_UNAVAILABLE", "Nothing was taken. Send the batch again.", headers=[("Retry-After", "5")]
            ) from None
        # Also for what was known: whoever took it first may have ended before it came to this.
        for ref in dict.fromkeys(one.ref for one in told if one.ref is not None):
            await self._vault.purge(ref)
        for one, is_new in zip(told, new, strict=True):
            if is_new and one.ref is not None:
                self._changes.publish(one.ref, Change(source=source, about=one.about, at=one.at))
        return new
