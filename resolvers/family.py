"""Whom the citizen represents, and who represents the citizen."""

import asyncio
from collections.abc import Awaitable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import RepresentationBasis
from resolvers.access.rules import last_day, represents, standing_ones
from resolvers.chart import Chart
from resolvers.completeness import Completeness, CompletenessOf, completeness
from resolvers.connection import Provenance
from resolvers.context import Info
from resolvers.shown import enumeration
from resolvers.under_way import UnderWay

if TYPE_CHECKING:
    from resolvers.citizen import Citizen

enumeration(RepresentationBasis)


class Represented(Struct, frozen=True, kw_only=True):
    """One person whom the caller may act for today."""

    citizen: Chart
    basis: RepresentationBasis
    valid_from: date | None
    valid_until: date | None
    provenance: tuple[records.Provenance, ...]


class Household(Struct, frozen=True, kw_only=True):
    """Everybody whom the caller may act for, and whether that is all."""

    nodes: tuple[Represented, ...]
    completeness: CompletenessOf


@strawberry.type(description="The right of one person to act for another, as it stands today.")
class Representation:
    """The right of one person to act for another."""

    citizen: Annotated["Citizen", strawberry.lazy("resolvers.citizen")] = strawberry.field(
        description="Who is represented."
    )
    basis: RepresentationBasis = strawberry.field(description="Why.")
    valid_from: date | None = strawberry.field(description="First day of the right, where the register says so.")
    valid_until: date | None = strawberry.field(
        description="Last day of the right; a parent's ends on the eve of the eighteenth birthday."
    )
    provenance: list[Provenance] = strawberry.field(description="The register that says so.")


@strawberry.type(description="Whom the citizen may act for today, and whether that is all there is.")
class Representations:
    """Whom the citizen may act for."""

    nodes: list[Representation] = strawberry.field(description="One entry per represented person.")
    completeness: Completeness = strawberry.field(description="Whether the register answered.")


def dependants(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Household]:
    """Whom the citizen may act for today: minor children, wards. A right that ended or was taken away is not here."""
    context = info.context
    question = Question(about=records.Relation)
    asked = context.federation.ask(question, context.access.permit(root, records.Relation))

    async def household() -> Household:
        found = await asked
        relations = standing_ones(found.records, context.today)
        charts = await asyncio.gather(*map(context.access.representing, relations))
        nodes = tuple(
            _represented(relation, chart, context.today)
            for relation, chart in zip(relations, charts, strict=True)
            if chart is not None
        )
        return Household(nodes=nodes, completeness=completeness(found, context.language))

    return household()


class RepresentedBy(Struct, frozen=True, kw_only=True):
    """One person who may act for the citizen today. No chart: this opens nobody's record."""

    name: str
    basis: RepresentationBasis
    valid_from: date | None
    valid_until: date | None
    provenance: tuple[records.Provenance, ...]


class RepresentedByAll(Struct, frozen=True, kw_only=True):
    """Everybody who may act for the citizen, and whether that is all."""

    nodes: tuple[RepresentedBy, ...]
    completeness: CompletenessOf


@strawberry.type(description="Somebody who may act for the citizen today. It names them and opens nothing of theirs.")
class Representative:
    """Somebody who may act for the citizen."""

    name: str = strawberry.field(description="Name as registered.")
    basis: RepresentationBasis = strawberry.field(description="Why.")
    valid_from: date | None = strawberry.field(description="First day of the right, where the register says so.")
    valid_until: date | None = strawberry.field(
        description="Last day of the right; a parent's ends on the eve of the eighteenth birthday."
    )
    provenance: list[Provenance] = strawberry.field(description="The register that says so.")


@strawberry.type(description="Who may act for the citizen today, and whether that is all there is.")
class Representatives:
    """Who may act for the citizen."""

    nodes: list[Representative] = strawberry.field(description="One entry per person.")
    completeness: Completeness = strawberry.field(description="Whether the register answered.")


def representatives(root: strawberry.Parent[Chart], info: Info) -> Awaitable[RepresentedByAll]:
    """Who may act for the citizen today. A right that ended or was taken away is not here."""
    context = info.context
    question = Question(about=records.Representative)
    asked = context.federation.ask(question, context.access.permit(root, records.Representative))

    async def listed() -> RepresentedByAll:
        found = await asked
        today = [right for right in found.records if represents(right, context.today) is not None]
        return RepresentedByAll(
            nodes=tuple(_represented_by(right, context.today) for right in today),
            completeness=completeness(found, context.language),
        )

    return UnderWay(listed)


def _represented_by(right: records.Representative, today: date) -> RepresentedBy:
    return RepresentedBy(
        name=right.full_name,
        basis=right.basis,
        valid_from=right.valid_from,
        valid_until=last_day(right, today),
        provenance=right.provenance,
    )


def _represented(relation: records.Relation, chart: Chart, today: date) -> Represented:
    return Represented(
        citizen=chart,
        basis=relation.basis,
        valid_from=relation.valid_from,
        valid_until=last_day(relation, today),
        provenance=relation.provenance,
    )
