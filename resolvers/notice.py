"""Notices in the graph: what the citizen is told without asking, in words, and as it happens."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.contract import Basis
from connectors.records import doc
from resolvers.access.consents import TrustUnavailable
from resolvers.changes import Heard, Noticed
from resolvers.chart import Chart
from resolvers.consent import require_own_or_represented
from resolvers.context import Context, Info
from resolvers.emergencies.book import Declared
from resolvers.emergencies.notices import Notice as KeptNotice
from resolvers.emergencies.notices import NoticeKind
from resolvers.emergency import EmergencyOf
from resolvers.emergency import show as show_emergency
from resolvers.refusals import Forbidden, Refusal, TrustSilent
from resolvers.shown import shown


class NoticeOf(Struct, frozen=True, kw_only=True):
    """A notice as the graph shows it."""

    id: Annotated[str, doc("Opaque id.")]
    kind: Annotated[NoticeKind, doc("Of what it tells.")]
    at: Annotated[datetime, doc("When it happened.")]
    text: Annotated[str, doc("In plain words, in the language of the answer.")]
    emergency: Annotated[EmergencyOf, doc("The emergency that it is about.")]


@shown(NoticeOf)
class Notice:
    """What a citizen is told without asking for it."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")


async def notices(root: strawberry.Parent[Chart], info: Info) -> list[NoticeOf]:
    """Every notice, the newest first.

    Raises:
        Forbidden: the caller is neither the citizen nor somebody who acts for them.
        TrustSilent: they cannot be read now.
    """
    require_own_or_represented(root)
    return await _told_of(info.context, root.subject.ref)


def notice_address(root: strawberry.Parent[Chart], info: Info) -> str:
    """Where the push service is told that there is a notice.

    Raises:
        Forbidden: it is not the caller's own.
    """
    if root.basis is not Basis.SELF:
        raise Forbidden
    return info.context.identifiers.notice_address(root.subject.ref)


async def noticed(info: Info) -> AsyncGenerator[NoticeOf | Refusal, None]:
    """The caller's own notices from now on.

    Raises:
        Refusal: the caller may not open their record.
    """
    chart = await info.context.access.me()
    return _heard(info.context.hear(chart.subject.ref))


async def _heard(
    heard: AsyncGenerator[tuple[Heard, Context], None],
) -> AsyncGenerator[NoticeOf | Refusal, None]:
    async with aclosing(heard):
        try:
            async for told, context in heard:
                if isinstance(told, Noticed):
                    chart = await context.access.me()
                    for notice in await _told_of(context, chart.subject.ref):
                        if notice.id == told.notice:
                            yield notice
        except Refusal as refusal:
            yield refusal  # as a value: so it becomes the error of its field


async def _told_of(context: Context, ref: str) -> list[NoticeOf]:
    trusting = context.trusting
    try:
        kept = await trusting.emergencies.notices(ref)
        declared = {one.id: one for one in await trusting.emergencies.declared(ref)} if kept else {}
    except TrustUnavailable:
        raise TrustSilent from None
    return [_show(context, notice, declared) for notice in reversed(kept)]


def _show(context: Context, notice: KeptNotice, declared: Mapping[str, Declared]) -> NoticeOf:
    emergency = declared[notice.emergency]
    organisation = context.trusting.organisations.get(emergency.organisation)
    finding = emergency.review.finding.name if emergency.review else ""
    key = notice.kind.name if notice.kind is NoticeKind.EMERGENCY_DECLARED else f"{notice.kind.name}_{finding}"
    text = context.language.say(
        "notices",
        key,
        who=emergency.professional_name or emergency.professional,
        where=organisation.name if organisation else emergency.organisation,
    )
    return NoticeOf(
        id=notice.id, kind=notice.kind, at=notice.at, text=text, emergency=show_emergency(context, emergency)
    )
