"""``GET /fhir/Patient/{id}/$summary`` and ``GET /fhir/metadata``: the same door and honesty as the graph's."""

import re
import uuid
from collections.abc import Awaitable
from typing import Any

from starlette.types import Receive, Scope

from connectors.contract import Question
from connectors.records import Demographics
from gateway.answer import Answer
from gateway.asgi import header_values
from gateway.asking import AskingEndpoint, Opened, language_of
from gateway.errors import RequestError
from gateway.fhir_out.answer import FhirAnswer, require_format
from gateway.fhir_out.capability import statement
from gateway.fhir_out.document import Filled, Summary, document
from gateway.fhir_out.elements import Json
from gateway.fhir_out.patient import node_id
from gateway.fhir_out.sections import SECTIONS, Section
from gateway.hanging_up import UnlessGone
from gateway.refusing import refused
from gateway.telemetry import Event
from resolvers import joining, merging
from resolvers.chart import Chart
from resolvers.completeness import completeness
from resolvers.deviations import fits
from resolvers.found import Found
from resolvers.language import Language
from resolvers.moments import MOMENTS
from resolvers.refusals import Forbidden, Refusal

_SUMMARY = re.compile(r"Patient/([A-Za-z0-9._-]{1,200})/\$summary")


class FhirEndpoint(AskingEndpoint):
    """All that is served under ``/fhir``, as an ASGI application."""

    name = "fhir"
    answers = FhirAnswer

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        answer.language = language_of(scope)
        path = scope["path_params"]["path"]
        wanted = _SUMMARY.fullmatch(path)
        if wanted is None and path != "metadata":
            raise RequestError(404, "BAD_REQUEST", "Nothing is served here.")
        if scope["method"] != "GET":
            raise RequestError(405, "BAD_REQUEST", "Only GET is taken.", headers=[("Allow", "GET")])
        require_format(header_values(scope, b"accept"), scope["query_string"])
        if wanted is None:
            await answer.tell(statement())
            return
        patience = self._patience(scope)
        caller = await self._caller(scope, event)
        event.add(operation="$summary")
        async with self._opened(caller, answer, event, patience) as opened:
            try:
                with UnlessGone(scope, receive):
                    made = await self._summary(wanted[1], opened, answer.language)
            except Refusal as refusal:
                raise refused(refusal, answer.language) from None
        await answer.tell(made)

    async def _summary(self, id_: str, opened: Opened, language: Language) -> Json:
        personal_id = self._identifiers.personal_id(node_id(id_))
        if personal_id is None:
            raise Forbidden
        chart = await opened.access.citizen(personal_id)
        # All questions are under way before the first answer is awaited.
        person = opened.federation.ask(Question(about=Demographics), opened.access.permit(chart, Demographics))
        asked = [(section, self._ask(section, chart, opened)) for section in SECTIONS]
        people = await person
        sections = [_filled(section, await found, chart, opened, language) for section, found in asked]
        known = joining.join(Demographics, people.records, key=chart.subject.ref)
        return document(
            Summary(
                chart=chart,
                known=next(iter(known), None),
                identity=completeness(people, language),
                sections=sections,
                made_at=self._clock.now(),
                id=uuid.uuid4(),
                language=language,
            )
        )

    def _ask(self, section: Section, chart: Chart, opened: Opened) -> Awaitable[Found[Any]]:
        question = section.question(opened.today)
        return opened.federation.ask(question, opened.access.permit(chart, question.about))


def _filled(section: Section, found: Found[Any], chart: Chart, opened: Opened, language: Language) -> Filled:
    question = section.question(opened.today)
    when = MOMENTS[question.about]
    items = joining.join(question.about, found.records, key=chart.subject.ref)
    kept = filter(section.keep, filter(fits(question, when), items))
    page = merging.page(kept, when=when, first=None, after=None)
    entries = [item for item in page.nodes if not section.states_none(item)]
    return Filled(section, entries, completeness(found, language), none_stated=len(entries) < len(page.nodes))
