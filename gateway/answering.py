"""What all our endpoints share: whatever happens to a request, it has one answer in our own words, and one event."""

import asyncio
import sys
from typing import ClassVar

import structlog
from starlette.types import Receive, Scope, Send

from connectors.clock import Clock
from gateway.answer import CALLER_GONE, Answer
from gateway.asgi import CallerGone, request_id, understood
from gateway.challenges import REALM
from gateway.errors import INTERNAL, RequestError
from gateway.identity.errors import IdentityError
from gateway.telemetry import Event, Log
from gateway.watch import Watch


class Endpoint:
    """An ASGI application that answers one kind of request."""

    name: ClassVar[str]
    """In metrics."""
    answers: ClassVar[type[Answer]] = Answer
    """How it writes."""

    def __init__(self, *, clock: Clock, watch: Watch, log: Log | None = None) -> None:
        self._clock = clock
        self._watch = watch
        self._log: Log = log or structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = self._clock.monotonic()
        event = Event(request_id(scope), self._log)
        answer = self.answers(understood(send, scope), event, counted_as=self.name)
        try:
            await self._answer(scope, receive, answer, event)
        except RequestError as error:
            await answer.refuse(error)
        except IdentityError as error:
            event.add(refused=error.cause)
            self._watch.refused(error)
            await answer.refuse(RequestError(error.status, error.code, error.description, headers=error.headers(REALM)))
        except CallerGone:
            answer.status = CALLER_GONE
            answer.break_off()
        except asyncio.CancelledError:
            await answer.refuse(RequestError(503, "SERVICE_UNAVAILABLE", "This service is ending. Try again."))
            raise
        except Exception:  # noqa: BLE001 - the last line of defence: the caller learns nothing, the operator all
            event.write_defect(sys.exception())
            await answer.refuse(RequestError(500, INTERNAL, answer.language.say("errors", INTERNAL)))
        finally:
            seconds = self._clock.monotonic() - begun
            event.write(answer.status, seconds * 1000)
            self._watch.answered(answer.counted_as, answer.status, seconds)

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        """Read the request, and send what it asks for.

        Raises:
            RequestError, IdentityError: what the caller is refused with.
            CallerGone: there is nobody to answer.
        """
        raise NotImplementedError
