"""How results and errors are told to a caller, and what the operator learns of them."""

from typing import Any

from graphql import ExecutionResult, GraphQLError

from gateway.errors import formatted, is_defect
from gateway.telemetry import Event
from resolvers.language import Language


class Telling:
    """Of one operation or request."""

    def __init__(self, event: Event, language: Language) -> None:
        self.language = language
        """Of the words for people."""
        self._event = event
        self._codes: set[str] = set()

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

    def note(self, *codes: str) -> None:
        """Add these codes to the event."""
        self._codes.update(codes)
        self._event.add(errors=sorted(self._codes))
