"""Opens a document: same token, same decision, same check of the person as for the list in which it stands.

The address in that list is no right. Who asks is judged anew, the source is asked anew for the citizen's documents, and
only what it tells of now is opened.
"""

import re

from starlette.types import Receive, Scope

from connectors.contract import Refused
from connectors.errors import Rejected, SourceError, TooSlow
from connectors.records import Document
from gateway.answer import Answer
from gateway.asking import AskingEndpoint, Opened, language_of
from gateway.contents.answer import ContentAnswer
from gateway.errors import RequestError
from gateway.hanging_up import UnlessGone
from gateway.refusing import refused
from gateway.telemetry import Event
from resolvers.document import found_again
from resolvers.language import Language
from resolvers.refusals import Forbidden, Refusal

_ID = re.compile(r"[A-Za-z0-9_-]{1,400}")


class ContentsEndpoint(AskingEndpoint):
    """All that is served under ``/documents``, as an ASGI application."""

    name = "content"
    answers = ContentAnswer

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        answer.language = language_of(scope)
        if scope["method"] != "GET":
            raise RequestError(405, "BAD_REQUEST", "Only GET is taken.", headers=[("Allow", "GET")])
        patience = self._patience(scope)
        caller = await self._caller(scope, event)
        event.add(operation="content")
        async with self._opened(caller, answer, event, patience) as opened:
            try:
                with UnlessGone(scope, receive):
                    await self._passed_on(scope["path_params"]["id"], opened, answer)
            except Refusal as refusal:
                raise refused(refusal, answer.language) from None
            except SourceError as error:
                raise _failed(error, answer.language) from None
            except TimeoutError:
                raise _failed(TooSlow("not passed on in time"), answer.language) from None

    async def _passed_on(self, id_: str, opened: Opened, answer: Answer) -> None:
        """Find the document, and pass its content on.

        Raises:
            Refusal: this caller may not, or there is none.
            SourceError: its source does not give it.
        """
        known = self._identifiers.document(id_) if _ID.fullmatch(id_) else None
        if known is None:
            raise Forbidden
        personal_id, source, record_id = known
        chart = await opened.access.citizen(personal_id)
        grant = opened.access.permit(chart, Document)
        if isinstance(grant, Refused) or not opened.federation.directory.knows(source):
            raise Forbidden
        found = await found_again(opened.access, opened.federation, chart, source)
        document = next((one for one in found.records if one.id == record_id), None)
        if document is None:
            if found.complete:
                raise Forbidden
            raise SourceError("its source does not tell of its documents in full")
        assert isinstance(answer, ContentAnswer)  # noqa: S101 - what this class answers with
        async with opened.federation.content(document, grant) as content:
            await answer.pass_on(content, seconds=self.settings.server.content)


def _failed(error: SourceError, language: Language) -> RequestError:
    """A failure of the source. That it gives out nothing looks like what is not there."""
    if isinstance(error, Rejected):
        return RequestError(404, Forbidden.code, Forbidden().in_words(language))
    headers = [("Retry-After", "5")] if error.retryable else []
    status = 504 if isinstance(error, TooSlow) else 503 if error.retryable else 502
    return RequestError(status, error.code, language.say("errors", "CONTENT_UNAVAILABLE"), headers=headers)
