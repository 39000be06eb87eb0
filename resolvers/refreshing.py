"""Ask again: what is kept of a citizen is lost, and the sources are asked anew."""

from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.contract import Question
from connectors.records import doc
from resolvers.access.entry import AccessAction
from resolvers.completeness import CompletenessOf, completeness
from resolvers.context import Info
from resolvers.refusals import BadRequest
from resolvers.scalars import CitizenId
from resolvers.sections import SECTION_OF, Section
from resolvers.shown import enumeration, shown

_ABOUT = {section: about for about, section in SECTION_OF.items()}


class RefreshedSection(Struct, frozen=True, kw_only=True):
    """A section that was asked for again, and how complete the new answer is."""

    section: Annotated[Section, doc("The section.")]
    completeness: Annotated[CompletenessOf, doc("Whether it is all there is, and who did not answer.")]


class Refreshed(Struct, frozen=True, kw_only=True):
    """What became of asking again."""

    purged: Annotated[
        bool,
        doc(
            "Whether everything that was kept of the citizen is lost for certain; where not, an earlier answer may be "
            "shown for some seconds more. Its records say so by 'fromCache'."
        ),
    ]
    sections: Annotated[tuple[RefreshedSection, ...], doc("The sections, in the order in which they were named.")]


@shown(Refreshed)
class RefreshPayload:
    """What became of asking again. A source that fails stands in 'completeness', never in 'errors'."""


enumeration(Section)
Sections = Annotated[
    list[Section],
    strawberry.argument(description="The sections to ask for again, at least one."),
]
OfWhom = Annotated[
    CitizenId | None, strawberry.argument(description="Whose record; that of the holder of the token by default.")
]


async def refresh(info: Info, sections: Sections, citizen: OfWhom = None) -> Refreshed:
    """Lose what is kept of the citizen, and ask the sources of these sections, all at once."""
    context = info.context
    if not sections:
        raise BadRequest("'sections' names at least one section.")
    chart = await (context.access.me() if citizen is None else context.access.citizen(citizen))
    context.federation.account.did(chart, AccessAction.REFRESH)
    purged = await context.federation.keeping.forget(chart.subject.ref)
    asked = [
        (
            section,
            context.federation.ask(Question(about=_ABOUT[section]), context.access.permit(chart, _ABOUT[section])),
        )
        for section in dict.fromkeys(sections)
    ]
    return Refreshed(
        purged=purged,
        sections=tuple(
            [
                RefreshedSection(section=section, completeness=completeness(await found, context.language))
                for section, found in asked
            ]
        ),
    )
