"""Verifiable certificates: made from what the registers say at this moment, signed, and kept nowhere."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import doc
from resolvers import certifying, joining
from resolvers.certifying import NotIssued
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Info
from resolvers.shown import shown
from resolvers.under_way import UnderWay


class CertificatesOf(Struct, frozen=True, kw_only=True):
    """The certificates of one citizen, or the reason why there is none."""

    nodes: Annotated[tuple[certifying.Certificate, ...], doc("The certificates.")]
    not_issued: Annotated[NotIssued | None, doc("Why there is none; none when there is one.")]
    reason: Annotated[str | None, doc("The same in plain words, in the language of the answer.")]
    completeness: Annotated[CompletenessOf, doc("Which sources told what is certified.")]


@shown(certifying.Certificate)
class Certificate:
    """A signed statement that anybody can verify without asking this gateway."""


@shown(CertificatesOf)
class Certificates:
    """The certificates of one citizen, or the reason why there is none."""


def certificates(root: strawberry.Parent[Chart], info: Info) -> Awaitable[CertificatesOf]:
    """Verifiable certificates, made now from what the registers say now."""
    context = info.context
    federation, permit = context.federation, context.access.permit
    person = federation.ask(Question(about=records.Demographics), permit(root, records.Demographics))
    given = federation.ask(Question(about=records.Immunization), permit(root, records.Immunization))

    async def issued() -> CertificatesOf:
        people, doses = await person, await given
        whole = together([completeness(people, context.language), completeness(doses, context.language)])
        known = joining.join(records.Demographics, people.records, key=root.subject.ref)
        on_record = joining.join(records.Immunization, doses.records, key=root.subject.ref)
        made = certifying.decide(
            root.subject.ref, known, on_record, complete=people.complete and doses.complete, by=context.certifier
        )
        if isinstance(made, NotIssued):
            reason = context.language.say("certificates", made.name)
            return CertificatesOf(nodes=(), not_issued=made, reason=reason, completeness=whole)
        return CertificatesOf(nodes=(made,), not_issued=None, reason=None, completeness=whole)

    return UnderWay(issued)
