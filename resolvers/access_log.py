"""Who looked at a citizen's record: the access log as the citizen reads it, with a proof of every row."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from msgspec import Struct, structs

from connectors.contract import Basis, Purpose
from connectors.records import SourceInfo, doc
from resolvers import completeness as _completeness  # noqa: F401 - shows a source
from resolvers import organisation as _organisation  # noqa: F401 - shows an organisation
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from resolvers.access.log import AccessLogUnavailable, AccessProof, Irregularity, IrregularityStatus, Kept
from resolvers.access_telling import AccessedBy, sentence, who
from resolvers.chart import Chart
from resolvers.connection import After
from resolvers.context import Context, Info
from resolvers.merging import PageInfo
from resolvers.refusals import BadRequest, Forbidden, LogSilent
from resolvers.sections import Section
from resolvers.selection import reads
from resolvers.shown import shown

_DEFAULT, _MOST = 20, 100
READERS = frozenset({Basis.SELF, Basis.PARENT})
"""The citizen; a parent, who stands for a minor child. Nobody else reads who looked."""


@shown(AccessedBy)
class Accessor:
    """Who it was. Another citizen is told by role alone: the log knows no names of citizens."""


@shown(AccessProof)
class LogProof:
    """The proof that an entry stands in the access log, unchanged (RFC 9162, section 2.1.3)."""


class ReportOf(Irregularity, frozen=True, kw_only=True):
    """A report as the graph shows it."""

    state: Annotated[IrregularityStatus, doc("Where it stands.")]


@shown(ReportOf)
class IrregularityReport:
    """A report that something in the access log looks wrong, and its answer."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")


class Row(Struct, frozen=True, kw_only=True):
    """An entry as the citizen reads it."""

    id: Annotated[str, doc("Opaque id.")]
    at: Annotated[datetime, doc("When.")]
    sentence: Annotated[str, doc("What was done, in one plain sentence in the language of the answer.")]
    by: Annotated[AccessedBy, doc("Who it was.")]
    purpose: Annotated[Purpose | None, doc("What for; none where a refused caller had not said.")]
    basis: Annotated[Basis | None, doc("The fact that allowed it; none where there was none.")]
    actions: Annotated[tuple[AccessAction, ...], doc("What was done.")]
    sections: Annotated[tuple[Section, ...], doc("Which parts of the record were asked for.")]
    sources: Annotated[
        tuple[SourceInfo, ...], doc("The sources that were asked; those that are configured no more are left out.")
    ]
    outcome: Annotated[AccessOutcome, doc("How it ended.")]
    refused_because: Annotated[str | None, doc("Code of the refusal, such as FORBIDDEN.")]
    emergency_reason: Annotated[str | None, doc("Why an emergency was declared, in the professional's words.")]
    request_id: Annotated[str, doc("Id of the request: tell it to whoever runs this service.")]
    report: Annotated[ReportOf | None, doc("What was reported about this entry.")] = None
    proof: Annotated[
        AccessProof | None, doc("That this entry stands in the log; none for one that was told just now.")
    ] = None


@shown(Row)
class AccessLogEntry:
    """One access to the record: given, refused or broken off. It never says what the record holds."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")


class RowEdge(Struct, frozen=True):
    """An entry with its cursor."""

    node: Annotated[Row, doc("The entry.")]
    cursor: Annotated[str, doc("Its place in the list, opaque.")]


@shown(RowEdge)
class AccessLogEdge:
    """An entry with its cursor (Relay)."""


class Rows(Struct, frozen=True, kw_only=True):
    """Who looked, the newest first."""

    nodes: Annotated[tuple[Row, ...], doc("The entries of this page.")]
    edges: Annotated[tuple[RowEdge, ...], doc("The entries of this page with their cursors.")]
    page_info: Annotated[PageInfo, doc("Where this page lies in the whole list.")]
    complete: Annotated[
        bool,
        doc("Whether the log has every entry; otherwise some wait elsewhere, and come as soon as it takes them again."),
    ]


@shown(Rows)
class AccessLogConnection:
    """Who looked, the newest first. What is older than the log is kept is not in it."""


FirstRows = Annotated[
    int | None, strawberry.argument(description=f"At most so many entries; {_DEFAULT} by default, {_MOST} at most.")
]
SinceWhen = Annotated[datetime | None, strawberry.argument(description="Only what happened since then.")]


async def access_log(
    root: strawberry.Parent[Chart],
    info: Info,
    first: FirstRows = None,
    after: After = None,
    since: SinceWhen = None,
) -> Rows:
    """Who looked.

    Raises:
        Forbidden: whoever asks is neither the citizen nor a parent.
        LogSilent: the log cannot be read now.
    """
    context = info.context
    refs = readable(root, context)
    wanted = _DEFAULT if first is None else first
    if not 1 <= wanted <= _MOST:
        raise BadRequest(f"'first' must be between 1 and {_MOST}.")
    before = None if after is None else _read(after)
    if since is not None and since.tzinfo is None:
        raise BadRequest("'since' needs an offset.")
    try:
        page = await context.log.read(refs, first=wanted, before=before, since=since)
        proofs = await context.log.prove(page.rows) if page.rows and reads(info, "proof") else [None] * len(page.rows)
        reported = await _reported(refs, context) if reads(info, "report") else {}
    except AccessLogUnavailable:
        raise LogSilent from None
    rows = tuple(
        structs.replace(shown_row(kept.entry, context), proof=proof, report=reported.get(kept.entry.id))
        for kept, proof in zip(page.rows, proofs, strict=True)
    )
    edges = tuple(RowEdge(row, _cursor(kept)) for row, kept in zip(rows, page.rows, strict=True))
    return Rows(
        nodes=rows,
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.more,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        complete=page.complete,
    )


async def irregularity_reports(root: strawberry.Parent[Chart], info: Info) -> list[ReportOf]:
    """What was reported.

    Raises:
        Forbidden: whoever asks is neither the citizen nor a parent.
        LogSilent: the reports cannot be read now.
    """
    refs = readable(root, info.context)
    try:
        return list((await _reported(refs, info.context)).values())
    except AccessLogUnavailable:
        raise LogSilent from None


def readable(chart: Chart, context: Context) -> Sequence[str]:
    """The references under which the log knows that citizen, for who may read it. The reading is noted.

    Raises:
        Forbidden: whoever asks is neither the citizen nor a parent.
    """
    account = context.federation.account
    if chart.basis not in READERS:
        account.refused_in(chart, Forbidden.code, AccessAction.READ_LOG)
        raise Forbidden
    account.did(chart, AccessAction.READ_LOG)
    return context.identifiers.references(chart.personal_id)


def shown_row(entry: AccessEntry, context: Context) -> Row:
    """The entry as people read it."""
    by = who(entry, context.trusting.organisations)
    infos = [context.federation.directory.info(source) for source in entry.sources]
    return Row(
        id=entry.id,
        at=entry.at,
        sentence=sentence(entry, by, context.language),
        by=by,
        purpose=entry.purpose,
        basis=entry.basis,
        actions=entry.actions,
        sections=entry.sections,
        sources=tuple(known for known in infos if known is not None),
        outcome=entry.outcome,
        refused_because=entry.refused,
        emergency_reason=entry.reason,
        request_id=entry.request,
    )


def shown_report(report: Irregularity) -> ReportOf:
    """The report as the graph shows it."""
    return ReportOf(**structs.asdict(report), state=report.status)


async def _reported(refs: Sequence[str], context: Context) -> dict[str, ReportOf]:
    return {report.entry_id: shown_report(report) for report in await context.log.reports(refs)}


def _cursor(kept: Kept) -> str:
    return base64.urlsafe_b64encode(b"%d" % kept.place).decode()


def _read(cursor: str) -> int:
    try:
        place = base64.urlsafe_b64decode(cursor.encode("ascii"))
    except (binascii.Error, ValueError):
        place = b""
    if not place.isdigit() or len(place) > 18:
        raise BadRequest("'after' is no cursor of this list.")
    return int(place)
