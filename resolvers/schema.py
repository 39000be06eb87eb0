"""The schema: what can be asked at the top, and the joining of all types. No logic lives here."""

from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from connectors.records import SourceInfo
from resolvers.access_log import AccessLogEntry
from resolvers.accessed import accessed
from resolvers.allowing import (
    agree_to_consent,
    block_access,
    grant_consent,
    narrow_consent,
    revoke_consent,
)
from resolvers.chart import Chart
from resolvers.citizen import Citizen
from resolvers.completeness import Source
from resolvers.consent import ConsentOf, ConsentText, consent_texts, found_again
from resolvers.context import Info
from resolvers.correcting import CorrectionPayload, request_correction
from resolvers.emergency import EmergencyAccessPayload, open_emergency_access
from resolvers.irregularity import IrregularityPayload, report_irregularity
from resolvers.node import Node
from resolvers.notice import Notice, noticed
from resolvers.organisation import Organisation, organisations
from resolvers.record_change import RecordChange, record_changed
from resolvers.recording import MeasurementPayload, record_measurement
from resolvers.refreshing import RefreshPayload, refresh
from resolvers.refusals import Forbidden
from resolvers.saying import ConsentPayload
from resolvers.scalars import SCALARS, CitizenId
from resolvers.service import Service, service
from resolvers.shown import awaited, resolved
from resolvers.subgraph import REFERENCE, Entity, SubgraphService, entities, subgraph_service
from resolvers.vocabulary import Vocabulary, vocabularies

Number = Annotated[CitizenId, strawberry.argument(description="Personal number of the citizen.")]
OpaqueId = Annotated[strawberry.ID, strawberry.argument(description="The id that the object had in an answer.")]


async def me(info: Info) -> Chart:
    """The holder of the token."""
    return await info.context.access.me()


async def citizen(info: Info, id: Number) -> Chart:  # noqa: A002 - the argument's name in the graph
    """A citizen whom the caller may act for."""
    return await info.context.access.citizen(id)


async def node(info: Info, id: OpaqueId) -> Chart | ConsentOf:  # noqa: A002 - the argument's name in the graph
    """Find an object again by its id."""
    identifiers = info.context.identifiers
    personal_id = identifiers.personal_id(id)
    if personal_id is not None:
        return await info.context.access.citizen(personal_id)
    consent = identifiers.consent(id)
    if consent is None:
        raise Forbidden
    return await found_again(info, *consent)


def sources(info: Info) -> list[SourceInfo]:
    """Every configured source."""
    return [source.info for source in info.context.federation.directory.sources]


@strawberry.type(description="What can be asked.")
class Query:
    """The top of the graph."""

    me: Citizen = resolved(me, "The citizen who holds the token.")
    citizen: Citizen | None = resolved(
        citizen, "A citizen whom the caller may act for. Forbidden and unknown look alike."
    )
    node: Node | None = resolved(node, "An object by its id (Relay).")
    sources: list[Source] = resolved(sources, "Every configured source, and how it is.")
    organisations: list[Organisation] = resolved(
        organisations, "The partners of the city whom a citizen can allow something."
    )
    consent_texts: list[ConsentText] = resolved(
        consent_texts, "What is read and agreed to before something is allowed: one text per purpose."
    )
    service: Service = resolved(service, "What serves: its version, the bounds of a request, its languages.")
    vocabularies: list[Vocabulary] = resolved(
        vocabularies, "Words in the caller's language for every enumeration and every code that is known here."
    )
    entities: list[Entity | None] = resolved(
        entities, "What a router of Apollo Federation has references to.", name="_entities"
    )
    subgraph_service: SubgraphService = resolved(
        subgraph_service, "The schema of this part, for a router.", name="_service"
    )


@strawberry.type(description="What can be done. By POST only.")
class Mutation:
    """What changes something."""

    refresh: RefreshPayload = resolved(
        refresh, "Lose what this gateway keeps of a citizen for some seconds, and ask the sources again."
    )
    request_correction: CorrectionPayload = resolved(
        request_correction,
        "Ask the system that owns a record to correct it; the wish is passed on, and nothing of it is kept here.",
    )
    report_irregularity: IrregularityPayload = resolved(
        report_irregularity, "Report an entry of the access log that looks wrong; whoever runs this service answers."
    )
    record_measurement: MeasurementPayload = resolved(
        record_measurement,
        "Have a measurement recorded by the source that takes those of the citizen; nothing is kept here.",
    )
    grant_consent: ConsentPayload = resolved(
        grant_consent, "Allow a partner to see something, for a purpose and a time. It needs a recent, strong sign-in."
    )
    narrow_consent: ConsentPayload = resolved(narrow_consent, "Take something away from what is allowed.")
    revoke_consent: ConsentPayload = resolved(
        revoke_consent, "Withdraw what is allowed, or lift a block. Withdrawing again changes nothing."
    )
    agree_to_consent: ConsentPayload = resolved(
        agree_to_consent, "Agree, as a minor of 14 or more or as who represents them, to what the other one gave."
    )
    block_access: ConsentPayload = resolved(
        block_access,
        "Forbid a partner, a representative or everybody something: this beats whatever else would allow it.",
    )
    open_emergency_access: EmergencyAccessPayload = resolved(
        open_emergency_access,
        "Declare, as a named professional, that an emergency needs a record opened when nobody can be asked. The "
        "citizen is told at once, and every emergency is reviewed.",
    )


@strawberry.type(description="What can be waited for.")
class Subscription:
    """What can be waited for."""

    record_changed: RecordChange = awaited(
        record_changed,
        "A source said that it holds something new. After every new connection ask again first: what "
        "changed while there was none is not told.",
    )
    noticed: Notice = awaited(
        noticed,
        "There is a notice for the holder of the token. After every new connection ask for 'notices' first.",
    )
    accessed: AccessLogEntry = awaited(
        accessed,
        "Somebody looked at the record, or tried to; told as soon as it stands in the access log. After every new "
        "connection read 'accessLog' first.",
    )


def build_schema() -> strawberry.Schema:
    """The schema. It knows @defer and @stream; whether they are heeded is up to whoever executes it."""
    return strawberry.federation.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        federation_version="2.9",
        scalar_overrides=REFERENCE,
        config=StrawberryConfig(
            scalar_map=SCALARS, disable_field_suggestions=True, enable_experimental_incremental_execution=True
        ),
    )
