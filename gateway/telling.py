"""How results and errors are told to a caller, what the operator learns of them, and what is written down before."""

from typing import Any

from graphql import ExecutionResult, GraphQLError

from gateway.audit.booking import Booking
from gateway.errors import RequestError, formatted, is_defect
from gateway.telemetry import Event
from resolvers.language import Language


class Telling:
    """Of one operation or request."""

    def __init__(self, event: Event, language: Language) -> None:
        self.language = language
        """Of the words for people."""
        self._event = event
        self._codes: set[str] = set()
        self._given = True
        self.booking: Booking | None = None
        """What the caller does about whom; none where no citizen can be asked for."""

    def shown(self, errors: list[GraphQLError]) -> list[dict[str, Any]]:
        """Errors as the caller may see them; the operator sees more."""
        for error in errors:
            if is_defect(error):
                self._event.write_defect(error.original_error, path=error.path or ())
        shown = [formatted(error, self._event.request_id, self.language) for error in errors]
        self.note(*(entry["extensions"]["code"] for entry in shown))
        return shown

    def told(self, result: ExecutionResult) -> dict[str, Any]:
        """One result of a subscription."""
        errors = {"errors": self.shown(result.errors)} if result.errors else {}
        return {"data": result.data, **errors, "extensions": {"requestId": self._event.request_id}}

    async def settle(self) -> None:
        """Wait until what is told next is written down in the access log: no audit, no answer.

        Raises:
            AuditUnavailable: it cannot be written down.
        """
        if self.booking is not None:
            await self.booking.settle(given=self._given)

    async def refusing(self, error: RequestError) -> RequestError:
        """The error to refuse with, once it is written down who is refused."""
        self._given = False
        try:
            await self.settle()
        except RequestError as worse:
            error = worse
        self.note(error.code)
        return error

    def break_off(self) -> None:
        """Nobody is there any more: what was asked on the way is written down all the same, and nobody waits for it."""
        if self.booking is not None:
            self.booking.break_off()

    def note(self, *codes: str) -> None:
        """Add these codes to the event."""
        self._codes.update(codes)
        self._event.add(errors=sorted(self._codes))
